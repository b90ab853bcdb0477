"""What the small painted pictures share: title, theme, description, table, tooltip."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from mlloop_gui.plots.keys import keeps
from mlloop_gui.plots.table import TableWindow
from mlloop_gui.theme import Theme, current, font, line_height, text_width

_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Canvas(QWidget):
    """A widget painted by hand, with a title line, a description and a table.

    Subclasses fill in `draw`, `describe` and `as_table`, and `tip` where a place has a value.
    """

    #: Keys that are its own while it has the focus; see `keeps`.
    own_keys: ClassVar[Container[Qt.Key]] = ()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = current()
        self._title = title
        self._focus_shown = False
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # What a subclass says of itself

    def draw(self, painter: QPainter) -> None:
        """Paint everything under the title."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return what the picture shows, in words."""
        raise NotImplementedError

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the headers and columns of the table behind the picture."""
        raise NotImplementedError

    def row_names(self) -> list[str] | None:
        """Return the names of the table's rows, None where they are numbered."""
        return None

    def tip(self, at: QPointF) -> str:
        """Return what stands at a place, at full precision."""
        return ""

    # Title, theme, size

    def title_text(self) -> str:
        """Return the line above the picture."""
        return self._title

    def set_title(self, title: str) -> None:
        """Set the title; it is the accessible name too."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Lay out and paint anew, and describe what is shown now."""
        self.setAccessibleDescription(self.describe())
        self.updateGeometry()
        self.update()

    def title_height(self) -> float:
        """Return the height of the title line, 0 without a title."""
        return self.line_height() + 2.0 if self.title_text() else 0.0

    def line_height(self) -> float:
        """Return the height of a line of small text."""
        return line_height("small")

    def text_width(self, text: str, role: str = "small", bold: bool = False) -> float:
        """Return the width of a text in a role."""
        return text_width(text, role, bold)

    def write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        color: str | QColor,
        where: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
        face: QFont | None = None,
    ) -> None:
        """Write a text into a box, shortened by an ellipsis where it does not fit."""
        face = face or font("small")
        metrics = QFontMetricsF(face)
        painter.setFont(face)
        painter.setPen(QColor(color))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 1.0)
        painter.drawText(box, where | Qt.AlignmentFlag.AlignVCenter, shown)

    # Table

    def open_table(self) -> TableWindow:
        """Open the data of the picture as a table in a window of its own, and return it."""
        headers, columns = self.as_table()
        name = f"{self.title_text() or self.accessibleName()}: table"
        window = TableWindow(name, headers, columns, self.row_names(), self.window())
        window.show()
        return window

    def copy(self) -> None:
        """Put the data of the picture on the clipboard, at full precision."""
        headers, columns = self.as_table()
        window = TableWindow("", headers, columns, self.row_names())
        window.copy()
        window.deleteLater()

    # Qt events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title and the picture."""
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        text = self.title_text()
        if text:
            box = QRectF(0.0, 0.0, self.width(), self.line_height())
            self.write(painter, box, text, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
        self.draw(painter)
        if self._focus_shown:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.0, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def event(self, event: QEvent) -> bool:
        """Keep its own keys; show the value under the cursor as a tooltip."""
        if keeps(event, self.own_keys):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
                event.ignore()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where the keyboard brought it."""
        self._focus_shown = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame of the focus away."""
        self._focus_shown = False
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the context menu (right button, or the menu key)."""
        self.context_menu().popup(event.globalPos())

    def context_menu(self) -> QMenu:
        """Return a new context menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open as table").triggered.connect(self.open_table)
        menu.addAction("Copy table").triggered.connect(self.copy)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the table with T; leave the rest to the window."""
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.open_table()
        else:
            event.ignore()
