"""Where everything of the ring stands: geometry alone, nothing is painted here."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainterPath

EVALUATE = 9
#: Space at the left and right edge, in pixels.
MARGIN = 10
#: Distance of the outer loop's rails from the upper and lower edge, in pixels.
RAIL = 2.5


class RingLayout:
    """Boxes of the nine stages and the line that joins them.

    Parameters
    ----------
    width, height : int
        Size of the whole ring in pixels.
    wishes : mapping of int to int
        Width in pixels at which each stage's label is not elided.
    pill, line, aside : int
        Height of a stage, of a line of small text, and width of the captions at the left.
    """

    def __init__(
        self,
        width: int,
        height: int,
        wishes: Mapping[int, int],
        pill: int,
        line: int,
        aside: int,
    ) -> None:
        self.width, self.height = width, height
        aside = MARGIN + 14 + max(aside, wishes[EVALUATE])
        self.upper, self.lower = line + 4, height - line - 4 - pill
        self.top = self.upper + pill / 2.0
        self.bottom = self.lower + pill / 2.0
        self.radius = max((self.bottom - self.top) / 2.0, 1.0)
        self.left = aside + 16 + self.radius
        self.right = width - MARGIN - self.radius
        self.boxes: dict[int, QRect] = {}
        self._place_columns(wishes, pill)
        nine = min(wishes[EVALUATE], aside - MARGIN)
        self.boxes[EVALUATE] = QRect(MARGIN, (height - pill) // 2, nine, pill)

    def _place_columns(self, wishes: Mapping[int, int], pill: int) -> None:
        columns = [(k, 9 - k) for k in (1, 2, 3, 4)]
        wide = [max(wishes[number] for number in pair) for pair in columns]
        room = self.right - self.left
        gap = (room - sum(wide)) / 3.0
        if gap < 10.0:
            # Too narrow for the labels: equal columns, the labels are elided.
            gap, wide = 10.0, [max(pill, int((room - 30.0) / 4.0))] * 4
        at = self.left
        for pair, column in zip(columns, wide, strict=True):
            for number in pair:
                y = self.upper if number <= 4 else self.lower
                self.boxes[number] = QRect(round(at), y, min(wishes[number], column), pill)
            at += column + gap

    def inside(self) -> QRect:
        """Return the room for text between the two rows of stages."""
        top = self.upper + self.boxes[1].height()
        return QRect(int(self.left), top, int(self.right - self.left), self.lower - top)

    def disc(self, number: int) -> QPointF:
        """Return the middle of the disc with the number of a stage."""
        box = self.boxes[number]
        return QPointF(box.x() + box.height() / 2.0, box.y() + box.height() / 2.0)

    def turn(self, x: float) -> QRectF:
        """Return the square of the half circle that turns at ``x``."""
        return QRectF(x - self.radius, self.top, 2 * self.radius, 2 * self.radius)

    def point(self, fraction: float) -> QPointF:
        """Return the place at ``fraction`` of the way: ``(k - 1) / 8`` is stage ``k``."""
        at = min(max(fraction, 0.0), 1.0) * 8
        before = min(int(at), 7)
        first, second, part = self.disc(before + 1), self.disc(before + 2), at - before
        if before + 1 == 4:
            return self._around(first, second, part)
        if before + 1 == 8:
            return self._to_nine(first, second, part)
        return first + (second - first) * part

    def _around(self, first: QPointF, second: QPointF, part: float) -> QPointF:
        leg, arc = self.right - first.x(), math.pi * self.radius
        walked = part * (2 * leg + arc)
        if walked <= leg:
            return QPointF(first.x() + walked, first.y())
        if walked >= leg + arc:
            return QPointF(self.right - (walked - leg - arc), second.y())
        angle = math.pi / 2 - (walked - leg) / self.radius
        middle = (self.top + self.bottom) / 2.0
        return QPointF(
            self.right + self.radius * math.cos(angle), middle - self.radius * math.sin(angle)
        )

    def _to_nine(self, first: QPointF, second: QPointF, part: float) -> QPointF:
        leg, arc = first.x() - self.left, math.pi / 2 * self.radius
        middle = (self.top + self.bottom) / 2.0
        rest = self.left - self.radius - second.x()
        walked = part * (leg + arc + rest)
        if walked <= leg:
            return QPointF(first.x() - walked, first.y())
        if walked >= leg + arc:
            return QPointF(self.left - self.radius - (walked - leg - arc), middle)
        angle = (walked - leg) / self.radius
        return QPointF(
            self.left - self.radius * math.sin(angle), middle + self.radius * math.cos(angle)
        )

    def whole_path(self) -> QPainterPath:
        """Return the closed line without its joint to stage 9."""
        path = QPainterPath(QPointF(self.left, self.top))
        path.lineTo(self.right, self.top)
        path.arcTo(self.turn(self.right), 90.0, -180.0)
        path.lineTo(self.left, self.bottom)
        path.arcTo(self.turn(self.left), 270.0, -180.0)
        return path

    def done_path(self, done: int) -> QPainterPath:
        """Return the line from stage 1 to stage ``done``."""
        path = QPainterPath(self.disc(1))
        if done <= 4:
            path.lineTo(self.disc(done))
            return path
        path.lineTo(self.right, self.top)
        path.arcTo(self.turn(self.right), 90.0, -180.0)
        path.lineTo(self.disc(done))
        if done == 8:
            path.lineTo(self.left, self.bottom)
            path.arcTo(self.turn(self.left), 270.0, -90.0)
        return path

    def inner_point(self, number: int) -> QPointF:
        """Return the place at a stage's inner edge where an arrow begins or ends."""
        box = self.boxes[number]
        if number == EVALUATE:
            return QPointF(box.right() + 2.0, box.center().y())
        return QPointF(box.center().x(), box.bottom() + 3.0 if number <= 4 else box.top() - 2.0)
