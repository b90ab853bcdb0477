"""Losses: each sample's price beside its slope, in place over given buffers.

Arrays stand unit-major, shape (outputs, rows), as in the kernels. ``forward(s, y, price, d, w)``
writes each sample's loss into ``price`` (rows,) and leaves in ``d`` and ``w.b`` what the slope
needs; ``slope(s, y, d, w)``, called right after it, turns ``d`` into the derivative of each
sample's OWN loss by its scores (the batch's mean is taken by the kernel). A sample's loss is the
mean over its outputs, for cross_entropy the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.registry import Registry

Array = np.ndarray


@dataclass
class LossWork:
    """Buffers and constants for one (outputs, rows) shape; `delta` is huber's."""

    outputs: int
    rows: int
    dtype: np.dtype
    delta: float = 1.0
    b: Array = field(init=False)
    c: Array = field(init=False)
    mean: Array = field(init=False)
    ones: Array = field(init=False)
    row: Array = field(init=False)
    half: Array = field(init=False)
    minus_two: Array = field(init=False)
    share: Array = field(init=False)
    twice: Array = field(init=False)

    def __post_init__(self) -> None:
        self.b = np.empty((self.outputs, self.rows), self.dtype)
        self.mean = np.full(self.outputs, 1.0 / self.outputs, self.dtype)
        self.ones = np.ones(self.outputs, self.dtype)
        self.row = np.empty(self.rows, self.dtype)
        self.c = np.empty_like(self.b)
        # Numbers as arrays: numpy takes them in half the time of a Python float.
        self.half = np.array(0.5, self.dtype)
        self.minus_two = np.array(-2.0, self.dtype)
        self.share = np.array(1.0 / self.outputs, self.dtype)
        self.twice = np.array(2.0 / self.outputs, self.dtype)


@dataclass(frozen=True)
class Loss:
    """One loss; see the module for the two callables' contracts.

    ``link`` is how scores become probabilities: ``"softmax"``, ``"sigmoid"`` or None.
    ``one_score`` says that two classes need one score only.
    """

    name: str
    label: str
    explanation: str
    formula: str
    slope_formula: str
    forward: Callable[[Array, Array, Array, Array, LossWork], object]
    slope: Callable[[Array, Array, Array, LossWork], object]
    for_classes: bool = True
    for_numbers: bool = True
    link: str | None = None
    one_score: bool = False
    basic: bool = False

    def sample_losses(self, scores: Array, targets: Array, delta: float = 1.0) -> Array:
        """Each row's loss, for scores and targets of shape (rows, outputs)."""
        rows, outputs = scores.shape
        work = LossWork(outputs, rows, scores.dtype, delta)
        price = np.empty(rows, scores.dtype)
        self.forward(np.ascontiguousarray(scores.T), targets.T, price, np.empty_like(work.b), work)
        return price

    def probabilities(self, scores: Array) -> Array | None:
        """Shape (rows, classes); None where scores are no probabilities.

        One score of two classes gives two columns; one-against-rest sigmoids are each their own.
        """
        if self.link == "softmax":
            p = np.exp(scores - scores.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)
        if self.link == "sigmoid":
            p = np.exp(np.minimum(scores, 0.0)) / (1.0 + np.exp(-np.abs(scores)))
            return np.hstack([1.0 - p, p]) if scores.shape[1] == 1 else p
        return None


