"""One small picture of what a model answered: a boundary, a surface or a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from mlloop_gui.plots import geometry, markers
from mlloop_gui.plots.layers import to_image
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme, class_blend, class_lut, diverging_lut

Extent = tuple[float, float, float, float]
#: Cells from a region's rim to the middle of the marker that names its class, at least.
_DEEP = 3
_HATCH_PIXELS = 7.5


@dataclass(frozen=True, eq=False)
class FilmPicture:
    """What a model answered after some updates; arrays as in `BoundaryPlot.set_plane`.

    Attributes
    ----------
    update : int
    loss, metric : float
    mode : str
        ``"classes"``, ``"surface"`` or ``"curve"``.
    extent : tuple of float
    index : array of uint8 (h, w), or None
    values : array (h, w) or (h, w, K), or None
    labels : array of int (h, w), or None
    curve : tuple of two arrays, or None
    """

    update: int
    loss: float
    metric: float
    mode: Literal["classes", "surface", "curve"]
    extent: Extent
    index: NDArray[np.uint8] | None = None
    values: NDArray[np.floating] | None = None
    labels: NDArray[np.integer] | None = None
    curve: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None


def paint(
    picture: FilmPicture, side: int, ratio: float, theme: Theme, points: NDArray[np.float64]
) -> QImage:
    """Return the picture, ``side`` pixels wide and high.

    Of two classes the second is hatched; each class has its marker in the middle of its region.
    ``points`` (n, 2) are drawn under a curve only.
    """
    made = QImage(int(side * ratio), int(side * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(theme.paper))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0.0, 0.0, side, side)
    if picture.mode == "curve":
        _paint_curve(painter, picture, area, theme, points)
    else:
        _paint_map(painter, picture, area, theme)
    painter.end()
    return made


def _paint_curve(
    painter: QPainter,
    picture: FilmPicture,
    area: QRectF,
    theme: Theme,
    points: NDArray[np.float64],
) -> None:
    x0, x1, y0, y1 = picture.extent

    def place(x: float, y: float) -> QPointF:
        return QPointF(
            (x - x0) / ((x1 - x0) or 1.0) * area.width(),
            area.height() * (1.0 - (y - y0) / ((y1 - y0) or 1.0)),
        )

    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mix(theme.muted, theme.paper, 0.25)))
    for x, y in points.tolist():
        painter.drawEllipse(place(x, y), 1.6, 1.6)
    if picture.curve is None:
        return
    path, drawing = QPainterPath(), False
    reach = 4.0 * area.height()
    for x, y in zip(*(part[::4].tolist() for part in picture.curve), strict=True):
        at = place(x, y)
        # A curve that leaves the picture is led out of it, not to where Qt cannot paint.
        if not np.isfinite(y):
            drawing = False
            continue
        at.setY(min(max(at.y(), -reach), reach))
        if drawing:
            path.lineTo(at)
        else:
            path.moveTo(at)
        drawing = True
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.accent), 1.8))
    painter.drawPath(path)


def _paint_map(painter: QPainter, picture: FilmPicture, area: QRectF, theme: Theme) -> None:
    hatch = boundary = None
    if picture.index is not None:
        lut = class_lut(theme) if picture.mode == "classes" else diverging_lut(theme)
        image = to_image(picture.index, lut)
    elif picture.values is not None:
        image = to_image(class_blend(theme, np.nan_to_num(picture.values)), None)
    else:
        return
    rows = image.height()
    regions: list[NDArray[np.bool_]] = []
    if picture.mode == "classes" and picture.index is not None:
        field: NDArray[Any] = picture.index if picture.values is None else picture.values
        level = 127.5 if picture.values is None else 0.5
        spacing = max(2, round(_HATCH_PIXELS * rows / area.height()))
        hatch = geometry.hatch_segments(field, level, spacing)
        boundary = geometry.boundary_segments(*geometry.level_crossings(field, level))
        regions = [field < level, field >= level]
    elif picture.mode == "classes" and picture.labels is not None:
        crossings = geometry.label_crossings(picture.labels, picture.values)
        boundary = geometry.boundary_segments(*crossings)
        last = int(picture.labels.max(initial=0))
        regions = [picture.labels == k for k in range(last + 1)]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area, image)
    cell = area.height() / rows
    ink = QColor(theme.text)
    ink.setAlpha(60)
    for lines, color, width in ((hatch, ink, 1.0), (boundary, QColor(theme.text), 1.2)):
        if lines is not None and len(lines):
            painter.setPen(QPen(color, width))
            painter.drawPath(_path(lines, cell, area.height()))
    for index, region in enumerate(regions):
        middle = deepest(region)
        if middle is not None:
            at = QPointF((middle[1] + 0.5) * cell, area.height() - (middle[0] + 0.5) * cell)
            color, symbol = markers.class_style(theme, index)
            markers.draw_sample(painter, at, color, symbol, markers.TRAIN, theme)


def _path(lines: NDArray[np.floating], cell: float, height: float) -> QPainterPath:
    path = QPainterPath()
    scaled = (lines + 0.5) * cell
    for x1, y1, x2, y2 in scaled.tolist():
        path.moveTo(x1, height - y1)
        path.lineTo(x2, height - y2)
    return path


def deepest(region: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return the cell (row, column) farthest from a region's rim; None of a thin region."""
    depth = np.zeros(region.shape, dtype=np.int64)
    left = region
    while left.any():
        depth += left
        padded = np.pad(left, 1)
        left = left & padded[2:, 1:-1] & padded[:-2, 1:-1] & padded[1:-1, 2:] & padded[1:-1, :-2]
    if not depth.size or depth.max() < _DEEP:
        return None
    # Where several are equally far, the one in their midst.
    rows, columns = np.nonzero(depth == depth.max())
    nearest = np.hypot(rows - rows.mean(), columns - columns.mean()).argmin()
    return int(rows[nearest]), int(columns[nearest])
