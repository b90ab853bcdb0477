"""Lines of a curve plot: their looks, and fewer points where the eye cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from mlloop_gui.plots.header import Glyph, line_glyph
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme

Floats = NDArray[np.float64]
#: A series that is thinned is drawn by the extremes of its stretches, with so many points.
MOST_POINTS = 1200
#: What comes with a frame, at most 800 stretches by two extremes, is not thinned a second time.
THINNED = 1600
#: Dash patterns by which layers are told apart, beside their shade and their label.
_DASHES = ((), (6.0, 3.0), (1.5, 2.5), (8.0, 3.0, 1.5, 3.0), (3.0, 2.0), (10.0, 4.0))


def layer_number(style: str) -> int | None:
    """Return k of the style ``"layer k"``, None of another style."""
    word, _, number = style.partition(" ")
    return int(number) if word == "layer" and number.isdigit() else None


def pen_for(style: str, theme: Theme) -> QPen:
    """Return the pen of a style; every line is one pixel wide, which is what is fast.

    ``"train"`` is solid ink, ``"validation"`` dashed ink, ``"fine"`` a light line, ``"pale"`` a
    paler one (an earlier run; ``"pale dashed"`` its validation), ``"accent"`` the accent, and
    ``"layer k"`` ink in the k-th dash and shade.
    """
    color = QColor(theme.text)
    dashes: tuple[float, ...] = ()
    layer = layer_number(style)
    if layer is not None:
        color = QColor(mix(theme.text, theme.panel, min(0.14 * (layer % 5), 0.5)))
        dashes = _DASHES[layer % len(_DASHES)]
    elif style == "validation":
        dashes = (5.0, 3.0)
    elif style == "fine":
        color = QColor(mix(theme.text, theme.panel, 0.76))
    elif style.startswith("pale"):
        color = QColor(mix(theme.text, theme.panel, 0.58))
        dashes = (5.0, 3.0) if style.endswith("dashed") else ()
    elif style == "accent":
        color = QColor(theme.accent)
    pen = QPen(color, 1.0)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


_GLYPHS: dict[str, Glyph] = {}


def glyph_for(style: str) -> Glyph:
    """Return the legend glyph of a style: always the same object."""
    if style not in _GLYPHS:
        _GLYPHS[style] = line_glyph(lambda theme: pen_for(style, theme))
    return _GLYPHS[style]


def thin(x: Floats, y: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """Return at most about ``most`` points with the least and greatest value of each stretch.

    A stretch that has a value that is not finite keeps a gap.
    """
    length = len(x)
    if length <= most:
        return x, y
    stride = -(-length // (most // 2))
    whole = length // stride * stride
    stretches = y[:whole].reshape(-1, stride)
    gaps = ~np.isfinite(stretches)
    if gaps.any():
        low = np.where(gaps, np.inf, stretches).argmin(axis=1)
        high = np.where(gaps, -np.inf, stretches).argmax(axis=1)
        gap = gaps.argmax(axis=1)
        high = np.where(gaps.any(axis=1), gap, high)
    else:
        low, high = stretches.argmin(axis=1), stretches.argmax(axis=1)
    base = np.arange(0, whole, stride)
    chosen = np.sort(np.stack([base + low, base + high], axis=1), axis=1).ravel()
    chosen = np.concatenate([chosen, np.arange(whole, length)])
    if chosen[-1] != length - 1:
        chosen = np.append(chosen, length - 1)
    return x[chosen], y[chosen]


@dataclass(frozen=True, eq=False)
class Series:
    """One line: its points as given, and its style."""

    name: str
    style: str
    x: Floats
    y: Floats

    @staticmethod
    def of(name: str, style: str, x: ArrayLike, y: ArrayLike) -> Series:
        """Take arrays as they come; raise ValueError when their shapes do not fit."""
        across = np.asarray(x, dtype=np.float64)
        up = np.asarray(y, dtype=np.float64)
        if across.shape != up.shape or across.ndim != 1:
            raise ValueError(f"series {name!r}: x has shape {across.shape}, y {up.shape}")
        return Series(name, style, across, up)

    @property
    def prominent(self) -> bool:
        """Whether the legend, the read-out and the table's first columns show it."""
        return self.style != "fine" and not self.style.startswith("pale")

    def last(self) -> float | None:
        """Return the last value, None of an empty series."""
        return float(self.y[-1]) if len(self.y) else None

    def at(self, x: float) -> tuple[float, float] | None:
        """Return the point nearest to ``x``, None of an empty series."""
        if not len(self.x):
            return None
        row = int(np.searchsorted(self.x, x))
        if row == len(self.x) or (row and x - self.x[row - 1] <= self.x[row] - x):
            row -= 1
        return float(self.x[row]), float(self.y[row])

    def broken_at(self) -> Floats:
        """Return where the values begin to be not finite, once for each stretch of them."""
        bad = ~np.isfinite(self.y)
        starts = bad.copy()
        starts[1:] &= ~bad[:-1]
        return self.x[starts]
