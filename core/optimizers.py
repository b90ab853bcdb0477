"""Optimizers: from the gradient and a memory of earlier ones to the step, over flat vectors.

``step(out, theta, grad, slots, s, settings, rate, t)`` writes what is to be ADDED to theta into
``out``. ``slots`` are the optimizer's memory, one row a slot; ``s`` is scratch; ``t`` counts the
updates of this optimizer from 1. Conventions are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.registry import Registry
from core.settings import OptimizerSettings

Array = np.ndarray


Step = Callable[[Array, Array, Array, Array, Array, OptimizerSettings, float, int], None]


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


def _sgd(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    np.multiply(grad, -rate, out=out)


def _momentum(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    velocity = slots[0]
    np.multiply(velocity, o.momentum, out=velocity)
    np.add(velocity, grad, out=velocity)
    np.multiply(velocity, -rate, out=out)


def _nesterov(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    velocity = slots[0]
    np.multiply(velocity, o.momentum, out=velocity)
    np.add(velocity, grad, out=velocity)
    np.multiply(velocity, o.momentum, out=out)
    np.add(out, grad, out=out)
    np.multiply(out, -rate, out=out)


def _scaled(out: Array, numerator: Array, square: Array, s: Array, rate: float, eps: float) -> None:
    np.sqrt(square, out=s)
    np.add(s, eps, out=s)
    np.divide(numerator, s, out=out)
    np.multiply(out, -rate, out=out)


def _adagrad(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    square = slots[0]
    np.multiply(grad, grad, out=s)
    np.add(square, s, out=square)
    _scaled(out, grad, square, s, rate, o.effective_epsilon)


def _mean_square(square: Array, grad: Array, s: Array, beta: float) -> None:
    np.multiply(grad, grad, out=s)
    np.multiply(s, 1.0 - beta, out=s)
    np.multiply(square, beta, out=square)
    np.add(square, s, out=square)


def _rmsprop(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    _mean_square(slots[0], grad, s, o.effective_beta2)
    _scaled(out, grad, slots[0], s, rate, o.effective_epsilon)


def _adam(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    mean, square = slots[0], slots[1]
    beta1, beta2 = o.beta1, o.effective_beta2
    np.multiply(grad, 1.0 - beta1, out=s)
    np.multiply(mean, beta1, out=mean)
    np.add(mean, s, out=mean)
    _mean_square(square, grad, s, beta2)
    np.sqrt(square, out=s)
    np.multiply(s, 1.0 / sqrt(1.0 - beta2**t), out=s)
    np.add(s, o.effective_epsilon, out=s)
    np.divide(mean, s, out=out)
    np.multiply(out, -rate / (1.0 - beta1**t), out=out)


def _adamw(
    out: Array,
    theta: Array,
    grad: Array,
    slots: Array,
    s: Array,
    o: OptimizerSettings,
    rate: float,
    t: int,
) -> None:
    _adam(out, theta, grad, slots, s, o, rate, t)
    np.multiply(theta, -rate * o.weight_decay, out=s)
    np.add(out, s, out=out)


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
