"""How an array is cut and written in a grid: one format for all its numbers, a window of cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlloop_gui.plots import numbers


@dataclass(frozen=True)
class Format:
    """Numbers are written times ten to ``-exponent``, with ``decimals`` decimals.

    ``exponent`` is 0 unless all numbers are tiny or huge; the title then names it.
    """

    decimals: int
    exponent: int = 0

    def text(self, value: float) -> str:
        """Return a number as it stands in a cell."""
        if not math.isfinite(value):
            return numbers.fixed(value, 0)
        written = numbers.fixed(value / 10.0**self.exponent, self.decimals)
        zero = not written.strip(f"0.{numbers.MINUS}")
        return written.removeprefix(numbers.MINUS) if zero and value == 0.0 else written

    @property
    def note(self) -> str:
        """Return what the title adds: ``× 10⁻⁴``, or nothing."""
        return f" × {numbers.power(self.exponent)}" if self.exponent else ""


def format_for(values: NDArray[np.floating], digits: int = 3) -> Format:
    """Return the one format of an array, ``digits`` significant for its largest value."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if finite.size else 0.0
    if largest == 0.0:
        return Format(digits - 1)
    if finite.size == values.size and largest < 1e5 and (np.asarray(finite) % 1.0 == 0.0).all():
        return Format(0)
    exponent = math.floor(math.log10(largest))
    if exponent < -2 or exponent > 4:
        return Format(digits - 1, exponent)
    return Format(min(max(digits - 1 - exponent, 0), digits - 1 if exponent >= -1 else digits))


def window(length: int, most: int, keep: int | None) -> tuple[int, int]:
    """Return the first and the end index shown of ``length``, at most ``most``, with ``keep``."""
    if length <= most:
        return 0, length
    first = 0 if keep is None or keep < most else min(keep - most // 2, length - most)
    return first, first + most


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as in ``10 × 4``."""
    return " × ".join(numbers.count(side) for side in shape)
