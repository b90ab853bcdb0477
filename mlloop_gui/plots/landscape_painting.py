"""How a landscape is painted: bands, level lines, axes, scale, the run's way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import geometry, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.layers import to_image
from mlloop_gui.plots.levels import Levels, band_colors, enlarged
from mlloop_gui.plots.loss_map import LossMap
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import font, rgb

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
#: Dots of the run's way stand at least so many pixels apart.
APART = 5.0
_PALE = 0.4


class LandscapePainting(Canvas):
    """A canvas with a map of losses on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._map: LossMap | None = None
        self._levels = Levels(())
        self._lines: list[NDArray[np.floating]] = []
        self._image: QImage | None = None
        self._pale = False
        self._head = self._detail = ""
        self._note = ""
        self._cross: tuple[float, float] | None = None
        super().__init__("", parent)

    def _take(self, shown: LossMap | None) -> None:
        self._map, self._image, self._cross, self._lines = shown, None, None, []
        self._levels = Levels(()) if shown is None else Levels.of(shown.losses)
        if shown is not None:
            field = self._field(shown)
            self._lines = [
                geometry.boundary_segments(*geometry.level_crossings(field, level))
                for level in self._levels.lines()
            ]

    def _field(self, shown: LossMap) -> NDArray[np.float64]:
        """The losses on the levels' scale; what is not finite stands above all levels."""
        field = self._levels.scaled(shown.losses)
        finite = np.isfinite(field)
        top = float(field[finite].max()) if finite.any() else 0.0
        return np.where(finite, field, top)

    def refresh(self) -> None:
        """Make the picture anew in the colours of the theme."""
        self._image = None
        super().refresh()

    def readout(self) -> str:
        """Return what is read out at the cross, or an empty text."""
        return ""

    # Geometry

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(620, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which lines and numbers can be told apart."""
        return QSize(260, 120)

    def plot_rect(self) -> QRectF:
        """Return where the map is drawn."""
        line = self.line_height()
        left = self.text_width("−0.000") + 8.0
        right = 34.0 + max([self.text_width(t) for t in self._levels.texts()] + [30.0])
        top = line + 4.0
        return QRectF(
            round(left), round(top), max(round(self.width() - left - right), 40),
            max(round(self.height() - top - line - 5.0), 20),
        )  # fmt: skip

    def to_pixel(self, x: float, y: float) -> QPointF:
        """Return the pixel of a place."""
        (at,) = self._pixels(np.array([[x, y]]))
        return QPointF(*at)

    def _pixels(self, places: NDArray[np.floating]) -> NDArray[np.float64]:
        assert self._map is not None
        area, x, y = self.plot_rect(), self._map.x, self._map.y
        across = area.left() + (places[:, 0] - x[0]) / (x[-1] - x[0]) * area.width()
        up = area.bottom() - (places[:, 1] - y[0]) / (y[-1] - y[0]) * area.height()
        # Far outside, where a painter's numbers end.
        return np.clip(np.stack([across, up], axis=1), -1e5, 1e5)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint map, axes, scale and way."""
        area = self.plot_rect()
        box = QRectF(0.0, 0.0, self.width(), self.line_height())
        said = self.readout()
        head = said or self._head
        self.write(painter, box, head, self.theme.text, _LEFT, font("small", bold=not said))
        if not said:
            box.setLeft(self.text_width(head, bold=True) + 10.0)
            self.write(painter, box, self._detail, self.theme.muted, _LEFT)
        if self._map is None:
            painter.setPen(QPen(QColor(self.theme.border), 1.0, Qt.PenStyle.DashLine))
            painter.drawRect(area)
            box = area.adjusted(12.0, 0.0, -12.0, 0.0)
            painter.setFont(font("base"))
            painter.setPen(QColor(self.theme.muted))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, int(where), self._note)
            return
        self._paint_axes(painter, area, self._map)
        painter.save()
        painter.setClipRect(area)
        painter.setOpacity(_PALE if self._pale else 1.0)
        painter.drawImage(area, self._picture(area, self._map))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_levels(painter, area, self._map)
        painter.setOpacity(1.0)
        self._tag(painter, area, f"↑ {self._map.names[1]}", at_top=True)
        self._tag(painter, area, f"{self._map.names[0]} →", at_top=False)
        painter.setOpacity(_PALE if self._pale else 1.0)
        self._paint_way(painter, area, self._map)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.theme.border))
        painter.drawRect(area)
        self._paint_scale(painter, area, self._map)

    def _picture(self, area: QRectF, shown: LossMap) -> QImage:
        """The bands, one pixel each; made anew when size, theme or map change."""
        size = (int(area.height()), int(area.width()))
        if self._image is None or (self._image.height(), self._image.width()) != size:
            bands = np.searchsorted(self._levels.lines(), enlarged(self._field(shown), *size))
            colors = band_colors(self.theme, len(self._levels.values) + 1)
            found = colors[bands]
            broken = enlarged((~np.isfinite(shown.losses)).astype(float), *size) > 0.5
            if broken.any():
                row, column = np.nonzero(broken)
                ink = (row + column) // 3 % 3 == 0
                muted = mix(self.theme.paper, self.theme.muted, 0.7)
                found[row[ink], column[ink]] = rgb(muted)
                found[row[~ink], column[~ink]] = rgb(self.theme.paper)
            self._image = to_image(found, None)
        return self._image

    def _paint_levels(self, p: QPainter, area: QRectF, shown: LossMap) -> None:
        rows, columns = shown.losses.shape
        ink = QColor(mix(self.theme.accent, self.theme.text, 0.35))
        ink.setAlpha(150)
        p.setPen(QPen(ink, 1.0))
        for lines in self._lines:
            if len(lines):
                x = area.left() + lines[:, 0::2].ravel() / max(columns - 1, 1) * area.width()
                y = area.bottom() - lines[:, 1::2].ravel() / max(rows - 1, 1) * area.height()
                p.drawPath(arrayToQPath(x, y, connect="pairs", finiteCheck=False))

    def _paint_way(self, p: QPainter, area: QRectF, shown: LossMap) -> None:
        paper, ink = QColor(self.theme.paper), QColor(self.theme.text)
        points = [QPointF(*at) for at in self._pixels(shown.places) if np.isfinite(at).all()]
        if len(points) > 1:
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            p.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(paper, 3.5), QPen(ink, 1.4)):
                p.setPen(pen)
                p.drawPath(path)
            self._paint_places(p, points)
        here = self.to_pixel(*shown.here[:2])
        # The present place: a ring round a diamond, which nothing else has.
        p.setBrush(paper)
        p.setPen(QPen(ink, 1.4))
        p.drawEllipse(here, 8.0, 8.0)
        p.setBrush(QColor(self.theme.accent))
        p.setPen(Qt.PenStyle.NoPen)
        ends = ((0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0))
        p.drawPolygon(QPolygonF([here + QPointF(*end) for end in ends]))
        if self._cross is not None:
            p.setPen(QPen(ink, 1.0))
            at = self.to_pixel(*self._cross)
            p.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()))
            p.drawLine(QPointF(area.left(), at.y()), QPointF(area.right(), at.y()))

    def _paint_places(self, p: QPainter, points: list[QPointF]) -> None:
        """A dot at each place that stands clear of the one before; the first is a square."""
        p.setPen(QPen(QColor(self.theme.paper), 1.0))
        p.setBrush(QColor(self.theme.text))
        before = points[0]
        for point in points[1:]:
            if (point - before).manhattanLength() >= APART:
                p.drawEllipse(point, 2.6, 2.6)
                before = point
        p.setBrush(QColor(self.theme.paper))
        p.setPen(QPen(QColor(self.theme.text), 1.4))
        p.drawRect(QRectF(points[0].x() - 4.0, points[0].y() - 4.0, 8.0, 8.0))

    def _tag(self, p: QPainter, area: QRectF, text: str, at_top: bool) -> None:
        """The name of an axis in the corner where the axis begins or ends."""
        backdrop = QColor(self.theme.panel)
        backdrop.setAlpha(215)
        width, height = self.text_width(text) + 10.0, self.line_height() + 1.0
        corner = area.topLeft() if at_top else area.bottomRight() - QPointF(width, height)
        box = QRectF(corner, QSizeF(width, height))
        p.fillRect(box, backdrop)
        self.write(p, box.adjusted(5.0, 0.0, 0.0, 0.0), text, self.theme.text, _LEFT)

    def _paint_axes(self, p: QPainter, area: QRectF, shown: LossMap) -> None:
        line, muted = self.line_height(), self.theme.muted

        def across(value: float, text: str) -> None:
            at, half = self.to_pixel(value, shown.y[0]).x(), self.text_width(text) / 2.0
            p.drawLine(QPointF(at, area.bottom()), QPointF(at, area.bottom() + 3.0))
            if at + half < area.right() + 3.0:
                place = QRectF(at - half - 2.0, area.bottom() + 4.0, 2.0 * half + 4.0, line)
                self.write(p, place, text, muted)

        def up(value: float, text: str) -> None:
            at = self.to_pixel(shown.x[0], value).y()
            p.drawLine(QPointF(area.left() - 3.0, at), QPointF(area.left(), at))
            top = float(np.clip(at - line / 2.0, 0.0, self.height() - line))
            self.write(p, QRectF(0.0, top, area.left() - 5.0, line), text, muted, _RIGHT)

        p.setPen(QColor(muted))
        self._ticks(shown.x, area.width() / 70.0, across)
        self._ticks(shown.y, area.height() / (2.0 * line), up)

    @staticmethod
    def _ticks(
        axis: NDArray[np.floating], parts: float, draw: Callable[[float, str], None]
    ) -> None:
        step, values = numbers.ticks(float(axis[0]), float(axis[-1]), max(int(parts), 2))
        for value, text in zip(values, numbers.tick_texts(values, step), strict=True):
            draw(value, text)

    def _paint_scale(self, p: QPainter, area: QRectF, shown: LossMap) -> None:
        """The bands with the numbers of their lines, and where the present loss lies."""
        levels, line = self._levels, self.line_height()
        bands = len(levels.values) + 1
        bar = QRectF(area.right() + 12.0, area.top(), 12.0, area.height())
        each = bar.height() / bands
        for band, color in enumerate(band_colors(self.theme, bands)[:bands]):
            box = QRectF(bar.left(), bar.bottom() - (band + 1) * each, bar.width(), each)
            p.fillRect(box, QColor(*(int(part) for part in color)))
        p.setPen(QColor(self.theme.border))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(bar)
        below = bar.bottom() + line
        for k, text in enumerate(levels.texts()):
            at = bar.bottom() - (k + 1) * each
            top = max(at - line / 2.0, area.top())
            if top + line <= below:
                p.setPen(QColor(self.theme.muted))
                p.drawLine(QPointF(bar.right(), at), QPointF(bar.right() + 3.0, at))
                box = QRectF(bar.right() + 6.0, top, self.width() - bar.right() - 6.0, line)
                self.write(p, box, text, self.theme.muted, _LEFT)
                below = top
        self.write(
            p, QRectF(bar.left() - 6.0, area.bottom() + 4.0, 60.0, line), "loss", self.theme.text,
            _LEFT,
        )  # fmt: skip
        at = bar.bottom() - min(levels.place(shown.here[2]), bands) * each
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(QColor(self.theme.accent))
        p.setPen(Qt.PenStyle.NoPen)
        tip = QPointF(bar.left(), at)
        p.drawPolygon(QPolygonF([tip, tip + QPointF(-7.0, -4.5), tip + QPointF(-7.0, 4.5)]))