def _mse(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    np.subtract(s, y, out=d)
    np.multiply(d, d, out=w.b)
    w.mean.dot(w.b, price)


def _mse_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    np.multiply(d, w.twice, d)


def _mae(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    np.subtract(s, y, out=d)
    np.abs(d, out=w.b)
    w.mean.dot(w.b, price)


def _mae_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    np.sign(d, out=d)
    if w.outputs > 1:
        np.multiply(d, w.share, d)


def _huber(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    # With c = d clipped to ±delta, both branches are c (d - c / 2).
    np.subtract(s, y, out=d)
    np.minimum(d, w.delta, out=w.b)
    np.maximum(w.b, -w.delta, out=w.b)
    np.multiply(w.b, -0.5, out=w.b)
    np.add(d, w.b, out=d)
    np.multiply(w.b, -2.0, out=w.b)
    np.multiply(d, w.b, out=d)
    w.mean.dot(d, price)


def _huber_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    np.multiply(w.b, w.share, d)


def _cross_entropy(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    np.maximum.reduce(s, axis=0, out=w.row)
    np.subtract(s, w.row, out=d)
    np.multiply(d, y, out=w.b)
    w.ones.dot(w.b, price)
    np.exp(d, out=d)
    w.ones.dot(d, w.row)
    np.divide(d, w.row, out=d)
    np.log(w.row, out=w.row)
    np.subtract(w.row, price, out=price)


def _cross_entropy_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    np.subtract(d, y, out=d)


def _binary_cross_entropy(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    # With t = (1 - 2 y) s the loss is log(1 + exp(t)) = max(t, 0) + log(1 + exp(-|t|)), which
    # never overflows; c = |t| / 2 and d + c = max(t, 0) are exact.
    np.subtract(w.half, y, d)
    np.multiply(d, s, d)
    np.abs(d, w.c)
    np.multiply(w.c, w.minus_two, w.b)
    np.exp(w.b, w.b)
    np.log1p(w.b, w.b)
    np.add(d, w.c, d)
    np.add(d, w.b, d)
    w.mean.dot(d, price)


def _binary_cross_entropy_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    # (tanh(s / 2) + 1) / 2 is the sigmoid, without overflow.
    np.multiply(s, w.half, d)
    np.tanh(d, d)
    np.multiply(d, w.half, d)
    np.add(d, w.half, d)
    np.subtract(d, y, d)
    if w.outputs > 1:
        np.multiply(d, w.share, d)


def _hinge(s: Array, y: Array, price: Array, d: Array, w: LossWork) -> None:
    np.multiply(y, w.minus_two, d)
    np.add(d, 1.0, out=d)
    np.multiply(d, s, out=w.b)
    np.add(w.b, 1.0, out=w.b)
    np.maximum(w.b, 0.0, out=w.b)
    w.mean.dot(w.b, price)


def _hinge_slope(s: Array, y: Array, d: Array, w: LossWork) -> None:
    np.sign(w.b, out=w.b)
    np.multiply(d, w.b, out=d)
    if w.outputs > 1:
        np.multiply(d, w.share, d)


LOSSES = Registry(
    "loss",
    Loss(
        "binary_cross_entropy",
        "Binary cross-entropy",
        "How surprised a yes-or-no guess is by the truth; sure and wrong costs most.",
        "−y ln p − (1 − y) ln(1 − p),  p = σ(s)",
        "p − y",
        _binary_cross_entropy,
        _binary_cross_entropy_slope,
        for_numbers=False,
        link="sigmoid",
        one_score=True,
    ),
    Loss(
        "cross_entropy",
        "Cross-entropy",
        "How surprised the guessed probabilities are by the true class.",
        "−ln p(true class),  p = softmax(s)",
        "p − y",
        _cross_entropy,
        _cross_entropy_slope,
        for_numbers=False,
        link="softmax",
    ),
    Loss(
        "mse",
        "Squared error",
        "The square of the miss: one large miss outweighs many small ones.",
        "(s − y)²",
        "2 (s − y)",
        _mse,
        _mse_slope,
        basic=True,
    ),
    Loss(
        "mae",
        "Absolute error",
        "The size of the miss: outliers pull no harder than others.",
        "|s − y|",
        "sign(s − y)",
        _mae,
        _mae_slope,
        basic=True,
    ),
    Loss(
        "huber",
        "Huber",
        "Squared for small misses, absolute for large ones.",
        "½ (s − y)² if |s − y| ≤ δ else δ (|s − y| − ½ δ)",
        "s − y, clipped to ±δ",
        _huber,
        _huber_slope,
    ),
    Loss(
        "hinge",
        "Hinge",
        "Free once a guess is right by a margin of 1; linear before (support vector machines).",
        "max(0, 1 − t s),  t = 2 y − 1",
        "−t if t s < 1 else 0",
        _hinge,
        _hinge_slope,
        for_numbers=False,
        one_score=True,
    ),
)
