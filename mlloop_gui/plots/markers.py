"""How a sample looks: class by colour and shape, part by filling, a wrong answer by a cross."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from mlloop_gui.plots.header import Glyph
from mlloop_gui.theme import Theme, current_scale, diverging_lut

TRAIN, VALIDATION, TEST = 0, 1, 2
PART_NAMES = ("train", "validation", "test")
#: Widths in pixels that make the shapes look equally large (a square has more area).
_OPTICAL = {"o": 9.0, "s": 8.4, "t": 10.5, "t1": 10.5, "d": 11.0, "star": 12.5, "p": 10.0}
#: Targets of a regression are drawn in this many steps of colour.
TARGET_STEPS = 33


def symbol_path(symbol: str, size: float) -> QPainterPath:
    """Return the outline of a pyqtgraph symbol around the origin."""
    return QTransform.fromScale(size, size).map(Symbols[symbol])


def draw_sample(
    painter: QPainter, at: QPointF, color: QColor, symbol: str, part: int, theme: Theme,
    scale: float = 1.0,
) -> None:  # fmt: skip
    """Draw one sample: train filled, validation hollow, test hollow with a diamond round it."""
    size = _OPTICAL.get(symbol, 10.0) * scale
    path = symbol_path(symbol, size)
    paper = QColor(theme.paper)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    # The halo keeps a marker apart from a map of the same colour, and from its neighbours.
    halo = QPen(paper, 3.0 * scale if part else 2.0 * scale)
    halo.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(halo)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(QPen(color, 1.6 * scale))
    if part == TRAIN:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
    else:
        painter.setBrush(paper)
    if part == TEST:
        inner = symbol_path(symbol, size * 0.62)
        diamond = symbol_path("d", 15.0 * scale)
        painter.setBrush(paper)
        painter.drawPath(diamond)
        painter.setBrush(color)
        painter.drawPath(inner)
    else:
        painter.drawPath(path)
    painter.restore()


def _draw_target(
    painter: QPainter, at: QPointF, color: QColor, part: int, theme: Theme, scale: float
) -> None:
    """Draw a sample of a regression: its target's colour in a ring of ink.

    Of the training part the colour fills the ring, of the others it is a spot on paper.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    radius = 4.6 * scale
    painter.setPen(QPen(QColor(theme.text), 1.3 * scale))
    painter.setBrush(color if part == TRAIN else QColor(theme.paper))
    painter.drawPath(
        symbol_path("d" if part == TEST else "o", (15.0 if part == TEST else 9.2) * scale)
    )
    if part != TRAIN:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(0.0, 0.0), 0.52 * radius, 0.52 * radius)
    painter.restore()


def draw_cross(painter: QPainter, at: QPointF, theme: Theme, scale: float = 1.0) -> None:
    """Draw the cross over a misclassified sample: ink, thin enough to leave the colour in sight."""
    reach = 5.0 * scale
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    for color, width in ((theme.paper, 2.8), (theme.text, 1.5)):
        painter.setPen(QPen(QColor(color), width * scale))
        painter.drawLine(QPointF(-reach, -reach), QPointF(reach, reach))
        painter.drawLine(QPointF(-reach, reach), QPointF(reach, -reach))
    painter.restore()


def class_style(theme: Theme, index: int) -> tuple[QColor, str]:
    """Return the colour and symbol of class ``index``."""
    colors, symbols = theme.class_colors, theme.class_markers
    return QColor(colors[index % len(colors)]), symbols[index % len(symbols)]


def target_color(theme: Theme, step: int) -> QColor:
    """Return the colour of a regression target, as one of `TARGET_STEPS` steps."""
    row = diverging_lut(theme)[round(step * 255 / (TARGET_STEPS - 1))]
    return QColor(int(row[0]), int(row[1]), int(row[2]))


@lru_cache(maxsize=512)
def stamp(theme: Theme, kind: str, index: int, part: int, scale: float, ratio: float) -> QImage:
    """Return the picture of a sample, made once.

    Parameters
    ----------
    theme : Theme
    kind : str
        ``"class"``, ``"target"`` (index is a step of colour), ``"ink"`` or ``"wrong"``.
    index, part : int
    scale : float
        1 for ordinary size.
    ratio : float
        Device pixels in a pixel.
    """
    side = int(22 * scale)
    pixels = int(side * ratio)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    middle = QPointF(side / 2, side / 2)
    if kind == "wrong":
        draw_cross(painter, middle, theme, scale)
    elif kind == "target":
        _draw_target(painter, middle, target_color(theme, index), part, theme, scale)
    elif kind == "ink":
        draw_sample(painter, middle, QColor(theme.muted), "o", part, theme, scale)
    else:
        color, symbol = class_style(theme, index)
        draw_sample(painter, middle, color, symbol, part, theme, scale)
    painter.end()
    return image


@lru_cache(maxsize=64)
def sample_glyph(kind: str, index: int = 0, part: int = TRAIN) -> Glyph:
    """Return a legend glyph of a sample (kinds as in `stamp`, ``"outline"`` or ``"model"``)."""

    def draw(painter: QPainter, middle: QPointF, theme: Theme) -> None:
        scale = current_scale()
        if kind == "wrong":
            draw_cross(painter, middle, theme, 0.75 * scale)
        elif kind == "model":
            painter.setPen(QPen(QColor(theme.accent), 2.0))
            reach = QPointF(10.0 * scale, 0.0)
            painter.drawLine(middle - reach, middle + reach)
        elif kind == "target":
            _draw_target(painter, middle, QColor(theme.positive_fill), part, theme, 0.9 * scale)
        elif kind == "outline":
            draw_sample(painter, middle, QColor(theme.muted), "o", part, theme, 0.9 * scale)
        else:
            color, symbol = class_style(theme, index)
            draw_sample(painter, middle, color, symbol, part, theme, 0.9 * scale)

    return draw


def draw_stamps(
    painter: QPainter,
    pixels: NDArray[np.float64],
    kinds: NDArray[np.integer],
    parts: NDArray[np.integer],
    kind: str,
    theme: Theme,
    ratio: float,
    scale: float | None = None,
) -> None:
    """Draw many samples at ``pixels`` (n, 2), in the order given."""
    scale = current_scale() if scale is None else scale
    half = int(22 * scale) / 2
    # A sample far outside is no place that Qt could paint at.
    seen = (np.abs(pixels) < 1e5).all(axis=1)
    pixels, codes = pixels[seen], (np.asarray(kinds) * 4 + np.asarray(parts))[seen]
    drawn = codes.tolist()
    stamps = {
        code: stamp(theme, kind, code // 4, code % 4, scale, ratio) for code in sorted(set(drawn))
    }
    corners = (pixels - half).tolist()
    for (x, y), code in zip(corners, drawn, strict=True):
        painter.drawImage(QPointF(x, y), stamps[code])
