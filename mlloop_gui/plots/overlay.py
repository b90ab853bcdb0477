"""What stands over the lines of a curve plot: events, guides, labels, marks, the crosshair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from mlloop_gui.plots.in_view import InView
from mlloop_gui.theme import Theme, current, font


@dataclass
class Marks:
    """What is drawn, in the coordinates of the box (logarithms taken).

    Attributes
    ----------
    guides : list of (y, text)
        Level lines.
    events : list of x
        Upright marks with a flag at the top.
    broken : list of x
        Where values begin to be not finite.
    labels : list of (x, y, text)
        Names beside the last points of lines.
    dots : list of (x, y, text)
        Points with an optional label.
    cross : list of (x, y)
        The points read out; an upright line goes through the first.
    head : float or None
        The update on screen.
    names : list of (x, y, text)
        Names that stand where they are put.
    """

    guides: list[tuple[float, str]] = field(default_factory=list)
    events: list[float] = field(default_factory=list)
    broken: list[float] = field(default_factory=list)
    labels: list[tuple[float, float, str]] = field(default_factory=list)
    dots: list[tuple[float, float, str]] = field(default_factory=list)
    cross: list[tuple[float, float]] = field(default_factory=list)
    head: float | None = None
    names: list[tuple[float, float, str]] = field(default_factory=list)


class Overlay(InView):
    """Paints `marks` in device pixels over the lines."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self._box = box
        self._theme = current()
        self.marks = Marks()
        self.setZValue(50)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the marks."""
        transform = p.worldTransform()
        area = transform.mapRect(self._rect)
        p.resetTransform()
        p.setFont(font("small"))

        def place(x: float, y: float) -> QPointF:
            return transform.map(QPointF(x, y))

        for y, text in self.marks.guides:
            self._guide(p, area, place(0.0, y).y(), text)
        if self.marks.head is not None:
            self._upright(p, area, place(self.marks.head, 0.0).x(), self._theme.accent, ())
        for x in self.marks.events:
            self._event(p, area, place(x, 0.0).x())
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for x in self.marks.broken:
            self._broken(p, area, place(x, 0.0).x())
        self._labels(p, area, [(place(x, y), text) for x, y, text in self.marks.labels])
        for x, y, text in self.marks.names:
            self._labels(p, area, [(place(x, y), text)])
        for x, y, text in self.marks.dots:
            self._dot(p, place(x, y), 4.0)
            self._labels(p, area, [(place(x, y), text)])
        if self.marks.cross:
            points = [place(x, y) for x, y in self.marks.cross]
            self._upright(p, area, points[0].x(), self._theme.muted, ())
            for point in points:
                self._dot(p, point, 3.0)

    def _upright(
        self, p: QPainter, area: QRectF, x: float, color: str, dashes: Sequence[float]
    ) -> None:
        pen = QPen(QColor(color), 1.0)
        if dashes:
            pen.setDashPattern(list(dashes))
        p.setPen(pen)
        at = round(x) + 0.5
        p.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))

    def _guide(self, p: QPainter, area: QRectF, y: float, text: str) -> None:
        pen = QPen(QColor(self._theme.muted), 1.0)
        pen.setDashPattern([2.0, 3.0])
        p.setPen(pen)
        at = round(y) + 0.5
        p.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
        p.setPen(QColor(self._theme.muted))
        p.drawText(QPointF(area.left() + 4.0, at - 3.0), text)

    def _event(self, p: QPainter, area: QRectF, x: float) -> None:
        self._upright(p, area, x, self._theme.accent, (2.0, 2.0))
        at = round(x) + 0.5
        flag = QPolygonF(
            [QPointF(at, area.top()), QPointF(at + 7.0, area.top()), QPointF(at, area.top() + 7.0)]
        )
        p.setBrush(QColor(self._theme.accent))
        p.setPen(Qt.PenStyle.NoPen)
        p.drawPolygon(flag)

    def _broken(self, p: QPainter, area: QRectF, x: float) -> None:
        self._upright(p, area, x, self._theme.error, (3.0, 2.0))
        text = "not finite"
        metrics = QFontMetricsF(p.font())
        width = metrics.horizontalAdvance(text) + 8.0
        left = x + 4.0 if x + width + 4.0 < area.right() else x - width - 4.0
        box = QRectF(max(left, area.left()), area.top() + 2.0, width, metrics.height() + 2.0)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self._theme.panel))
        p.drawRect(box)
        p.setPen(QColor(self._theme.error))
        p.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _labels(self, p: QPainter, area: QRectF, labels: list[tuple[QPointF, str]]) -> None:
        """Write names beside points, each moved down until it stands clear of the others."""
        metrics = QFontMetricsF(p.font())
        height = metrics.height()
        bottom = area.top() - height
        for point, text in sorted(labels, key=lambda label: label[0].y()):
            if not text:
                continue
            width = metrics.horizontalAdvance(text)
            left = min(point.x() + 6.0, area.right() - width - 2.0)
            top = max(point.y() - height - 1.0, bottom, area.top())
            box = QRectF(left - 2.0, top, width + 4.0, height)
            backdrop = QColor(self._theme.panel)
            backdrop.setAlpha(215)
            p.fillRect(box, backdrop)
            p.setPen(QColor(self._theme.text))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            bottom = top + height

    def _dot(self, p: QPainter, at: QPointF, radius: float) -> None:
        p.setPen(QPen(QColor(self._theme.panel), 1.5))
        p.setBrush(QColor(self._theme.accent))
        p.drawEllipse(at, radius, radius)
