"""What the boundary plot is painted from: the map with its hatch and boundary, the samples.

All three paint in device pixels, so that nothing is stretched: the map is one small picture drawn
once, the hatch and the boundary are lines, the samples one picture that is kept until they change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from mlloop_gui.plots import markers
from mlloop_gui.plots.stage_marks import paint_rings
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme, current_scale

Extent = tuple[float, float, float, float]
_SMOOTH = QPainter.RenderHint.SmoothPixmapTransform
_ANTIALIAS = QPainter.RenderHint.Antialiasing
#: How much of the samples is left that a stage is not about.
_PALE = 0.22


def to_image(colors: NDArray[np.uint8], lut: NDArray[np.uint8] | None) -> QImage:
    """Return a picture of a map whose row 0 is the lowest: colours (h, w, 3 or 4) or indices."""
    words = pack(lut)[colors] if lut is not None else pack(colors)
    flipped = np.ascontiguousarray(words[::-1])
    height, width = flipped.shape
    made = QImage(flipped.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return made.copy()


def pack(colors: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return colours (..., 3 or 4) as 0xffRRGGBB."""
    words = np.empty((*colors.shape[:-1], 4), dtype=np.uint8)
    words[..., 0:3] = colors[..., 2::-1]
    words[..., 3] = 255
    return words.view("<u4")[..., 0]


class MapLayer(pg.GraphicsObject):
    """A map of the plane with, over it, the hatch of one side and the boundary line."""

    def __init__(self) -> None:
        super().__init__()
        self._extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self._image: QImage | None = None
        self._hatch: NDArray[np.floating] | None = None
        self._boundary: NDArray[np.floating] | None = None
        self._hatch_pen = QPen()
        self._boundary_pen = QPen()
        self.setZValue(-10)

    def set_theme(self, theme: Theme) -> None:
        """Take the pens of ``theme``."""
        hatch = QColor(theme.text)
        hatch.setAlpha(46)
        # Opaque, because its short pieces overlap at their ends.
        line = QColor(mix(theme.text, theme.paper, 0.25))
        self._hatch_pen = QPen(hatch, 1.0)
        self._boundary_pen = QPen(line, 1.0)
        self.update()

    def set_map(
        self,
        extent: Extent,
        image: QImage | None,
        hatch: NDArray[np.floating] | None,
        boundary: NDArray[np.floating] | None,
    ) -> None:
        """Show a picture over ``extent`` (x0, x1, y0, y1) with lines in cells of the map."""
        if extent != self._extent:
            self.prepareGeometryChange()
            self._extent = extent
        self._image, self._hatch, self._boundary = image, hatch, boundary
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the extent, in data coordinates."""
        x0, x1, y0, y1 = self._extent
        return QRectF(x0, y0, x1 - x0, y1 - y0)

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the map, the hatch, the boundary."""
        if self._image is None:
            return
        rect = p.worldTransform().mapRect(self.boundingRect())
        p.resetTransform()
        p.setRenderHint(_SMOOTH, True)
        p.drawImage(rect, self._image)
        p.setRenderHint(_ANTIALIAS, True)
        for lines, pen in ((self._hatch, self._hatch_pen), (self._boundary, self._boundary_pen)):
            if lines is not None and len(lines):
                p.setPen(pen)
                p.drawPath(self._path(lines, rect))

    def _path(self, lines: NDArray[np.floating], rect: QRectF) -> Any:
        assert self._image is not None
        cell_x = rect.width() / self._image.width()
        cell_y = rect.height() / self._image.height()
        x = rect.left() + (lines[:, 0::2].ravel() + 0.5) * cell_x
        y = rect.bottom() - (lines[:, 1::2].ravel() + 0.5) * cell_y
        return arrayToQPath(x, y, connect="pairs", finiteCheck=False)


