"""The level lines of a map of losses: round numbers, and the bands of colour between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mlloop_gui.plots import numbers
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme, rgb

MOST = 13
#: A map whose ends differ by more than this factor gets levels a factor apart.
WIDE = 12.0
_DEPTH = 8.0  # decades under the highest value in which levels are drawn
_MANTISSAS = (
    (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 2.0, 5.0),
    (1.0,),
)


@dataclass(frozen=True)
class Levels:
    """Where the lines run.

    Attributes
    ----------
    values : tuple of float
        Rising.
    log : bool
        Whether they stand a factor apart.
    floor : float
        With `log`, the value below which nothing is told apart.
    """

    values: tuple[float, ...]
    log: bool = False
    floor: float = 0.0

    @staticmethod
    def of(losses: NDArray[np.floating]) -> Levels:
        """Choose the levels of a map; not-finite numbers are left out of it."""
        finite = losses[np.isfinite(losses)]
        if not finite.size:
            return Levels(())
        low, high = float(finite.min()), float(finite.max())
        if not high - low > 1e-12 * max(abs(high), 1e-300):
            return Levels(())
        if low >= 0.0 and high > WIDE * low:
            floor = max(low, high * 10.0**-_DEPTH)
            return Levels(_factors(floor, high), True, floor)
        step, values = numbers.ticks(low, high, MOST - 1)
        return Levels(tuple(value for value in values if low < value < high), False, step)

    def scaled(self, losses: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the numbers on the scale on which the levels are evenly spread."""
        if not self.log:
            return np.asarray(losses, np.float64)
        return np.log10(np.maximum(losses, self.floor))

    def lines(self) -> NDArray[np.float64]:
        """Return the levels on that scale."""
        return self.scaled(np.array(self.values))

    def texts(self) -> list[str]:
        """Return the number of each level."""
        if self.log:
            return [_short(value) for value in self.values]
        return numbers.tick_texts(self.values, self.floor)

    def place(self, loss: float) -> float:
        """Return how many bands up a loss lies: 2.5 is the middle of the third."""
        if not math.isfinite(loss):
            return float(len(self.values) + 1)
        band = int(np.searchsorted(self.values, loss, side="right"))
        if 0 < band < len(self.values):
            low, high = self.lines()[band - 1 : band + 1]
            return band + float((self.scaled(np.array(loss)) - low) / (high - low))
        return band + 0.5


def _factors(low: float, high: float) -> tuple[float, ...]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found: list[float] = []
    for mantissas in _MANTISSAS:
        every = [m * 10.0**at for at in range(first, last + 1) for m in mantissas]
        found = [value for value in every if low < value < high]
        if len(found) <= MOST:
            break
    stride = math.ceil(len(found) / MOST) or 1
    return tuple(found[::stride])


def _short(value: float) -> str:
    exponent = math.floor(math.log10(value) + 1e-9)
    if -3 <= exponent <= 3:
        return f"{value:.10g}"
    text = f"{value / 10.0**exponent:.3g}"
    return numbers.power(exponent) if text == "1" else f"{text} × {numbers.power(exponent)}"


@lru_cache(maxsize=32)
def band_colors(theme: Theme, bands: int) -> NDArray[np.uint8]:
    """Return a colour for each band, shape (bands, 3): the deeper the paler."""
    shares = np.linspace(0.04, 0.72, max(bands, 2))
    made = np.array([rgb(mix(theme.paper, theme.accent, s)) for s in shares]).astype(np.uint8)
    made.setflags(write=False)
    return made


def enlarged(field: NDArray[np.floating], height: int, width: int) -> NDArray[np.float64]:
    """Return a map drawn larger by linear interpolation; its rim stays the rim.

    Parameters
    ----------
    field : array, shape (rows, columns)
    height, width : int
        Of what is returned, pixels whose middles are looked at.
    """
    rows, columns = field.shape
    y = (np.arange(height) + 0.5) / height * (rows - 1)
    x = (np.arange(width) + 0.5) / width * (columns - 1)
    row = np.minimum(y.astype(int), max(rows - 2, 0))
    column = np.minimum(x.astype(int), max(columns - 2, 0))
    above = (y - row)[:, None]
    tall = field[row] * (1.0 - above) + field[np.minimum(row + 1, rows - 1)] * above
    right = (x - column)[None, :]
    beyond = np.minimum(column + 1, columns - 1)
    return tall[:, column] * (1.0 - right) + tall[:, beyond] * right
