"""The range of a curve plot: grows in round steps, so that it changes seldom."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mlloop_gui.plots import numbers
from mlloop_gui.plots.series import Series

Range = tuple[float, float]
#: A line over the rest by more than this share of batches does not set the range.
_FINE_SHARE = 98.0
#: No axis reaches farther: beyond, the widths and round steps of a range are no numbers.
FARTHEST = 1e150


def x_range(high: float, now: Range | None, log: bool = False) -> Range:
    """Return the range of updates from 0 to ``high``; ``now`` is kept while it fits.

    It fits while the lines fill at least half of it and do not leave it.
    """
    if log:
        return 0.0, max(math.log10(max(high, 1.0)), 0.5) * 1.02
    high = max(high, 10.0)
    if now is not None and now[0] == 0.0 and 0.5 * now[1] <= high <= now[1]:
        return now
    target = high * 1.04
    step = numbers.nice_step(target, 12)
    return 0.0, math.ceil(target / step) * step


def _values(series: Sequence[Series]) -> list[np.ndarray]:
    shown = []
    for line in series:
        y = line.y[np.abs(line.y) <= FARTHEST]
        if line.style == "fine" and len(y):
            y = y[y <= np.percentile(y, _FINE_SHARE)]
        if len(y):
            shown.append(y)
    return shown


def y_range(series: Sequence[Series], now: Range | None, percent: bool = False) -> Range:
    """Return a round range that shows all lines; ``now`` is kept while it fits.

    It begins at 0 where the lines come near it. A percentage ends at 1.
    """
    shown = _values(series)
    if not shown:
        return now or (0.0, 1.0)
    low = min(float(y.min()) for y in shown)
    high = max(float(y.max()) for y in shown)
    if percent:
        low = min(low, 0.9)
        low = math.floor(max(low - 0.02, 0.0) * 10.0 - 1e-9) / 10.0
        return max(low, 0.0), 1.005
    if 0.0 <= low <= 0.5 * high:
        low = 0.0
    span = (high - low) or abs(high) or 1.0
    if now is not None and now[0] <= low and high <= now[1] and span >= 0.55 * (now[1] - now[0]):
        return now
    step = numbers.nice_step(span, 5)
    bottom = math.floor(low / step + 1e-9) * step
    top = math.ceil((high + 0.02 * span) / step - 1e-9) * step
    return bottom, top if top > bottom else bottom + step


def log_y_range(series: Sequence[Series], now: Range | None, guides: Sequence[float]) -> Range:
    """Return a range of whole decades (exponents of ten) that shows all positive values."""
    shown = [y[y > 0.0] for y in _values(series)]
    shown = [y for y in shown if len(y)] + [np.array([0.6 * at]) for at in guides if at > 0.0]
    if not shown:
        return now or (-1.0, 0.0)
    low = math.floor(math.log10(min(float(y.min()) for y in shown)) * 2.0) / 2.0
    high = math.ceil(math.log10(max(float(y.max()) for y in shown)) * 2.0) / 2.0
    high = max(high, low + 1.0)
    low = max(low, high - 14.0)
    if now is not None and now[0] <= low and high <= now[1] and high - low >= now[1] - now[0] - 1.0:
        return now
    return low, high
