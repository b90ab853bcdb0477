"""The elementwise loops of a turn, each compiled once for each number format.

They take pointers to their first number. Activations stand in `core.network.activations`, losses in
`core.losses`, optimizers in `core.optimizers`, where their formulas come from.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, erfc, log, sin, sqrt

from numba import float32, float64, int64, types

from core.network.compiled.cache import callback, inner
from core.network.compiled.codes import (
    ADAGRAD,
    ADAMW,
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    ELU,
    GELU,
    HUBER,
    LEAKY_RELU,
    LINEAR,
    MAE,
    MOMENTUM,
    MSE,
    NESTEROV,
    RELU,
    RMSPROP,
    SGD,
    SIGMOID,
    SILU,
    SIN,
    SOFTPLUS,
    TANH,
)
from core.network.compiled.numerics import exp, expm1, fma, log1p, sigmoid, tanh

_HALF_ROOT = sqrt(0.5)
_DENSITY = 0.3989422804014327  # 1 / sqrt(2 pi)


def activate(code, z, a, n):
    """Write the activation of ``n`` numbers of ``z`` into ``a``."""
    if code == RELU:
        for i in range(n):
            a[i] = z[i] if z[i] > 0 or z[i] != z[i] else 0
    elif code == TANH:
        for i in range(n):
            a[i] = tanh(z[i])
    elif code == SIGMOID:
        for i in range(n):
            a[i] = sigmoid(z[i])
    elif code == LINEAR:
        for i in range(n):
            a[i] = z[i]
    elif code == LEAKY_RELU:
        for i in range(n):
            a[i] = z[i] if z[i] > 0 else z[i] * 0.01
    elif code == ELU:
        for i in range(n):
            a[i] = z[i] if z[i] > 0 else expm1(min(z[i], 0.0))
    elif code == GELU:
        for i in range(n):
            a[i] = z[i] * 0.5 * erfc(-z[i] * _HALF_ROOT)
    elif code == SILU:
        for i in range(n):
            a[i] = z[i] * sigmoid(z[i])
    elif code == SOFTPLUS:
        for i in range(n):
            a[i] = (z[i] if z[i] > 0 else 0.0) + log1p(exp(-abs(z[i])))
    else:
        for i in range(n):
            a[i] = sin(z[i])


def times_slope(code, z, a, d, n):
    """Multiply ``d`` by the activation's derivative at ``z``, where it gave ``a``."""
    if code == RELU:
        for i in range(n):
            d[i] = d[i] if a[i] > 0 else d[i] * a[i]
    elif code == TANH:
        for i in range(n):
            d[i] = d[i] * fma(-float(a[i]), float(a[i]), 1.0)
    elif code == SIGMOID:
        for i in range(n):
            d[i] = d[i] * ((1.0 - a[i]) * a[i])
    elif code == LEAKY_RELU:
        for i in range(n):
            d[i] = d[i] if z[i] > 0 else d[i] * 0.01
    elif code == ELU:
        for i in range(n):
            d[i] = d[i] if z[i] > 0 else d[i] * exp(min(z[i], 0.0))
    elif code == GELU:
        for i in range(n):
            x = float(z[i])
            d[i] = d[i] * fma(x * _DENSITY, exp(-0.5 * x * x), 0.5 * erfc(-x * _HALF_ROOT))
    elif code == SILU:
        for i in range(n):
            s = sigmoid(z[i])
            d[i] = d[i] * fma(1.0 - s, float(a[i]), s)
    elif code == SOFTPLUS:
        for i in range(n):
            d[i] = d[i] * sigmoid(z[i])
    elif code == SIN:
        for i in range(n):
            d[i] = d[i] * cos(z[i])


def price(code, delta, s, y, price, d, outputs, rows):
    """Write each row's loss into ``price``, and into ``d`` what its slope is made of.

    Scores and slopes stand unit-major (outputs, rows), targets row-major (rows, outputs).
    """
    if code == CROSS_ENTROPY:
        _cross_entropy(s, y, price, d, outputs, rows)
        return
    share = 1.0 / outputs
    for r in range(rows):
        price[r] = 0.0
    for o in range(outputs):
        at = o * rows
        if code == BINARY_CROSS_ENTROPY:
            for r in range(rows):
                # With t = 2 h, max(t, 0) is h + |h|; an infinite score is no number, as in numpy.
                h = (0.5 - y[r * outputs + o]) * s[at + r]
                d[at + r] = sigmoid(s[at + r])
                price[r] += share * (h + abs(h) + log1p(exp(-2.0 * abs(h))))
        elif code == MSE:
            for r in range(rows):
                e = float(s[at + r]) - y[r * outputs + o]
                d[at + r] = e
                price[r] += share * (e * e)
        elif code == MAE:
            for r in range(rows):
                e = float(s[at + r]) - y[r * outputs + o]
                d[at + r] = e
                price[r] += share * abs(e)
        elif code == HUBER:
            # With c = e clipped to ±delta, both branches are c (e - c / 2).
            for r in range(rows):
                e = float(s[at + r]) - y[r * outputs + o]
                c = delta if e > delta else (-delta if e < -delta else e)
                d[at + r] = c
                price[r] += share * (c * fma(-0.5, c, e))
        else:
            for r in range(rows):
                t = 1.0 - 2.0 * y[r * outputs + o]
                margin = fma(t, float(s[at + r]), 1.0)
                d[at + r] = 0.0 if margin <= 0.0 else t
                price[r] += share * (0.0 if margin <= 0.0 else margin)


