"""The laws that generated points follow: each class's density, its noise included.

A law is the generator's noiseless one convolved with the Gaussian noise. Densities are per unit
area; all classes are drawn equally often. What cannot be written down is a sum over
Gauss-Legendre nodes that lie so close that the noise bridges them: with eight on each two standard
deviations the sum is off by less than 1e-9 of the density.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, pi, sin, sqrt
from typing import Protocol

import numpy as np

from core.data.generators import CURVES, GAP
from core.data.normal import (
    bell,
    below,
    cubic,
    in_blocks,
    log_between,
    log_i0e,
    log_sum,
    panels,
    ramp,
)

Array = np.ndarray

PANEL = 2.0  # standard deviations from edge to edge of a panel of nodes
REACH = 9.0  # standard deviations: what lies farther weighs 1e-18


class ClassLaw(Protocol):
    """Where the points of each class lie.

    Attributes
    ----------
    classes : int
    terms : int
        About how many exponentials the densities at one point cost.
    """

    @property
    def classes(self) -> int: ...

    @property
    def terms(self) -> int: ...

    def log_densities(self, points: Array) -> Array:
        """Log densities (m, classes) at `points` (m, 2).

        A term common to a point's classes may be left out. Far from all points, where densities
        underflow, the logs still tell which class is nearest.
        """


class PlaneLaw(ClassLaw, Protocol):
    """A law whose densities are quickly had on a grid."""

    @property
    def spread(self) -> float:
        """The noise's standard deviation."""

    def densities(self, x: Array, y: Array, near: bool = False) -> Array:
        """Densities (classes, x, y) on a grid; `near` leaves out what is over `REACH` away in x."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Each class on a curve of its own, or at a point, as weighted nodes blurred alike.

    Parameters
    ----------
    nodes : tuple of ndarray of shape (n, 2)
    weights : tuple of ndarray of shape (n,)
        Sum 1 for each class.
    spread : float
        Standard deviation along each axis.
    """

    nodes: tuple[Array, ...]
    weights: tuple[Array, ...]
    spread: float

    @property
    def classes(self) -> int:
        return len(self.nodes)

    @property
    def terms(self) -> int:
        return sum(map(len, self.nodes))

    def log_densities(self, points: Array) -> Array:
        def block(some: Array) -> Array:
            found = []
            for nodes, weights in zip(self.nodes, self.weights, strict=True):
                gap = some[:, None, 0] - nodes[:, 0]
                logs = gap * gap
                gap = some[:, None, 1] - nodes[:, 1]
                logs += gap * gap
                logs *= -0.5 / self.spread**2
                found.append(log_sum(logs + np.log(weights)))
            return np.column_stack(found)

        return in_blocks(block, points, self.terms)

    def densities(self, x: Array, y: Array, near: bool = False) -> Array:
        found = np.empty((self.classes, len(x), len(y)))
        for number, (nodes, weights) in enumerate(zip(self.nodes, self.weights, strict=True)):
            if near:
                kept = np.abs(nodes[:, 0] - (x[0] + x[-1]) / 2) <= (
                    (x[-1] - x[0]) / 2 + REACH * self.spread
                )
                nodes, weights = nodes[kept], weights[kept]
            across = bell(x[:, None] - nodes[:, 0], self.spread) * weights
            np.matmul(across, bell(nodes[:, 1:] - y, self.spread), out=found[number])
        return found