class PointLayer(pg.GraphicsObject):
    """The samples, kept as one picture until they, the view or the theme change."""

    def __init__(self) -> None:
        super().__init__()
        self._extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self._xy = np.empty((0, 2))
        self._kinds: NDArray[np.integer] = np.empty(0, dtype=np.int64)
        self._parts: NDArray[np.integer] = np.empty(0, dtype=np.int64)
        self._wrong = np.empty(0, dtype=np.intp)
        self._outlined = np.empty(0, dtype=np.intp)
        self._kind = "class"
        self._selected: int | None = None
        self._emphasised: NDArray[np.intp] | None = None
        self._ringed = np.empty(0, dtype=np.intp)
        self._radii = np.empty(0)
        self._theme: Theme | None = None
        self._version = 0
        self._picture: QImage | None = None
        self._picture_key: tuple[Any, ...] = ()
        self.setZValue(10)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._changed()

    def set_extent(self, extent: Extent) -> None:
        """Set the part of the plane in view."""
        if extent != self._extent:
            self.prepareGeometryChange()
            self._extent = extent

    def set_points(
        self,
        xy: NDArray[np.float64],
        kinds: NDArray[np.integer],
        parts: NDArray[np.integer],
        kind: str,
    ) -> None:
        """Show the samples ``xy`` (n, 2); see `markers.stamp` for kind and kinds."""
        self._xy, self._kinds, self._parts, self._kind = xy, kinds, parts, kind
        self._wrong = self._outlined = self._ringed = np.empty(0, dtype=np.intp)
        self._selected = self._emphasised = None
        self._changed()

    def set_wrong(self, rows: NDArray[np.intp]) -> None:
        """Cross the samples at these rows."""
        self._wrong = rows
        self.update()

    def set_outlined(self, rows: NDArray[np.intp]) -> None:
        """Draw a thin ring of ink round the samples at these rows."""
        self._outlined = rows
        self.update()

    def set_emphasised(self, rows: NDArray[np.intp] | None) -> None:
        """Paint all samples but those at these rows pale, and without a cross; None: all alike."""
        self._emphasised = rows
        self.update()

    def set_rings(self, rows: NDArray[np.intp], radii: NDArray[np.float64]) -> None:
        """Draw rings of these radii, in pixels, under the samples at these rows."""
        self._ringed, self._radii = rows, radii
        self.update()

    def set_selected(self, row: int | None) -> None:
        """Ring the sample at ``row``."""
        self._selected = row
        self.update()

    def _changed(self) -> None:
        self._version += 1
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the part of the plane in view."""
        x0, x1, y0, y1 = self._extent
        return QRectF(x0, y0, x1 - x0, y1 - y0)

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the kept picture, the crosses and the ring."""
        if self._theme is None or not len(self._xy):
            return
        transform = p.worldTransform()
        rect = transform.mapRect(self.boundingRect())
        pixels = self._xy * (transform.m11(), transform.m22())
        pixels += (transform.dx(), transform.dy())
        p.resetTransform()
        ratio = p.device().devicePixelRatioF()
        key = (self._version, rect.getRect(), ratio, current_scale())
        if key != self._picture_key or self._picture is None:
            self._picture = self._draw(pixels - (rect.left(), rect.top()), rect, ratio)
            self._picture_key = key
        if self._emphasised is None:
            p.drawImage(rect.topLeft(), self._picture)
        else:
            self._paint_emphasised(p, pixels, rect, ratio)
        self._paint_crosses(p, pixels, ratio)
        ink, accent = self._theme.text, self._theme.accent
        for row in self._outlined.tolist():
            self._paint_ring(p, QPointF(*pixels[row]), 7.5, ink, 1.5)
        if self._selected is not None:
            self._paint_ring(p, QPointF(*pixels[self._selected]), 10.0, accent, 2.5)

    def _paint_emphasised(
        self, p: QPainter, pixels: NDArray[np.float64], rect: QRectF, ratio: float
    ) -> None:
        """Paint the kept picture pale, and over it the rings and the samples that stand out."""
        assert self._theme is not None
        assert self._picture is not None
        p.setOpacity(_PALE)
        p.drawImage(rect.topLeft(), self._picture)
        p.setOpacity(1.0)
        paint_rings(p, pixels[self._ringed], self._radii, self._theme)
        rows = self._emphasised
        markers.draw_stamps(
            p, pixels[rows], self._kinds[rows], self._parts[rows], self._kind, self._theme, ratio
        )

    def _draw(self, pixels: NDArray[np.float64], rect: QRectF, ratio: float) -> QImage:
        assert self._theme is not None
        size = rect.size() * ratio
        made = QImage(
            max(1, round(size.width())),
            max(1, round(size.height())),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        markers.draw_stamps(
            painter, pixels, self._kinds, self._parts, self._kind, self._theme, ratio
        )
        painter.end()
        return made

    def _paint_crosses(self, p: QPainter, pixels: NDArray[np.float64], ratio: float) -> None:
        if not len(self._wrong):
            return
        assert self._theme is not None
        scale = current_scale()
        cross = markers.stamp(self._theme, "wrong", 0, 0, scale, ratio)
        half = int(22 * scale) / 2
        rows = self._wrong
        if self._emphasised is not None:
            rows = np.intersect1d(rows, self._emphasised)
        at = pixels[rows]
        for x, y in (at[(np.abs(at) < 1e5).all(axis=1)] - half).tolist():
            p.drawImage(QPointF(x, y), cross)

    def _paint_ring(
        self, p: QPainter, at: QPointF, radius: float, color: str, width: float
    ) -> None:
        assert self._theme is not None
        p.setRenderHint(_ANTIALIAS, True)
        p.setBrush(Qt.BrushStyle.NoBrush)
        reach = radius * current_scale()
        for shade, wide in ((self._theme.paper, 2.0 * width), (color, width)):
            p.setPen(QPen(QColor(shade), wide))
            p.drawEllipse(at, reach, reach)
