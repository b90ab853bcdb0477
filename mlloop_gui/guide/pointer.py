"""A ring and a small sign around the widget that a step speaks of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QRegion
from PySide6.QtWidgets import QWidget

from mlloop_gui.theme import Theme, current, font, line_height, text_width

SIGN = "look here"
_GAP = 4
_WIDE = 3
_BROAD = 600
_FOLLOWED = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
    QEvent.Type.ZOrderChange,
}


class Pointer(QWidget):
    """Lies over the window, lets the mouse through, and follows its target.

    It covers the ring and the sign alone, so that what is under it paints as it always does.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide.pointer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = current()
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._ring, self._label, self._below = QRect(), QRect(), False
        self.hide()

    @property
    def target(self) -> QWidget | None:
        return self._target

    def point_at(self, target: QWidget | None) -> None:
        """Point at a widget, or at nothing."""
        if target is self._target:
            self._place()
            return
        self._leave()
        self._target = target
        if target is None:
            self.hide()
            return
        self.setParent(target.window())
        target.destroyed.connect(self._gone)
        self._watch()
        self._place()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._place()
        self.update()

    def ring(self) -> QRect:
        """Return where the ring lies, in the window's coordinates."""
        return self._ring.translated(self.pos()) if self.isVisible() else QRect()

    def _watch(self) -> None:
        widget = self._target
        while widget is not None:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = None if widget.isWindow() else widget.parentWidget()

    def _leave(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        if self._target is not None:
            self._target.destroyed.disconnect(self._gone)

    def _gone(self) -> None:
        """The target is no more."""
        self._watched, self._target = [], None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the target, and everything that it lies in."""
        if event.type() in _FOLLOWED:
            if event.type() is QEvent.Type.ParentChange:
                target = self._target
                self._leave()
                self._target = None
                self.point_at(target)
            else:
                self._place()
        return False

    def _place(self) -> None:
        target, window = self._target, self.parentWidget()
        if target is None or window is None or not target.isVisible():
            self.hide()
            return
        seen = seen_part(target)
        if seen.isEmpty():
            self.hide()  # scrolled out of sight
            return
        room = window.rect()
        ring = seen.adjusted(-_GAP, -_GAP, _GAP, _GAP).intersected(room)
        wide = round(text_width(SIGN, "small", True)) + 16
        high = round(line_height("small", True)) + 4
        # Over a wide part its middle, where a bar above it is mostly empty.
        left = ring.left() if ring.width() < _BROAD else ring.left() + 45 * ring.width() // 100
        left = min(max(left, room.left()), room.right() - wide)
        self._below = ring.top() - high - 6 < room.top()
        top = ring.bottom() + 6 if self._below else ring.top() - high - 6
        if self._below and top + high > room.bottom():
            # No room over or under it: inside, at its upper edge.
            top, self._below = ring.top() + 6, False
        label = QRect(left, top, wide, high)
        arrow = 6
        whole = ring.united(label.adjusted(0, -arrow, 0, arrow))
        self.setGeometry(whole)
        self._ring = ring.translated(-whole.topLeft())
        self._label = label.translated(-whole.topLeft())
        hollow = self._ring.adjusted(_WIDE, _WIDE, -_WIDE, -_WIDE)
        shape = QRegion(self._ring).subtracted(QRegion(hollow))
        self.setMask(shape.united(QRegion(self._label.adjusted(0, -arrow, 0, arrow))))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring, the sign and its arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(self._theme.accent)
        painter.setPen(QPen(accent, _WIDE))
        half = _WIDE / 2
        painter.drawRoundedRect(QRectF(self._ring).adjusted(half, half, -half, -half), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        label = QRectF(self._label)
        painter.drawRoundedRect(label, 4, 4)
        x = label.left() + 14
        edge, tip = (label.top(), -6.0) if self._below else (label.bottom(), 6.0)
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, edge), QPointF(x + 5, edge), QPointF(x, edge + tip)])
        )
        painter.setPen(QColor(self._theme.accent_text))
        painter.setFont(font("small", bold=True))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, SIGN)
        painter.end()


def seen_part(target: QWidget) -> QRect:
    """Return what of a widget is not cut off by those it lies in, in its window's coordinates.

    `QWidget.visibleRegion` will not do: what a viewport covers of its own plot counts as hidden.
    """
    seen, widget = target.rect(), target
    while (outer := widget.parentWidget()) is not None and not widget.isWindow():
        seen = seen.translated(widget.pos()).intersected(outer.rect())
        widget = outer
    return seen
