"""Optimizers: from the gradient and a memory of earlier ones to the step, over flat vectors.

``step(piece, slots, settings, rate, t)`` writes what is to be ADDED to theta into ``piece.step``.
``slots`` are the optimizer's memory of that piece, one row a slot; ``t`` counts the updates of this
optimizer from 1. Conventions are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from core.registry import Registry
from core.settings import OptimizerSettings

Array = np.ndarray


class Piece(NamedTuple):
    """A stretch of the flat vectors: where it lies, and views of each."""

    at: slice
    step: Array
    theta: Array
    grad: Array
    scratch: Array


Step = Callable[[Piece, Array, OptimizerSettings, float, int], None]


@dataclass(frozen=True)
class Optimizer:
    """One rule, its memory (`slots`, by name) and its default numbers."""

    name: str
    label: str
    explanation: str
    formula: str
    step: Step
    slots: tuple[str, ...] = ()
    learning_rate: float = 0.01
    beta2: float = 0.999
    epsilon: float = 1e-8
    basic: bool = False


def _sgd(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    np.multiply(p.grad, -rate, out=p.step)


def _momentum(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    velocity = slots[0]
    np.multiply(velocity, o.momentum, out=velocity)
    np.add(velocity, p.grad, out=velocity)
    np.multiply(velocity, -rate, out=p.step)


def _nesterov(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    velocity = slots[0]
    np.multiply(velocity, o.momentum, out=velocity)
    np.add(velocity, p.grad, out=velocity)
    np.multiply(velocity, o.momentum, out=p.step)
    np.add(p.step, p.grad, out=p.step)
    np.multiply(p.step, -rate, out=p.step)


def _scaled(out: Array, numerator: Array, square: Array, s: Array, rate: float, eps: float) -> None:
    np.sqrt(square, out=s)
    np.add(s, eps, out=s)
    np.divide(numerator, s, out=out)
    np.multiply(out, -rate, out=out)


def _adagrad(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    square = slots[0]
    np.multiply(p.grad, p.grad, out=p.scratch)
    np.add(square, p.scratch, out=square)
    _scaled(p.step, p.grad, square, p.scratch, rate, o.effective_epsilon)


def _mean_square(square: Array, grad: Array, s: Array, beta: float) -> None:
    np.multiply(grad, grad, out=s)
    np.multiply(s, 1.0 - beta, out=s)
    np.multiply(square, beta, out=square)
    np.add(square, s, out=square)


def _rmsprop(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    _mean_square(slots[0], p.grad, p.scratch, o.effective_beta2)
    _scaled(p.step, p.grad, slots[0], p.scratch, rate, o.effective_epsilon)


def _adam(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    mean, square = slots[0], slots[1]
    beta1, beta2 = o.beta1, o.effective_beta2
    np.multiply(p.grad, 1.0 - beta1, out=p.scratch)
    np.multiply(mean, beta1, out=mean)
    np.add(mean, p.scratch, out=mean)
    _mean_square(square, p.grad, p.scratch, beta2)
    np.sqrt(square, out=p.scratch)
    np.multiply(p.scratch, 1.0 / sqrt(1.0 - beta2**t), out=p.scratch)
    np.add(p.scratch, o.effective_epsilon, out=p.scratch)
    np.divide(mean, p.scratch, out=p.step)
    np.multiply(p.step, -rate / (1.0 - beta1**t), out=p.step)


def _adamw(p: Piece, slots: Array, o: OptimizerSettings, rate: float, t: int) -> None:
    _adam(p, slots, o, rate, t)
    np.multiply(p.theta, -rate * o.weight_decay, out=p.scratch)
    np.add(p.step, p.scratch, out=p.step)


OPTIMIZERS = Registry(
    "optimizer",
    Optimizer(
        "sgd",
        "SGD",
        "Straight down the batch's slope: the rate times the gradient.",
        "w ← w − rate · g",
        _sgd,
        learning_rate=0.3,
        basic=True,
    ),
    Optimizer(
        "momentum",
        "Momentum",
        "A heavy ball: earlier gradients keep pushing (Polyak 1964).",
        "v ← μ v + g;  w ← w − rate · v",
        _momentum,
        ("velocity",),
        learning_rate=0.03,
        basic=True,
    ),
    Optimizer(
        "nesterov",
        "Nesterov",
        "Momentum that looks ahead along its own push (Sutskever et al. 2013).",
        "v ← μ v + g;  w ← w − rate · (g + μ v)",
        _nesterov,
        ("velocity",),
        learning_rate=0.03,
    ),
    Optimizer(
        "adagrad",
        "AdaGrad",
        "Smaller steps for parameters that have had large gradients (Duchi et al. 2011).",
        "s ← s + g²;  w ← w − rate · g / (√s + ε)",
        _adagrad,
        ("sum of squares",),
        epsilon=1e-10,
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        "AdaGrad that forgets: divided by a running size of the gradient (Tieleman & Hinton 2012).",
        "s ← β₂ s + (1 − β₂) g²;  w ← w − rate · g / (√s + ε)",
        _rmsprop,
        ("mean square",),
        beta2=0.99,
    ),
    Optimizer(
        "adam",
        "Adam",
        "A running mean of gradients over their running size, bias-corrected (Kingma & Ba 2014).",
        "w ← w − rate · m̂ / (√v̂ + ε)",
        _adam,
        ("mean", "mean square"),
        basic=True,
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "Adam, with every parameter also decaying on its own (Loshchilov & Hutter 2017).",
        "w ← (1 − rate · λ) w − rate · m̂ / (√v̂ + ε)",
        _adamw,
        ("mean", "mean square"),
    ),
)
