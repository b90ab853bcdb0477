"""Fields that are typed: numbers, whole numbers, lists of numbers, texts."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Property, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InputError
from core.experiment import Field
from mlloop_gui.panels.fields import words
from mlloop_gui.panels.fields.binding import ANY, Binding, Session
from mlloop_gui.panels.fields.steps import stepped
from mlloop_gui.panels.fields.written import (
    format_list,
    format_number,
    parse_integer,
    parse_list,
    parse_number,
)

KEYS = "Enter applies, Esc takes back."
STEP_KEYS = "↑ and ↓ step. " + KEYS
PAGE = 5  # steps of one page key
NOTCH = 120  # Qt's units for one notch of a wheel


class LineEditor(QLineEdit):
    """One line of text that stands for a value; Enter or leaving commits, Esc takes back."""

    keys = KEYS

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.may_be_empty = field.optional or field.resolved
        self.binding = Binding(session, field, self, self.keys)
        if self.may_be_empty:
            self.setPlaceholderText(words.empty_text(field))
        self.textEdited.connect(self._mend)
        self.editingFinished.connect(self._finish)
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        if isinstance(value, str):
            self.setText(value)
            self._commit_text()
        else:
            self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        with QSignalBlocker(self):
            self.setText("" if value is None else self.written(value))
            self.setCursorPosition(0)

    def written(self, value: Any) -> str:
        """The value as text."""
        return str(value)

    def read(self, text: str) -> Any:
        """The value that a text stands for; raises `InputError`."""
        return text

    def wanted_width(self) -> int:
        """Pixels that show the whole text, the frame included."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 2 * self.fontMetrics().height()

    def _read(self) -> Any:
        text = self.text().strip()
        if text:
            return self.read(text)
        if not self.may_be_empty:
            raise InputError("empty", allowed=self.field.allowed)
        return None

    def _commit_text(self) -> bool:
        try:
            value = self._read()
        except InputError as error:
            self.binding.set_error(words.message(error, self.field.path))
            return False
        return self.binding.commit(value)

    def _finish(self) -> None:
        if self.isModified():
            self._commit_text()
        else:
            self.binding.flush()

    def _mend(self) -> None:
        """Take an error back as soon as the text could be right; being in force needs Enter."""
        if not self.binding.error:
            return
        try:
            self._read()
        except InputError:
            return
        self.binding.set_error("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = self.isModified() or bool(self.binding.error)
        if event.key() == Qt.Key.Key_Escape and typed:
            self.binding.restore()
            self.selectAll()
            return
        super().keyPressEvent(event)


class NumberEditor(LineEditor):
    """A number or whole number; arrow keys, page keys and the wheel step it."""

    keys = STEP_KEYS
    _STEPS: ClassVar = {
        Qt.Key.Key_Up: 1,
        Qt.Key.Key_Down: -1,
        Qt.Key.Key_PageUp: PAGE,
        Qt.Key.Key_PageDown: -PAGE,
    }

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        self._wheel = 0
        super().__init__(session, field, parent)

    def written(self, value: Any) -> str:
        return format_number(value)

    def read(self, text: str) -> Any:
        read = parse_integer if self.field.kind == "integer" else parse_number
        return read(text, self.field)

    def step_by(self, steps: int) -> None:
        """Move by so many sensible amounts; committed when the hand rests."""
        try:
            value = self._read()
        except InputError:
            value = self.binding.shown
        moved = stepped(self.field, value, steps)
        if moved != value:
            self.show_value(moved)
            self.selectAll()
            self.binding.set_error("")
            self.binding.commit_soon(moved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = self._STEPS.get(Qt.Key(event.key()))
        if steps and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_by(steps)
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without focus the wheel scrolls the column, as the person meant.
        if not self.hasFocus():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        notches, self._wheel = int(self._wheel / NOTCH), int(self._wheel % NOTCH)
        if notches:
            self.step_by(notches)
        event.accept()


class NumbersEditor(LineEditor):
    """A list of numbers, separated by commas."""

    def written(self, value: Any) -> str:
        return format_list(value)

    def read(self, text: str) -> Any:
        return parse_list(text, self.field)


class TextEditor(LineEditor):
    """A text."""
