"""Initial weights of a layer, drawn in float64 whatever the run's dtype; biases begin at 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.registry import Registry

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


@dataclass(frozen=True)
class Initializer:
    """``draw(rng, fan_in, fan_out)`` gives weights of shape (fan_in, fan_out), float64."""

    name: str
    label: str
    explanation: str
    formula: str
    draw: Draw
    basic: bool = False


def _uniform(limit: Callable[[int, int], float]) -> Draw:
    return lambda rng, fan_in, fan_out: (
        rng.uniform(-1.0, 1.0, (fan_in, fan_out)) * limit(fan_in, fan_out)
    )


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    return lambda rng, fan_in, fan_out: (
        rng.standard_normal((fan_in, fan_out)) * deviation(fan_in, fan_out)
    )


def _zeros(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return np.zeros((fan_in, fan_out))


def _orthogonal(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    tall = rng.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    # The sign makes the draw uniform over all orthogonal matrices (Mezzadri 2007).
    q *= np.sign(np.diag(r))
    return q if fan_in >= fan_out else q.T


INITIALIZERS = Registry(
    "initializer",
    Initializer(
        "glorot_uniform",
        "Glorot uniform",
        "Keeps the size of signals and of blame alike through tanh layers (Glorot & Bengio 2010).",
        "U(−l, l), l = √(6 / (inputs + outputs))",
        _uniform(lambda i, o: sqrt(6.0 / (i + o))),
        basic=True,
    ),
    Initializer(
        "glorot_normal",
        "Glorot normal",
        "Glorot's spread, drawn from a bell curve.",
        "N(0, 2 / (inputs + outputs))",
        _normal(lambda i, o: sqrt(2.0 / (i + o))),
    ),
    Initializer(
        "he_uniform",
        "He uniform",
        "Twice the variance, for ReLU layers, which lose half the signal (He et al. 2015).",
        "U(−l, l), l = √(6 / inputs)",
        _uniform(lambda i, o: sqrt(6.0 / i)),
        basic=True,
    ),
    Initializer(
        "he_normal",
        "He normal",
        "He's spread, drawn from a bell curve.",
        "N(0, 2 / inputs)",
        _normal(lambda i, o: sqrt(2.0 / i)),
    ),
    Initializer(
        "lecun",
        "LeCun normal",
        "Keeps the size of the signal through linear layers (LeCun et al. 1998).",
        "N(0, 1 / inputs)",
        _normal(lambda i, o: sqrt(1.0 / i)),
    ),
    Initializer(
        "uniform",
        "Uniform",
        "The same spread whatever the layer's size: too small or too large in most networks.",
        "U(−0.5, 0.5)",
        _uniform(lambda i, o: 0.5),
    ),
    Initializer(
        "zeros",
        "Zeros",
        "Every unit of a layer stays the same as its neighbours: nothing breaks the symmetry.",
        "0",
        _zeros,
    ),
    Initializer(
        "orthogonal",
        "Orthogonal",
        "Turns the input without stretching it (Saxe et al. 2013).",
        "WᵀW = I or WWᵀ = I",
        _orthogonal,
    ),
)
