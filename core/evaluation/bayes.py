"""The best that any model can do on new data, from the law that the data follow.

No rule errs less often than the one that names the class of highest posterior probability (Bayes'
rule; Duda, Hart & Stork, Pattern Classification, 2.2); no prediction of a number has a smaller
mean squared error than its mean given the inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, pi, sin, sqrt
from typing import Any

import numpy as np

from core.data import SOURCES
from core.data.generators import Function, Generator
from core.data.laws import CLASS_LAWS, Board, ClassLaw, Curves, PlaneLaw, Rings
from core.data.normal import panels
from core.errors import InputError

Array = np.ndarray
Progress = Callable[[float], object]

#: With less noise than these classes overlap by less than 1e-12: they stand for any less.
LEAST_NOISE, LEAST_NOISE_OF_BANDS, LEAST_NOISE_OF_BOARDS = 0.015, 0.005, 0.002
COARSE, FINEST = 2, 64  # cells in a standard deviation, at first and at last
STRIP = 64  # columns of cells that are looked at together
TAILS = 7.0  # standard deviations beyond the data that are looked at
TOGETHER = 2**21  # terms that are added up between two calls of `progress`


@dataclass(frozen=True)
class Overlap:
    """How often the best rule errs because the classes overlap.

    Attributes
    ----------
    value : float
        Probability.
    uncertainty : float
        What the last halving of the step changed, which is more than what is left; 0 for a
        formula.
    """

    value: float
    uncertainty: float = 0.0


@dataclass(frozen=True, eq=False)
class BayesReference:
    """The best possible on fresh samples of a generated source.

    Attributes
    ----------
    classes : int
        0 for a number target.
    error : float
        For classes the probability of a wrong prediction, for numbers the mean squared error in
        the target's unit: what is irreducible.
    accuracy : float or None
        1 - error; None for numbers.
    r2 : float or None
        Share of the target's variance that the best prediction explains; None for classes.
    overlap : float
        The part of the error that is there without flipped labels.
    flips : float
        The part that flipped labels add.
    uncertainty : float
        Of `overlap`, where it was integrated numerically.
    label_noise : float
        Share of labels that are flipped, f.
    """

    classes: int
    error: float
    accuracy: float | None
    r2: float | None
    overlap: float
    flips: float
    uncertainty: float
    label_noise: float
    _law: ClassLaw | None = None
    _function: Callable[[Array], Array] | None = None

    def posterior(self, points: Array, progress: Progress | None = None) -> Array:
        """Probability of each class, as labelled, given the inputs.

        Parameters
        ----------
        points : ndarray of shape (m, 2)
            Raw inputs.
        progress : callable, optional
            Called with the share done; may raise to cancel.

        Returns
        -------
        ndarray of shape (m, classes)
            (1 - f) p + f / (K - 1) (1 - p) with p the posterior of the true class.
        """
        points = self._checked(points, 2)
        assert self._law is not None
        found = np.empty((len(points), self.classes))
        rows = max(1, TOGETHER // self._law.terms)
        for start in range(0, len(points), rows):
            if progress is not None:
                progress(start / len(points))
            some = slice(start, start + rows)
            found[some] = _shares(self._law.log_densities(points[some]))
        return self._flipped(found)

    def predict(self, points: Array, progress: Progress | None = None) -> Array:
        """The best prediction: the likeliest class (m,), int64, or E[y | x] (m,)."""
        if self._function is not None:
            return np.asarray(self._function(self._checked(points, None)), np.float64)
        return self.posterior(points, progress).argmax(axis=1)

    def posterior_map(
        self,
        extent: tuple[float, float, float, float],
        shape: tuple[int, int],
        progress: Progress | None = None,
    ) -> Array:
        """The posterior in the middles of a map's cells.

        Parameters
        ----------
        extent : tuple of float
            x1 from, x1 to, x2 from, x2 to.
        shape : tuple of int
            Height and width (h, w) in cells.
        progress : callable, optional
            Called with the share done; may raise to cancel.

        Returns
        -------
        ndarray of shape (h, w, classes)
            Row 0 at the lowest x2; its argmax over the last axis is `predict`'s.
        """
        height, width = shape
        x = extent[0] + (extent[1] - extent[0]) * (np.arange(width) + 0.5) / width
        y = extent[2] + (extent[3] - extent[2]) * (np.arange(height) + 0.5) / height
        points = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        if self._law is None or not hasattr(self._law, "densities"):
            return self.posterior(points, progress).reshape(height, width, -1)
        law: PlaneLaw = self._law  # type: ignore[assignment]
        planes = np.empty((height, width, self.classes))
        for start in range(0, width, STRIP // 2):
            if progress is not None:
                progress(0.5 * start / width)
            some = slice(start, start + STRIP // 2)
            planes[:, some] = law.densities(x[some], y).transpose(2, 1, 0)
        found = planes.reshape(-1, self.classes)
        total = found.sum(axis=1)
        far = np.flatnonzero(total < 1e-200)  # where densities underflow, their logs do not
        found /= np.where(total > 0, total, 1)[:, None]
        later = None if progress is None else _second_half(progress)
        found = self._flipped(found)
        if len(far):
            found[far] = self.posterior(points[far], later)
        return found.reshape(height, width, -1)

    def _flipped(self, shares: Array) -> Array:
        if not self.label_noise:
            return shares
        others = self.label_noise / (self.classes - 1)
        return (1 - self.label_noise - others) * shares + others

    def _checked(self, points: Array, columns: int | None) -> Array:
        points = np.asarray(points, np.float64)
        if columns is not None and not self.classes:
            raise ValueError("a number target has no classes")
        if points.ndim != 2 or (columns or points.shape[1]) != points.shape[1]:
            raise ValueError(f"points have shape {points.shape}, not (m, {columns or 'd'})")
        return points


def bayes_reference(settings: Any, progress: Progress | None = None) -> BayesReference:
    """The best that any model can do on fresh samples of a generated source.

    With K classes drawn equally often, densities d_k and a share f of flipped labels, each to
    one of the other classes evenly, the accuracy is the integral of max_k of
    (1 - f) d_k / K + f / (K - 1) sum of the others' d / K. What samples a finite data set
    happens to hold does not enter.

    Parameters
    ----------
    settings : DataSettings
        ``source``, ``noise``, ``classes`` or ``arms``, and ``label_noise`` are used.
    progress : callable, optional
        Called with the share done, in [0, 1], at least every 50 ms; may raise to cancel.

    Raises
    ------
    InputError
        For a source whose law is not known.
    """
    source = SOURCES[settings.source]
    if not isinstance(source, Generator):
        known = ", ".join(part.name for part in SOURCES if isinstance(part, Generator))
        raise InputError(
            "nobody knows the law that these data follow",
            field="data.source",
            value=settings.source,
            allowed=known,
        )
    told = progress or (lambda share: None)
    told(0.0)
    noise = float((source.noise if settings.noise is None else settings.noise) or 0.0)
    if isinstance(source.sample, Function):
        found = _of_numbers(source.sample, noise)
    else:
        found = _of_classes(source, noise, source.class_count(settings), settings, told)
    told(1.0)
    return found


def _of_numbers(function: Function, noise: float) -> BayesReference:
    """The law itself is E[y | x]; what is left is the noise's variance.

    R2 = Var(law) / (Var(law) + noise²), its variance by Gauss-Legendre nodes on panels of 1/4.
    """
    at, weight = panels(-1.0, 1.0, 0.25)
    grid = np.stack(np.meshgrid(*(at,) * function.inputs), axis=-1).reshape(-1, function.inputs)
    weights = np.prod(np.meshgrid(*(weight / 2,) * function.inputs), axis=0).ravel()
    y = function.law(grid)
    variance = float(weights @ (y - weights @ y) ** 2)
    r2 = variance / (variance + noise**2)
    return BayesReference(0, noise**2, None, r2, noise**2, 0.0, 0.0, 0.0, None, function.law)


def _of_classes(
    source: Generator, noise: float, classes: int, settings: Any, told: Progress
) -> BayesReference:
    law = law_of(source.name, noise, classes)
    overlap = overlap_of(source.name, law, noise, told)
    flipped = float(getattr(settings, "label_noise", 0.0) or 0.0)
    others = flipped / (classes - 1)
    error = flipped + (1 - flipped - others) * overlap.value
    return BayesReference(
        classes=classes,
        error=error,
        accuracy=1 - error,
        r2=None,
        overlap=overlap.value,
        flips=error - overlap.value,
        uncertainty=overlap.uncertainty,
        label_noise=flipped,
        _law=law,
    )


def law_of(name: str, noise: float, classes: int) -> ClassLaw:
    """The law of a source of classes; very little noise is taken for the least that matters."""
    if name in ("two_gaussians", "blobs"):  # blurred by themselves
        least = 0.0
    elif name in ("xor", "checkerboard"):
        least = LEAST_NOISE_OF_BOARDS
    else:
        least = LEAST_NOISE_OF_BANDS if name.endswith("_boundary") else LEAST_NOISE
    return CLASS_LAWS[name](max(noise, least), classes)


def overlap_of(name: str, law: ClassLaw, noise: float, told: Progress) -> Overlap:
    """How often the best rule errs, without flipped labels.

    Two clouds or K of them on a circle: Craig's integral (1991) for K phases. Squares: a formula.
    Disc and ring: along the radius. Others: over the plane. The two Gaussian sources overlap even
    at noise 0; all others are then apart, and the error is 0.
    """
    if isinstance(law, Curves) and len(law.nodes[0]) == 1:
        center = law.nodes[0][0]
        return Overlap(phases(float(np.hypot(*center)) / law.spread, law.classes))
    if not noise:
        return Overlap(0.0)
    if isinstance(law, Board):
        # With t of one coordinate, the other independent of it, two tell the class by t².
        return Overlap(0.5 * (1 - law.tell_apart() ** 2))
    if isinstance(law, Rings):
        return _along_the_radius(law, told)
    plane: PlaneLaw = law  # type: ignore[assignment]
    return _over_the_plane(plane, told)


def phases(ratio: float, classes: int) -> float:
    """Error of K round clouds at equal angles, their distance from the middle in deviations.

    (1/π) ∫ exp(-ratio² sin²(π/K) / (2 sin²θ)) dθ over [0, π - π/K] (Craig, A new, simple and
    exact result for calculating the probability of error, MILCOM 1991).
    """
    end = pi - pi / classes
    theta, weight = panels(0.0, end, end / 40)
    height = 0.5 * (ratio * sin(pi / classes)) ** 2
    return float(weight @ np.exp(-height / np.sin(theta) ** 2) / pi)


def _along_the_radius(law: Rings, told: Progress) -> Overlap:
    end = law.outer + TAILS * law.spread

    def total(cells: int) -> float:
        many = ceil(end / law.spread) * cells
        r = end * (np.arange(many) + 0.5) / many
        low = np.empty(many)
        for start in range(0, many, STRIP):
            told(0.0)
            some = slice(start, start + STRIP)
            low[some] = law.along(r[some]).min(axis=1)
        return float((np.exp(low) * 2 * pi * r).sum() * end / many / 2)

    return _refined(total)


def _over_the_plane(law: PlaneLaw, told: Progress) -> Overlap:
    end = 1 + TAILS * law.spread

    def total(cells: int) -> float:
        many = ceil(2 * end / law.spread) * cells
        middles = -end + 2 * end * (np.arange(many) + 0.5) / many
        missed = 0.0
        for start in range(0, many, STRIP):
            told(start / many)
            found = law.densities(middles[start : start + STRIP], middles, near=True)
            missed += float((found.sum(axis=0) - found.max(axis=0)).sum())
        return missed * (2 * end / many) ** 2 / law.classes

    return _refined(total)


def _refined(total: Callable[[int], float]) -> Overlap:
    """Halve the step until that changes next to nothing beside a test on a million samples."""
    cells = COARSE
    last = total(cells)
    while True:
        cells *= 2
        value = total(cells)
        change = abs(value - last)
        if change < 1e-7 + 1e-5 * sqrt(value) or cells >= FINEST:
            return Overlap(value, change)
        last = value


def _shares(logs: Array) -> Array:
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _second_half(progress: Progress) -> Progress:
    return lambda share: progress(0.5 + 0.5 * share)
