"""Fields of a person's own table: its file, and what its columns are taken for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property
from PySide6.QtWidgets import QFileDialog, QPushButton, QToolButton, QWidget

from core.experiment import Field
from mlloop_gui.panels.fields.binding import ANY, Binding, Session
from mlloop_gui.panels.fields.line import TextEditor

FILES = "Tables (*.csv *.tsv *.txt *.tab *.dat);;All files (*)"


class TableFile:
    """Asks for a table's file; tests put another answer in place of `ask`."""

    @classmethod
    def ask(cls, parent: QWidget | None, title: str, start: str = "") -> str:
        """The file that a person chose; empty if none."""
        return QFileDialog.getOpenFileName(parent, title, start, FILES)[0]


class PathEditor(TextEditor):
    """A file's path; `corner` is a button that looks for it."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(session, field, parent)
        self.corner = QToolButton(self)
        self.corner.setText("…")
        self.corner.setAccessibleName(f"Look for the {self.accessibleName().lower()}")
        self.corner.setToolTip("Look for a file.")
        self.corner.setFixedWidth(round(1.9 * self.corner.fontMetrics().height()))
        self.corner.clicked.connect(self._look)

    def show_value(self, value: Any) -> None:
        """Show the path's end, which says more than its beginning."""
        super().show_value(value)
        self.end(False)

    def wanted_width(self) -> int:
        """Nothing: no path is short enough."""
        return 0

    def _look(self) -> None:
        found = TableFile.ask(self, self.accessibleName(), self.text())
        if found:
            self.binding.edit(found)


class ColumnsEditor(QPushButton):
    """Says how many columns were set by hand; pressing it asks for the table's preview."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding = Binding(session, field, self, "Space opens the preview.")
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        self.setText(f"{len(value)} by hand…" if value else "Found out…")