@dataclass(frozen=True, eq=False)
class Bands:
    """Class 0 below and class 1 above a curve over [-1, 1], as far as -1 and 1.

    Along x2 the convolution is exact (a difference of normal probabilities), along x1 a sum.
    """

    curve: Callable[[Array], Array]
    spread: float
    classes: int = 2
    terms: int = 8 * 72

    def _ends(self, u: Array) -> tuple[tuple[Array, Array], ...]:
        height = self.curve(u)
        one = np.ones_like(u)
        return (-one, height - GAP), (height + GAP, one)

    def log_densities(self, points: Array) -> Array:
        at, _ = panels(0.0, 1.0, 1.0 / 9.0)

        def block(some: Array) -> Array:
            x, y = some[:, :1], some[:, 1:]
            # Each side of the kink at 0 by itself, as far as x1's noise reaches.
            reach, inside = REACH * self.spread, np.clip(x, -1.0, 1.0)
            low, high = np.maximum(inside - reach, -1.0), np.minimum(inside + reach, 1.0)
            parts = []
            for start, end in ((low, np.minimum(high, 0.0)), (np.maximum(low, 0.0), high)):
                length = np.maximum(end - start, 0.0)
                u = start + length * at
                with np.errstate(divide="ignore"):
                    weight = np.log(length) - 0.5 * ((x - u) / self.spread) ** 2
                parts.append((u, weight + self._log_weights))
            u, logs = (np.concatenate(pair, axis=1) for pair in zip(*parts, strict=True))
            return np.column_stack(
                [
                    log_sum(
                        logs
                        + log_between((bottom - y) / self.spread, (top - y) / self.spread)
                        - np.log(top - bottom)
                    )
                    for bottom, top in self._ends(u)
                ]
            )

        return in_blocks(block, points, self.terms)

    @property
    def _log_weights(self) -> Array:
        return np.log(panels(0.0, 1.0, 1.0 / 9.0)[1])

    def densities(self, x: Array, y: Array, near: bool = False) -> Array:
        from scipy.special import ndtr  # only these laws need it

        halves = [panels(*ends, PANEL * self.spread) for ends in ((-1.0, 0.0), (0.0, 1.0))]
        u, weight = (np.concatenate(pair) for pair in zip(*halves, strict=True))
        if near:
            reach = REACH * self.spread
            kept = (u >= x[0] - reach) & (u <= x[-1] + reach)
            u, weight = u[kept], weight[kept]
        across = bell(x[:, None] - u, self.spread) * (weight / 2)
        found = np.empty((2, len(x), len(y)))
        for number, (bottom, top) in enumerate(self._ends(u)):
            ends = ndtr((np.array([top, bottom])[:, :, None] - y) / self.spread)
            np.matmul(across, (ends[0] - ends[1]) / (top - bottom)[:, None], out=found[number])
        return found


@dataclass(frozen=True, eq=False)
class Rings:
    """Class 0 on the ring from `inner` to `outer`, class 1 on the disc of `radius`.

    A circle of radius q, blurred, has at distance r the density (Rice 1945)
    exp(-(r² + q²) / 2s²) I0(r q / s²) / (2π s²); discs and rings are sums of such circles.
    """

    spread: float
    radius: float = 0.4
    inner: float = 0.8
    outer: float = 1.0
    classes: int = 2
    terms: int = 32

    def log_densities(self, points: Array) -> Array:
        r = np.hypot(points[:, 0], points[:, 1])
        step = self.spread / 16
        start, many = r.min() - 2 * step, ceil((r.max() - r.min()) / step) + 6
        if many >= len(r):
            return self.along(r)
        return cubic(self.along(np.abs(start + step * np.arange(many))), (r - start) / step)

    def along(self, r: Array) -> Array:
        """Log densities (m, 2) at distances (m,) from the middle."""
        found = []
        for low, high in ((self.inner, self.outer), (0.0, self.radius)):
            q, weight = panels(low, high, PANEL * self.spread)
            share = np.log(weight * 2 * q / (high**2 - low**2) / (2 * pi * self.spread**2))

            def block(r: Array, q: Array = q, share: Array = share) -> Array:
                away = -0.5 * ((r[:, None] - q) / self.spread) ** 2
                return log_sum(away + share + log_i0e(r[:, None] * q / self.spread**2))

            found.append(in_blocks(block, r, 16 * len(q)))
        return np.column_stack(found)


