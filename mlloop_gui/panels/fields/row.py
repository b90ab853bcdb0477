"""One line of a panel: label, mark, widget, and the place where errors stand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.experiment import Field
from mlloop_gui.panels.fields import words
from mlloop_gui.panels.fields.binding import Binding

#: Stands behind the label of a setting whose change starts a new run.
MARK = "↺"
#: The label that all others are aligned with.
_WIDEST = "Target scaling"
_GAP = 4


class ErrorLabel(QLabel):
    """A message beneath a field; there only while something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("message", "error")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, text: str) -> None:
        """Show `text`; nothing hides the label."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class FieldRow(QWidget):
    """A field's editor with all that belongs to it.

    An editor has a ``binding``; it may have ``wanted_width()``, a ``corner`` widget to stand at
    the right end, and ``stacked``, for editors that take a line of their own.
    """

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.editor: QWidget = self
        self._stacked = False
        self.label = QLabel(words.label_of(field), self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.mark = QLabel("" if field.live else MARK, self)
        self.mark.setProperty("role", "muted")
        self.mark.setToolTip(words.LIVE if field.live else words.NEW_RUN)
        self.mark.setHidden(field.live)
        self.error = ErrorLabel(self)

    def set_editor(self, editor: QWidget) -> None:
        """Put the editor, a child of this row, in its place."""
        self.editor = editor
        self.label.setBuddy(editor)
        self.label.setToolTip(editor.toolTip())
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.setSpacing(_GAP)
        line.addWidget(self.label, 0, top)
        line.addWidget(self.mark, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addLayout(line)
        corner = getattr(editor, "corner", None)
        self._stacked = getattr(editor, "stacked", False)
        if self._stacked:
            line.addStretch(1)
            column.addWidget(editor)
        else:
            line.addWidget(editor, 1)
        if corner is not None:
            line.addWidget(corner, 0, top)
        column.addWidget(self.error)
        binding: Binding = editor.binding  # type: ignore[attr-defined]  # every editor has one
        binding.error_changed.connect(self._say)
        binding.shown_changed.connect(self.arrange)
        self.arrange()

    def arrange(self) -> None:
        """Give the label the common width, or less where the value needs the room."""
        if self.editor is self:
            return
        metrics = self.fontMetrics()
        mark = 0 if self.field.live else metrics.horizontalAdvance(MARK) + _GAP
        common = metrics.horizontalAdvance(_WIDEST) + metrics.horizontalAdvance(MARK) + _GAP
        own = metrics.horizontalAdvance(self.label.text()) + 1
        wanted: Any = getattr(self.editor, "wanted_width", None)
        room = self.width() - common - _GAP
        tight = self._stacked or (wanted is not None and wanted() > room)
        self.label.setFixedWidth(own if tight else max(common - mark, own))
        height = metrics.height() + 8  # as high as the frame of a field
        self.label.setMinimumHeight(height)
        self.mark.setMinimumHeight(height)

    def _say(self, text: str) -> None:
        self.error.say(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.arrange()
