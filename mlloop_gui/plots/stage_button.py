"""One stage of the ring: a real button, painted as a numbered pill."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.theme import Theme

MOST_PICTURES = 16


class StageState(StrEnum):
    """Where a stage stands in the present turn."""

    AHEAD = "ahead"
    NEXT = "next"
    DONE = "done"
    HERE = "here"


_SPOKEN = {
    StageState.AHEAD: "not yet in this turn",
    StageState.NEXT: "comes next",
    StageState.DONE: "done in this turn",
    StageState.HERE: "just done",
}


class StageButton(QAbstractButton):
    """A pill with the stage's number in a disc, its label, and its state by shape and colour.

    Ahead: thin outline, empty disc. Next: thick outline and a small arrow. Done: filled disc and
    a tick. Just done: the whole pill filled.
    """

    def __init__(self, number: int, name: str, label: str, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = number
        self.state = StageState.AHEAD
        self.mark: str | None = None
        self._theme = themes.current()
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        self.setObjectName(f"stage.{name}")
        self.setText(label)
        self.setToolTip(f"{number} {label}: {question}")
        self.setAccessibleName(f"Stage {number}, {label}: {question}")
        self.setAccessibleDescription(_SPOKEN[self.state])
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        """Paint with the colours of ``theme`` and the text size in force."""
        self._theme = theme
        self._pictures.clear()
        self.updateGeometry()
        self.update()

    def set_state(self, state: StageState) -> None:
        """Show where the stage stands in the present turn."""
        if state is not self.state:
            self.state = state
            self.setAccessibleDescription(_SPOKEN[state])
            self.update()

    def set_mark(self, mark: str | None) -> None:
        """Show that a finding was ``seen`` or ``caused`` here (None: neither)."""
        if mark != self.mark:
            self.mark = mark
            self.update()

    @staticmethod
    def pill_height() -> int:
        """Return the height of a pill at the text size in force, in pixels."""
        return QFontMetrics(themes.font(bold=True)).height() + 7

    def sizeHint(self) -> QSize:
        """Return the size at which the label is not elided in any state."""
        high = self.pill_height()
        text = QFontMetrics(themes.font(bold=True)).horizontalAdvance(self.text())
        return QSize(high + 6 + text + 22, high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter like Space, as other buttons do."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, from its picture where it has looked like this before."""
        ratio = self.devicePixelRatioF()
        looks = (self.state, self.mark, self.underMouse(), self.isDown(), self.hasFocus())
        key = (*looks, self.text(), self.width(), self.height(), ratio)
        if key not in self._pictures:
            self._pictures[key] = self._picture(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._pictures[key])
        painter.end()

    def _picture(self, ratio: float) -> QPixmap:
        if len(self._pictures) >= MOST_PICTURES:
            self._pictures.clear()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pill(painter)
        self._paint_disc(painter)
        self._paint_label(painter)
        painter.end()
        return made

    def _paint_pill(self, painter: QPainter) -> None:
        theme, here = self._theme, self.state is StageState.HERE
        fill, line, width = theme.panel, theme.border, 1.0
        if here:
            fill = line = theme.accent
        elif self.state is StageState.NEXT:
            line, width = theme.accent, 2.4
        elif self.state is StageState.DONE:
            fill, line = theme.accent_soft, themes.mix(theme.accent_soft, theme.accent, 0.45)
        if self.underMouse() or self.isDown():
            fill = themes.mix(fill, theme.text, 0.12 if self.isDown() else 0.06)
        if self.mark is not None:
            line, width = (theme.error if self.mark == "caused" else theme.warning), 2.4
        inset = max(width / 2.0, 0.5)
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(QColor(line), width))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self.hasFocus():
            ring = QRectF(self.rect()).adjusted(3.0, 3.0, -3.0, -3.0)
            pen = QPen(QColor(theme.accent_text if here else theme.text), 1.2)
            pen.setDashPattern([2.0, 1.6])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)

    def _paint_disc(self, painter: QPainter) -> None:
        theme, high = self._theme, self.height()
        disc = QRectF(3.5, 3.5, high - 7.0, high - 7.0)
        fill, line, ink = theme.raised, theme.border, theme.text
        if self.state is StageState.HERE:
            fill, line, ink = theme.accent_text, theme.accent_text, theme.accent
        elif self.state is StageState.DONE:
            fill, line, ink = theme.accent, theme.accent, theme.accent_text
        elif self.state is StageState.NEXT:
            fill, line, ink = theme.panel, theme.accent, theme.accent
        painter.setPen(QPen(QColor(line), 1.0))
        painter.setBrush(QColor(fill))
        painter.drawEllipse(disc)
        painter.setPen(QColor(ink))
        painter.setFont(themes.font("small", bold=True))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self.number))

    def _paint_label(self, painter: QPainter) -> None:
        theme, high = self._theme, self.height()
        strong = self.state in (StageState.HERE, StageState.NEXT)
        font = themes.font(bold=strong)
        painter.setFont(font)
        ink = theme.accent_text if self.state is StageState.HERE else theme.text
        painter.setPen(QColor(ink))
        room = self.width() - high - 18
        label = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(high + 1.0, 0.0, room, high), Qt.AlignmentFlag.AlignVCenter, label)
        right, middle = self.width() - 12.0, high / 2.0
        if self.state is StageState.DONE:
            sign = [(-4.5, 0.0), (-1.5, 3.0), (3.5, -3.5)]
        elif self.state is StageState.NEXT:
            sign = [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)]
        else:
            return
        pen = QPen(QColor(theme.accent), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(right + x, middle + y) for x, y in sign]))
