"""Which view of a stage is shown: its page of numbers, or one of its faces."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from core.stages import Stage
from mlloop_gui.inspector.faces import faces_of

NUMBERS = "numbers"
PADDING = 13


class FaceChooser(QWidget):
    """Buttons in a row, one of them down; hidden where a stage has no faces.

    Where there is no room for them, one button with a menu takes their place.

    Signals
    -------
    chosen : str
        The key of a face, or ``"numbers"``.
    offered
        The views of another stage are offered.
    """

    chosen = Signal(str)
    offered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("view of the stage")
        self.setObjectName("faces")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        self._made: dict[Stage, dict[str, QToolButton]] = {}
        self._stage: Stage | None = None
        self._compact = False
        self.list = QToolButton()
        self.list.setObjectName("faces.list")
        self.list.setAccessibleName("view of the stage")
        self.list.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.list)
        self.list.setMenu(self._menu)
        self.list.hide()
        self._row.addWidget(self.list)

    def set_face(self, stage: Stage, key: str) -> None:
        """Offer the views of a stage, one of them chosen; nothing is emitted."""
        if stage is not self._stage:
            self._stage = stage
            self._offer(stage)
            self.offered.emit()
        if key in self.buttons:
            self.buttons[key].setChecked(True)
            self.list.setText(self.buttons[key].text())
        self.setVisible(bool(self.buttons))

    def full_width(self) -> int:
        """Return the width that all buttons take."""
        return sum(button.minimumWidth() for button in self.buttons.values())

    def set_compact(self, compact: bool) -> None:
        """Show one button with a menu instead of one for each view."""
        if compact != self._compact:
            self._compact = compact
            self._show_buttons()

    def _show_buttons(self) -> None:
        for button in self.buttons.values():
            button.setVisible(not self._compact)
        self.list.setVisible(self._compact and bool(self.buttons))

    def _offer(self, stage: Stage) -> None:
        """Show the buttons of a stage: made once, then kept."""
        for button in self.buttons.values():
            button.hide()
        if stage not in self._made:
            self._made[stage] = self._make(stage)
        self.buttons = self._made[stage]
        for button in self.buttons.values():
            # Room for the bold letters of a button that is down.
            face = QFont(button.font())
            face.setBold(True)
            width = QFontMetrics(face).horizontalAdvance(button.text())
            button.setMinimumWidth(width + 2 * PADDING)
        self._menu.clear()
        for button in self.buttons.values():
            self._menu.addAction(button.text(), button.click).setToolTip(button.toolTip())
        self._show_buttons()

    def _make(self, stage: Stage) -> dict[str, QToolButton]:
        faces, made = faces_of(stage), {}
        if not faces:
            return {}
        wanted = [
            (NUMBERS, "Numbers", "The stage's arrays"),
            *((f.key, f.title, f.tip) for f in faces),
        ]
        for at, (key, title, tip) in enumerate(wanted):
            button = QToolButton()
            button.setCheckable(True)
            button.setText(title)
            button.setObjectName(f"face.{key}")
            button.setAccessibleName(f"{stage.label}: {title}")
            button.setToolTip(tip or title)
            last = len(wanted) - 1
            button.setProperty("segment", "first" if not at else "last" if at == last else "middle")
            button.clicked.connect(lambda checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._row.addWidget(button)
            made[key] = button
        return made
