"""Activation functions: each value beside its slope, in place over given buffers.

``forward(z, a, s)`` writes the activation of ``z`` into ``a``; ``slope(z, a, d, s)`` writes its
derivative at ``z`` into ``d``. ``s`` is scratch of the same shape; nothing is allocated. At a kink
the slope is PyTorch's: 0 for relu, 0.01 for leaky_relu, 1 for elu at z = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from core.registry import Registry

Array = np.ndarray
LEAK = 0.01


def _number(value: float) -> dict[np.dtype, Array]:
    """A number as an array of each dtype: numpy takes it in half the time of a Python float."""
    return {np.dtype(name): np.array(value, name) for name in ("float32", "float64")}


_ONE, _HALF = _number(1.0), _number(0.5)


@dataclass(frozen=True)
class Activation:
    """One activation function; see the module for the two callables' contracts."""

    name: str
    label: str
    explanation: str
    formula: str
    slope_formula: str
    forward: Callable[[Array, Array, Array], object]
    slope: Callable[[Array, Array, Array, Array], object]
    basic: bool = False


def _linear(z: Array, a: Array, s: Array) -> None:
    np.copyto(a, z)


def _linear_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    d.fill(1.0)


def _relu(z: Array, a: Array, s: Array) -> None:
    # An array of zeros, not a scalar: numpy's maximum is twice as fast with it.
    s.fill(0.0)
    np.maximum(z, s, out=a)


def _relu_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.sign(a, out=d)


def _leaky_relu(z: Array, a: Array, s: Array) -> None:
    np.multiply(z, LEAK, out=s)
    np.maximum(z, s, out=a)


def _leaky_relu_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.sign(z, out=d)
    np.maximum(d, LEAK, out=d)


def _elu(z: Array, a: Array, s: Array) -> None:
    np.minimum(z, 0.0, out=s)
    np.expm1(s, out=s)
    np.maximum(z, 0.0, out=a)
    np.add(a, s, out=a)


def _elu_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.minimum(z, 0.0, out=d)
    np.exp(d, out=d)


def _gelu_cdf(z: Array, s: Array) -> None:
    # Imported where it is used: scipy.special takes 0.4 s and only gelu needs it.
    from scipy.special import ndtr

    ndtr(z, out=s)


def _gelu(z: Array, a: Array, s: Array) -> None:
    _gelu_cdf(z, s)
    np.multiply(z, s, out=a)


def _gelu_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.multiply(z, z, out=s)
    np.multiply(s, -0.5, out=s)
    np.exp(s, out=s)
    np.multiply(s, 1.0 / sqrt(2.0 * pi), out=s)
    np.multiply(s, z, out=s)
    _gelu_cdf(z, d)
    np.add(d, s, out=d)


def sigmoid(z: Array, out: Array) -> None:
    """1 / (1 + exp(-z)) without overflow, by way of tanh(z / 2)."""
    half = _HALF[out.dtype]
    np.multiply(z, half, out)
    np.tanh(out, out)
    np.multiply(out, half, out)
    np.add(out, half, out)


def _sigmoid(z: Array, a: Array, s: Array) -> None:
    sigmoid(z, a)


def _sigmoid_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.subtract(_ONE[d.dtype], a, d)
    np.multiply(d, a, out=d)


def _silu(z: Array, a: Array, s: Array) -> None:
    sigmoid(z, s)
    np.multiply(z, s, out=a)


def _silu_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    sigmoid(z, s)
    np.subtract(_ONE[d.dtype], s, d)
    np.multiply(d, a, out=d)
    np.add(d, s, out=d)


def _tanh(z: Array, a: Array, s: Array) -> None:
    np.tanh(z, out=a)


def _tanh_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.multiply(a, a, out=d)
    np.subtract(_ONE[d.dtype], d, d)


def _softplus(z: Array, a: Array, s: Array) -> None:
    np.abs(z, out=s)
    np.negative(s, out=s)
    np.exp(s, out=s)
    np.log1p(s, out=s)
    np.maximum(z, 0.0, out=a)
    np.add(a, s, out=a)


def _softplus_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    sigmoid(z, d)


def _sin(z: Array, a: Array, s: Array) -> None:
    np.sin(z, out=a)


def _sin_slope(z: Array, a: Array, d: Array, s: Array) -> None:
    np.cos(z, out=d)


ACTIVATIONS = Registry(
    "activation",
    Activation(
        "relu",
        "ReLU",
        "Passes what is positive and stops the rest; a unit that is never positive is dead.",
        "a = max(0, z)",
        "1 if z > 0 else 0",
        _relu,
        _relu_slope,
        basic=True,
    ),
    Activation(
        "tanh",
        "tanh",
        "Squeezes every number into -1..1; flat far from 0, where little blame gets through.",
        "a = tanh(z)",
        "1 − a²",
        _tanh,
        _tanh_slope,
        basic=True,
    ),
    Activation(
        "sigmoid",
        "Sigmoid",
        "Squeezes every number into 0..1; its slope is never above a quarter.",
        "a = 1 / (1 + e⁻ᶻ)",
        "a (1 − a)",
        _sigmoid,
        _sigmoid_slope,
        basic=True,
    ),
    Activation(
        "linear",
        "Linear",
        "Changes nothing: any number of linear layers is one linear layer.",
        "a = z",
        "1",
        _linear,
        _linear_slope,
        basic=True,
    ),
    Activation(
        "leaky_relu",
        "Leaky ReLU",
        "ReLU that lets a hundredth of what is negative through, so that no unit dies for good.",
        "a = max(0.01 z, z)",
        "1 if z > 0 else 0.01",
        _leaky_relu,
        _leaky_relu_slope,
    ),
    Activation(
        "elu",
        "ELU",
        "ReLU with a smooth floor at -1.",
        "a = z if z > 0 else eᶻ − 1",
        "1 if z > 0 else eᶻ",
        _elu,
        _elu_slope,
    ),
    Activation(
        "gelu",
        "GELU",
        "z times the share of a normal distribution below z: a smooth ReLU (exact, erf form).",
        "a = z Φ(z)",
        "Φ(z) + z φ(z)",
        _gelu,
        _gelu_slope,
    ),
    Activation(
        "silu",
        "SiLU",
        "z times its own sigmoid: a smooth ReLU that dips below 0.",
        "a = z σ(z)",
        "σ(z) + a (1 − σ(z))",
        _silu,
        _silu_slope,
    ),
    Activation(
        "softplus",
        "Softplus",
        "A smooth ReLU that is never quite 0.",
        "a = ln(1 + eᶻ)",
        "σ(z)",
        _softplus,
        _softplus_slope,
    ),
    Activation(
        "sin",
        "Sine",
        "A wave: one unit can say yes and no many times along a line.",
        "a = sin(z)",
        "cos(z)",
        _sin,
        _sin_slope,
    ),
)
