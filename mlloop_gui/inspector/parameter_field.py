"""A weight or bias by its name, with its live value, which can be typed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from core.errors import InputError
from mlloop_gui.plots import numbers
from mlloop_gui.theme import Theme, current, font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session

STEP, BIG_STEP = 0.1, 1.0
_STEPS = {
    Qt.Key.Key_Up: STEP,
    Qt.Key.Key_Down: -STEP,
    Qt.Key.Key_PageUp: BIG_STEP,
    Qt.Key.Key_PageDown: -BIG_STEP,
}


class ValueLine(QLineEdit):
    """A number that is sent with Enter, and moved with the keys Up and Down.

    Signals
    -------
    stepped : float
        How much is to be added.
    left
        Escape was pressed.
    """

    stepped = Signal(float)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the number by 0.1, or by 1 with the page keys."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ParameterField(QWidget):
    """The name, the value and a button that sets it to 0.

    Parameters
    ----------
    session : Session
        Told of what is typed, by `edit_parameter`.

    Signals
    -------
    left
        Escape was pressed in the value.
    """

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path, self._value = "", 0.0
        self.name = QLabel()
        self.name.setObjectName("parameter.name")
        self.line = ValueLine()
        self.line.setObjectName("parameter.value")
        self.line.setAccessibleName("value of the parameter")
        self.line.setMinimumWidth(100)
        self.line.setMaximumWidth(130)
        self.line.setToolTip(
            "The live value: type another and press Enter; the keys Up and Down move it by 0.1,"
            " Page Up and Page Down by 1"
        )
        self.zero = QToolButton()
        self.zero.setObjectName("parameter.zero")
        self.zero.setText("0")
        self.zero.setAccessibleName("Set this parameter to 0")
        self.zero.setToolTip("Set it to 0: what does the network do without it?")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name)
        row.addWidget(self.line)
        row.addWidget(self.zero)
        self.line.returnPressed.connect(self._send)
        self.line.stepped.connect(self._step)
        self.line.left.connect(self.left)
        self.zero.clicked.connect(lambda: self._set(0.0))
        self.set_theme(current())

    @property
    def path(self) -> str:
        """The parameter's name, ``weight_0[1,3]``; empty before the first."""
        return self._path

    def set_parameter(self, path: str, value: float, words: str = "") -> None:
        """Show a parameter's live value; what is being typed is left alone.

        Parameters
        ----------
        words : str
            What is written before the value, by default the parameter's name.
        """
        another = path != self._path
        self._path = path
        self.name.setText(words or path)
        self.name.setToolTip(path)
        self.line.setAccessibleName(f"value of {words or path}")
        if another or value != self._value:
            self._value = value
            if another or not self.line.isModified():
                self._write()

    def _write(self) -> None:
        self.line.setText(numbers.signed(f"{self._value:.6g}"))
        self.line.setCursorPosition(0)
        self.line.setModified(False)
        self._mark("")

    def _send(self) -> None:
        try:
            value = numbers.read(self.line.text())
        except ValueError:
            self._mark(f"“{self.line.text()}” is no number; type one such as 0.5 or −2")
            return
        self._set(value)

    def _step(self, by: float) -> None:
        self._set(round(self._value + by, 10))

    def _set(self, value: float) -> None:
        try:
            self._session.edit_parameter(self._path, value)
        except InputError as error:
            self._mark(str(error))
            return
        self._value = value
        self._write()

    def _mark(self, problem: str) -> None:
        """Show what is wrong with the text; empty for nothing."""
        if bool(self.line.property("invalid")) != bool(problem):
            self.line.setProperty("invalid", bool(problem))
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        self.line.setAccessibleDescription(problem)
        if problem:
            self._session.message.emit("error", problem)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.name.setStyleSheet(f"color: {theme.text}; font-size: {font_px()}px;")