@dataclass(frozen=True, eq=False)
class Board:
    """Squares in rows and columns; the class is whether the two indices differ in parity.

    Both coordinates are drawn alike and by themselves, so that all follows from the parity of one
    index given one coordinate: with d(x) the density of even minus that of odd, the classes'
    densities differ by d(x1) d(x2) / 2.

    Parameters
    ----------
    starts : tuple of float
        Where the intervals begin along an axis, ascending; even and odd in turn.
    width : float
        Of each interval.
    """

    starts: tuple[float, ...]
    width: float
    spread: float
    classes: int = 2
    terms: int = 32

    def log_densities(self, points: Array) -> Array:
        even, odd = (self._parity(points, first) for first in (0, 1))
        same = np.logaddexp(even[:, 0] + even[:, 1], odd[:, 0] + odd[:, 1])
        return np.column_stack([same, np.logaddexp(even[:, 0] + odd[:, 1], odd[:, 0] + even[:, 1])])

    def _parity(self, x: Array, first: int) -> Array:
        logs = [
            log_between((a - x) / self.spread, (a + self.width - x) / self.spread)
            for a in self.starts[first::2]
        ]
        return np.asarray(np.logaddexp.reduce(logs))

    def difference(self, x: float) -> float:
        """Even minus odd density of one coordinate, times the width of half the intervals."""
        return sum(
            sign * (below((a + self.width - x) / self.spread) - below((a - x) / self.spread))
            for sign, a in self._signed()
        )

    def difference_up_to(self, x: float) -> float:
        """The integral of `difference` up to x, from z Φ(z) + φ(z), the integral of Φ."""
        s = self.spread
        return sum(
            sign * s * (ramp((x - a) / s) - ramp((x - a - self.width) / s))
            for sign, a in self._signed()
        )

    def _signed(self) -> list[tuple[int, float]]:
        return [(1 - 2 * (i % 2), a) for i, a in enumerate(self.starts)]

    def tell_apart(self) -> float:
        """Half the integral of |even - odd|: 1 if one coordinate tells the parity, 0 if nothing.

        Between the intervals' gaps the difference changes its sign once, and nowhere else
        (a Gaussian adds no changes of sign: Schoenberg 1948); with strong noise some are lost.
        """
        reach = REACH * self.spread
        grid = np.linspace(self.starts[0] - reach, self.starts[-1] + self.width + reach, 400)
        values = [self.difference(x) for x in grid]
        known = [(x, value) for x, value in zip(grid, values, strict=True) if value]
        zeros = [
            self._zero(low, high)
            for (low, at_low), (high, at_high) in pairwise(known)
            if at_low * at_high < 0
        ]
        ends = [self.difference_up_to(x) for x in (grid[0], *zeros, grid[-1])]
        total = sum(abs(high - low) for low, high in pairwise(ends))
        return min(1.0, total / (len(self.starts) * self.width))

    def _zero(self, low: float, high: float) -> float:
        positive = self.difference(low) > 0
        for _ in range(60):
            middle = (low + high) / 2
            if (self.difference(middle) > 0) == positive:
                low = middle
            else:
                high = middle
        return (low + high) / 2


def clouds(centers: Array, spread: float) -> Curves:
    """A round cloud about each centre (k, 2)."""
    return Curves(tuple(centers[:, None, :]), (np.ones(1),) * len(centers), spread)


def two_gaussians(noise: float, classes: int) -> Curves:
    """Noise and the clouds' own spread add up as variances."""
    return clouds(np.array([[-0.45, -0.45], [0.45, 0.45]]), sqrt(0.2**2 + noise**2))


def blobs(noise: float, classes: int) -> Curves:
    """The same for clouds on a circle."""
    angle = 2 * pi * np.arange(classes) / classes
    own = 0.15 * 1.5 * sin(pi / classes)
    centers = 0.75 * np.column_stack([np.sin(angle), np.cos(angle)])
    return clouds(centers, sqrt(own**2 + noise**2))


def spiral(noise: float, classes: int) -> Curves:
    """Arms whose radius has the density 2 r / 0.96 on [0.2, 1]."""
    turning = 2 * pi * 2.8 / classes / 0.8
    r, weight = panels(0.2, 1.0, PANEL * noise / sqrt(1 + turning**2))
    weight = weight * 2 * r / 0.96
    angles = [turning * (r - 0.2) + 2 * pi * arm / classes for arm in range(classes)]
    nodes = tuple(r[:, None] * np.column_stack([np.sin(a), np.cos(a)]) for a in angles)
    return Curves(nodes, (weight,) * classes, noise)


def moons(noise: float, classes: int) -> Curves:
    """Half circles, filled evenly along the arc."""
    angle, weight = panels(0.0, pi, PANEL * noise * 1.5)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25]) / 1.5
    return Curves((upper, -upper), (weight / pi,) * 2, noise)


def xor(noise: float, classes: int) -> Board:
    """One square in each quadrant."""
    return Board((-1.0, 0.15), 0.85, noise)


def checkerboard(noise: float, classes: int) -> Board:
    """Four by four squares."""
    return Board(tuple(-1 + 0.5 * i + 0.06 for i in range(4)), 0.38, noise)


CLASS_LAWS: dict[str, Callable[[float, int], ClassLaw]] = {
    "circle": lambda noise, classes: Rings(noise),
    "two_gaussians": two_gaussians,
    "xor": xor,
    "spiral": spiral,
    "moons": moons,
    "blobs": blobs,
    "checkerboard": checkerboard,
    "sine_boundary": lambda noise, classes: Bands(CURVES["sine_boundary"], noise),
    "cubic_boundary": lambda noise, classes: Bands(CURVES["cubic_boundary"], noise),
    "v_boundary": lambda noise, classes: Bands(CURVES["v_boundary"], noise),
}
