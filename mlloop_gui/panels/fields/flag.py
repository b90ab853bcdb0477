"""Fields that are on or off."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QWidget

from core.experiment import Field
from mlloop_gui.panels.fields.binding import Binding, Session


class FlagEditor(QCheckBox):
    """A tick; Qt's own `checked` is the USER property."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding = Binding(session, field, self, "Space switches.")
        self.toggled.connect(self.binding.commit)
        self.binding.begin()

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        with QSignalBlocker(self):
            self.setChecked(bool(value))
        self.setText("on" if value else "off")