@inner
def _cross_entropy(s, y, price, d, outputs, rows):
    for r in range(rows):
        top = s[r]
        for o in range(1, outputs):
            x = s[o * rows + r]
            top = x if x > top else top
        total, found = 0.0, 0.0
        for o in range(outputs):
            x = float(s[o * rows + r]) - top
            found = fma(x, float(y[r * outputs + o]), found)
            p = exp(x)
            d[o * rows + r] = p
            total += p
        for o in range(outputs):
            d[o * rows + r] = d[o * rows + r] / total
        price[r] = log(total) - found


def slope(code, y, d, vote, outputs, rows):
    """Turn what `price` left in ``d`` into the batch loss's derivative by each score."""
    share = 1.0 if code == CROSS_ENTROPY else 1.0 / outputs
    for o in range(outputs):
        at = o * rows
        if code in (BINARY_CROSS_ENTROPY, CROSS_ENTROPY):
            for r in range(rows):
                d[at + r] = (float(d[at + r]) - y[r * outputs + o]) * share * vote[r]
        elif code == MSE:
            for r in range(rows):
                d[at + r] = 2.0 * share * d[at + r] * vote[r]
        elif code == MAE:
            for r in range(rows):
                sign = 1.0 if d[at + r] > 0 else (-1.0 if d[at + r] < 0 else 0.0)
                d[at + r] = sign * share * vote[r]
        else:
            for r in range(rows):
                d[at + r] = d[at + r] * share * vote[r]


def step_by(code, down, mu, beta1, rest1, beta2, rest2, unbias, epsilon, decay,
            theta, grad, step, first, second, n):  # fmt: skip
    """Write an optimizer's step into ``step`` and add it to ``theta``.

    ``down`` is minus the rate, ``rest`` 1 - beta, ``unbias`` Adam's correction of the divisor;
    ``first`` and ``second`` are the memory, as far as there is one. Each loop touches few enough
    arrays for the compiler to see that they lie apart.
    """
    if code == SGD:
        for i in range(n):
            step[i] = down * grad[i]
    elif code in (MOMENTUM, NESTEROV):
        for i in range(n):
            first[i] = mu * first[i] + grad[i]
        if code == MOMENTUM:
            for i in range(n):
                step[i] = down * first[i]
        else:
            for i in range(n):
                step[i] = down * (mu * first[i] + grad[i])
    elif code in (ADAGRAD, RMSPROP):
        if code == ADAGRAD:
            for i in range(n):
                first[i] += grad[i] * grad[i]
        else:
            for i in range(n):
                first[i] = beta2 * first[i] + grad[i] * grad[i] * rest2
        for i in range(n):
            step[i] = down * (grad[i] / (sqrt(first[i]) + epsilon))
    else:
        for i in range(n):
            first[i] = beta1 * first[i] + rest1 * grad[i]
        for i in range(n):
            second[i] = beta2 * second[i] + grad[i] * grad[i] * rest2
        for i in range(n):
            step[i] = down * (first[i] / (sqrt(second[i]) * unbias + epsilon))
        if code == ADAMW:
            for i in range(n):
                step[i] += decay * theta[i]
    for i in range(n):
        theta[i] += step[i]


def _leaf(function: Callable, kinds: Callable) -> Callable[[str], int]:
    """How to get the address of a loop for a number format."""

    def address(dtype: str) -> int:
        number = {"float64": float64, "float32": float32}[dtype]
        return callback(types.void(*kinds(number, types.CPointer(number))), function)

    return address


LEAVES = (
    _leaf(activate, lambda number, numbers: (int64, numbers, numbers, int64)),
    _leaf(times_slope, lambda number, numbers: (int64, numbers, numbers, numbers, int64)),
    _leaf(price, lambda number, numbers: (int64, float64, *4 * (numbers,), int64, int64)),
    _leaf(slope, lambda number, numbers: (int64, numbers, numbers, numbers, int64, int64)),
    _leaf(step_by, lambda number, numbers: (int64, *9 * (number,), *5 * (numbers,), int64)),
)
