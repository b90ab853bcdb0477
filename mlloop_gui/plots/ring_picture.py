"""The still part of the ring's picture: line, captions and the person's own, outer loop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from mlloop_gui import theme as themes
from mlloop_gui.plots.ring_layout import EVALUATE, MARGIN, RAIL, RingLayout
from mlloop_gui.theme import Theme

#: The short form of the loop: caption, first and last stage of the group.
GROUPS = (
    ("represent", 1, 1),
    ("transform", 2, 3),
    ("measure error", 4, 4),
    ("assign responsibility", 5, 6),
    ("update", 7, 7),
    ("repeat", 8, 8),
)
EVALUATE_CAPTION = "evaluate on reality"
OUTER_CAPTION = ("your own loop:", "change something upstream")
#: Where the person's own loop leads back to from stage 9.
OUTER_TARGETS = (1, 2, 4, 7)
_DIRECTIONS = (
    (2, 3, ("forward: from data to a guess →", "forward →")),
    (7, 6, ("← backward: from the error to who caused it", "← backward")),
)


def paint_ground(painter: QPainter, layout: RingLayout, theme: Theme) -> None:
    """Draw what is the same at every stage; its dotted lines are slow."""
    _prepare(painter)
    _loop(painter, layout, theme)
    _outer(painter, layout, theme)
    _groups(painter, layout, theme)


def paint_done(painter: QPainter, layout: RingLayout, theme: Theme, done: int) -> None:
    """Draw over the ground how far the turn has come."""
    _prepare(painter)
    _done(painter, layout, theme, done)
    _directions(painter, layout, theme)


def _prepare(painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(themes.font("small"))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def arrow(painter: QPainter, layout: RingLayout, theme: Theme, seen: int, caused: int) -> None:
    """Draw a dashed arrow through the ring, from where a finding is seen to what caused it."""
    start, end = layout.inner_point(seen), layout.inner_point(caused)
    middle = QPointF((start.x() + end.x()) / 2.0, layout.height / 2.0)
    path = QPainterPath(start)
    path.quadTo(middle, end)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(theme.error, 2.0, (3.0, 2.5)))
    painter.drawPath(path)
    way = end - middle
    size = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1.0)
    _head(painter, end, (way.x() / size, way.y() / size), theme.error)


def _pen(color: str, width: float, dashes: Sequence[float] = ()) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen


def _head(
    painter: QPainter, tip: QPointF, way: tuple[float, float], color: str, size: float = 4.5
) -> None:
    ahead = QPointF(*way) * size
    side = QPointF(-way[1], way[0]) * size
    painter.setPen(_pen(color, 2.0))
    painter.drawPolyline(QPolygonF([tip - ahead + side, tip, tip - ahead - side]))


def _quiet(theme: Theme) -> str:
    return themes.mix(theme.border, theme.muted, 0.3)


def _loop(painter: QPainter, layout: RingLayout, theme: Theme) -> None:
    quiet, middle = _quiet(theme), layout.height / 2.0
    painter.setPen(_pen(quiet, 2.0))
    painter.drawPath(layout.whole_path())
    end = QPointF(layout.left - layout.radius, middle)
    start = QPointF(layout.boxes[EVALUATE].right() + 4.0, middle)
    painter.setPen(_pen(quiet, 2.0, (2.5, 2.5)))
    painter.drawLine(start, end - QPointF(3.0, 0.0))


def _done(painter: QPainter, layout: RingLayout, theme: Theme, done: int) -> None:
    quiet, middle = _quiet(theme), layout.height / 2.0
    end = QPointF(layout.left - layout.radius, middle)
    if 2 <= done <= 8:
        painter.setPen(_pen(theme.accent, 3.0))
        painter.drawPath(layout.done_path(done))
    near = theme.accent if done == 8 else quiet
    _head(painter, end + QPointF(0.0, -4.0), (0.0, -1.0), near)
    far = theme.accent if 5 <= done <= 8 else quiet
    _head(painter, QPointF(layout.right + layout.radius, middle + 4.0), (0.0, 1.0), far)


def _directions(painter: QPainter, layout: RingLayout, theme: Theme) -> None:
    """Write which way the row goes, on the line, where there is room between two stages."""
    metrics = QFontMetrics(painter.font())
    for before, after, texts in _DIRECTIONS:
        left, right = layout.boxes[before].right(), layout.boxes[after].left()
        for text in texts:
            wide = metrics.horizontalAdvance(text) + 12
            if wide + 16 > right - left:
                continue
            y = layout.disc(before).y()
            box = QRectF((left + right - wide) / 2.0, y - 9.0, wide, 18.0)
            painter.fillRect(box, QColor(theme.panel))
            painter.setPen(QColor(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            break


def _outer(painter: QPainter, layout: RingLayout, theme: Theme) -> None:
    """Draw the person's own loop: from 9 back to what can be changed upstream."""
    nine = layout.boxes[EVALUATE]
    x = MARGIN + 5.0
    uppers = [number for number in OUTER_TARGETS if number <= 4]
    lowers = [number for number in OUTER_TARGETS if number > 4]
    for rail, start, targets in (
        (RAIL, nine.top() - 1.0, uppers),
        (layout.height - RAIL, nine.bottom() + 2.0, lowers),
    ):
        down = 1.0 if rail < start else -1.0
        path = QPainterPath(QPointF(x, start))
        path.lineTo(x, rail + down * 6.0)
        path.quadTo(QPointF(x, rail), QPointF(x + 6.0, rail))
        path.lineTo(max(layout.disc(number).x() for number in targets), rail)
        tips = []
        for number in targets:
            box = layout.boxes[number]
            edge = box.top() - 1.0 if down > 0 else box.bottom() + 2.0
            tips.append(QPointF(layout.disc(number).x(), edge))
            path.moveTo(tips[-1].x(), rail)
            path.lineTo(tips[-1])
        painter.setPen(_pen(theme.muted, 1.3, (0.1, 2.6)))
        painter.drawPath(path)
        for tip in tips:
            _head(painter, tip, (0.0, down), theme.muted, 3.5)
    metrics = QFontMetrics(painter.font())
    painter.setPen(QColor(theme.muted))
    for row, text in enumerate(OUTER_CAPTION):
        y = RAIL + 4.0 + metrics.ascent() + row * metrics.height()
        painter.drawText(QPointF(x + 9.0, y), text)
    y = nine.bottom() + 5.0 + metrics.ascent()
    painter.drawText(QPointF(x + 9.0, y), EVALUATE_CAPTION)


def _groups(painter: QPainter, layout: RingLayout, theme: Theme) -> None:
    """Write the short form beside its stages; a rule joins the two stages of one group."""
    metrics = QFontMetrics(painter.font())
    for caption, first, last in GROUPS:
        ends = sorted((layout.boxes[first], layout.boxes[last]), key=lambda box: box.x())
        x = ends[0].x() + ends[0].height() + 1.0
        above = first <= 4
        row = ends[0].top() - metrics.height() if above else ends[0].bottom() + 1.0
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(x, row + metrics.ascent()), caption)
        y = row + metrics.height() / 2.0 + 1.0
        start = x + metrics.horizontalAdvance(caption) + 8.0
        stop = ends[1].right() - 10.0
        if first != last and stop > start:
            hook = QPointF(stop, y + (4.0 if above else -4.0))
            painter.setPen(_pen(_quiet(theme), 1.0))
            painter.drawPolyline(QPolygonF([QPointF(start, y), QPointF(stop, y), hook]))
