"""Scalings: each fits a centre and a width per column; a column without width is only moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.registry import Registry


@dataclass(frozen=True, eq=False)
class Affine:
    """The map ``(x - center) / width`` and back, column by column; arrays are read-only.

    Parameters
    ----------
    center, width : ndarray of shape (f,)
        Widths are positive and finite.
    """

    center: np.ndarray
    width: np.ndarray

    def __post_init__(self) -> None:
        self.center.setflags(write=False)
        self.width.setflags(write=False)

    def transform(self, x: np.ndarray) -> np.ndarray:
        """Scaled values of `x`, shape (..., f)."""
        scaled = np.subtract(x, self.center, dtype=np.float64)
        scaled /= self.width
        return scaled

    def inverse(self, scaled: np.ndarray) -> np.ndarray:
        """The values that `transform` made `scaled` of, shape (..., f)."""
        return np.asarray(scaled, dtype=np.float64) * self.width + self.center


Moments = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Scaling:
    """A registered way to scale columns.

    Parameters
    ----------
    name, label, explanation, formula, basic
        As for every registered part.
    measure : callable
        ``measure(x (n, f)) -> (center (f,), width (f,))`` for finite `x` with n >= 1.
    """

    name: str
    label: str
    explanation: str
    formula: str
    basic: bool
    measure: Callable[[np.ndarray], Moments]

    def fit(self, x: np.ndarray) -> Affine:
        """Fit to the rows of `x`, shape (n, f); a constant column gets width 1."""
        if x.shape[1] == 0:
            return Affine(np.zeros(0), np.ones(0))
        center, width = self.measure(x)
        # Rounding leaves a constant column a width of some 1e-17 of its size: that is none.
        flat = width <= 1e-12 * np.abs(center)
        return Affine(center, np.where(flat | (width <= 0), 1.0, width))


def _none(x: np.ndarray) -> Moments:
    return np.zeros(x.shape[1]), np.ones(x.shape[1])


def _standard(x: np.ndarray) -> Moments:
    return x.mean(axis=0), x.std(axis=0)


def _minmax(x: np.ndarray) -> Moments:
    low = x.min(axis=0)
    return low, x.max(axis=0) - low


def _robust(x: np.ndarray) -> Moments:
    from sklearn.preprocessing import RobustScaler  # takes a second to import

    fitted = RobustScaler().fit(x)
    return np.asarray(fitted.center_), np.asarray(fitted.scale_)


SCALINGS: Registry[Scaling] = Registry(
    "scaling",
    Scaling("none", "None", "Leaves the numbers as they are.", "x", True, _none),
    Scaling(
        "standard",
        "Standard",
        "Moves the training mean to 0 and makes the standard deviation 1.",
        "(x - mean) / sd",
        True,
        _standard,
    ),
    Scaling(
        "minmax",
        "Min-max",
        "Puts the training rows between 0 and 1.",
        "(x - min) / (max - min)",
        False,
        _minmax,
    ),
    Scaling(
        "robust",
        "Robust",
        "Moves the training median to 0 and makes the middle half 1 wide; outliers count little.",
        "(x - median) / (q75 - q25)",
        False,
        _robust,
    ),
)
