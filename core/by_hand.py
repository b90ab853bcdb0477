"""A model small enough for a person's hands: two weights, a bias, and a few noisy points.

The loss is the mean logistic loss, ln(1 + exp(-t (w1 x1 + w2 x2 + b))) with t = ±1: convex, so it
has one lowest value, which Newton's method finds exactly. All is float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from core.record import frozen
from core.seeds import stream

SAMPLES = 60
#: Each of the three numbers lies between minus this and this.
REACH = 6.0
#: Starts lie on this grid, so that a slider stands on them exactly.
STEP = 0.1
#: Below 2 divided by the largest curvature that the loss has anywhere, so that steps go downhill.
RATE = 2.0
_SEED = 7
_MIDDLES = np.array([[-0.1, -0.9], [1.1, 0.5]])
_SPREAD = 0.85
_BAD = 1.5  # a start costs at least this, twice what a model costs that knows nothing (ln 2)


@dataclass(frozen=True, eq=False)
class ByHand:
    """The points and what is known about every (w1, w2, b).

    Parameters
    ----------
    x : ndarray of float64, shape (n, 2)
    y : ndarray of int, shape (n,)
        0 or 1. No line may part the two classes, else there is no lowest loss.

    Raises
    ------
    ValueError
        For other shapes, or if Newton's method finds no lowest loss.
    """

    x: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or self.x.shape[1] != 2 or self.y.shape != self.x.shape[:1]:
            raise ValueError(f"x has shape {self.x.shape}, y {self.y.shape}: needed (n, 2), (n,)")

    @cached_property
    def _inputs(self) -> np.ndarray:
        """(n, 3): the points and the 1 that the bias is multiplied by."""
        return np.column_stack([self.x, np.ones(len(self.x))])

    @cached_property
    def _sides(self) -> np.ndarray:
        return 2.0 * self.y - 1.0

    def loss(self, w: np.ndarray) -> float:
        """The mean loss at w = (w1, w2, b)."""
        return float(np.logaddexp(0.0, -self._sides * (self._inputs @ w)).mean())

    def losses(self, path: np.ndarray) -> np.ndarray:
        """The loss at each row of a path, shape (m, 3)."""
        return np.array([self.loss(w) for w in path])

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """The slope of the loss for each of the three numbers, shape (3,)."""
        return self._inputs.T @ (_sigmoid(self._inputs @ w) - self.y) / len(self.y)

    def curvature(self, w: np.ndarray) -> np.ndarray:
        """The second derivatives of the loss, shape (3, 3)."""
        p = _sigmoid(self._inputs @ w)
        return (self._inputs * (p * (1.0 - p))[:, None]).T @ self._inputs / len(self.y)

    def right(self, w: np.ndarray) -> int:
        """How many points lie on their class's side of the line; on it, a point is class 0."""
        return int(((self._inputs @ w > 0) == (self.y == 1)).sum())

    def descend(self, start: np.ndarray, rate: float, steps: int) -> np.ndarray:
        """Plain gradient descent, w ← w − rate · gradient.

        Returns
        -------
        ndarray, shape (steps + 1, 3)
            The start and the place after each step.
        """
        path = np.empty((steps + 1, 3))
        path[0] = start
        for step in range(steps):
            path[step + 1] = path[step] - rate * self.gradient(path[step])
        return path

    def descend_below(self, start: np.ndarray, mark: float, rate: float = RATE,
                      most: int = 500) -> np.ndarray:  # fmt: skip
        """As `descend`, until the loss is below a mark, or `most` steps have been made."""
        path = self.descend(start, rate, most)
        below = np.flatnonzero(self.losses(path) < mark)
        return path[: below[0] + 1] if len(below) else path

    @cached_property
    def lowest_at(self) -> np.ndarray:
        """Where the loss is lowest, by Newton's method with halved steps where one overshoots."""
        w = np.zeros(3)
        for _ in range(100):
            gradient = self.gradient(w)
            if np.abs(gradient).max() < 1e-13:
                return frozen(w)
            try:
                step = np.linalg.solve(self.curvature(w), gradient)
            except np.linalg.LinAlgError:
                break
            here, share = self.loss(w), 1.0
            while share > 1e-6 and not self.loss(w - share * step) <= here:
                share /= 2.0
            w = w - share * step
            if np.abs(w).max() > 1e3:
                break
        raise ValueError("a line parts the two classes, so the loss has no lowest value")

    @cached_property
    def lowest(self) -> float:
        """The lowest loss that there is."""
        return self.loss(self.lowest_at)

    @cached_property
    def highest(self) -> float:
        """The highest loss within reach: the loss is convex, so at a corner."""
        corners = product((-REACH, REACH), repeat=3)
        return max(self.loss(np.array(corner)) for corner in corners)

    @cached_property
    def mark(self) -> float:
        """The loss to get below: a tenth of the way from the lowest to ln 2, in hundredths."""
        share = self.lowest + 0.1 * (float(np.log(2.0)) - self.lowest)
        return float(np.ceil(100.0 * share) / 100.0)

    def start(self, seed: int) -> np.ndarray:
        """A bad place to begin at, on the grid of `STEP`; the same for the same seed."""
        rng = stream(seed, "initialization")
        last = round(REACH / STEP)
        drawn = rng.integers(-last, last + 1, (200, 3)) * STEP
        losses = self.losses(drawn)
        bad = np.flatnonzero(losses >= _BAD)
        return frozen(np.round(drawn[bad[0] if len(bad) else int(losses.argmax())], 1))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def by_hand() -> ByHand:
    """The one set of points: two round clouds that overlap a little."""
    rng = stream(_SEED, "data")
    y = np.arange(SAMPLES) % 2
    x = _MIDDLES[y] + _SPREAD * rng.standard_normal((SAMPLES, 2))
    return ByHand(frozen(x), frozen(y))
