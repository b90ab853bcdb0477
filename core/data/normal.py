"""What densities are computed with: the normal law, sums of exponentials, quadrature."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, erf, exp, pi, sqrt

import numpy as np

Array = np.ndarray

NODES = 8  # on a panel
TOGETHER = 2**18  # terms that are added up by one call


def panels(low: float, high: float, width: float) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights (sum: high - low) on panels of at most `width`."""
    edges = np.linspace(low, high, max(1, ceil((high - low) / width)) + 1)
    at, weight = np.polynomial.legendre.leggauss(NODES)
    half = np.diff(edges) / 2
    middle = (edges[:-1] + edges[1:]) / 2
    return (middle[:, None] + half[:, None] * at).ravel(), (half[:, None] * weight).ravel()


def in_blocks(function: Callable[[Array], Array], points: Array, terms: int) -> Array:
    """`function` of blocks of `points`, each of which costs so many terms a point."""
    size = max(1, TOGETHER // terms)
    return np.concatenate([function(points[i : i + size]) for i in range(0, len(points), size)])


def log_sum(logs: Array) -> Array:
    """Log of the sum of exponentials over the last axis."""
    top = logs.max(axis=-1, keepdims=True)
    return np.log(np.exp(logs - top).sum(axis=-1)) + top[..., 0]


def bell(distance: Array, spread: float) -> Array:
    """The normal density."""
    return np.exp(-0.5 * (distance / spread) ** 2) / (spread * sqrt(2 * pi))


def log_between(low: Array, high: Array) -> Array:
    """Log of the standard normal probability between two ends, also far out."""
    from scipy.special import log_ndtr  # only some of the laws need it

    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    most = log_ndtr(high)
    return most + np.log(-np.expm1(np.minimum(log_ndtr(low) - most, -1e-300)))


def below(z: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * (1 + erf(z / sqrt(2)))


def ramp(z: float) -> float:
    """Its integral."""
    return z * below(z) + exp(-0.5 * z * z) / sqrt(2 * pi)


def log_i0e(z: Array) -> Array:
    """Log of exp(-z) I0(z), z >= 0; for large z Hankel's series (Abramowitz & Stegun 9.7.1)."""
    large = z > 500
    w = 1 / np.maximum(z, 500)
    series = 1 + w / 8 * (1 + w * 9 / 16 * (1 + w * 25 / 24 * (1 + w * 49 / 32)))
    far = np.log(series) - 0.5 * np.log(2 * pi * np.maximum(z, 500))
    return np.where(large, far, np.log(np.i0(np.where(large, 0, z))) - z)


def cubic(values: Array, place: Array) -> Array:
    """Lagrange's cubic through the four entries of `values` (n, k) about each place (m,)."""
    first = np.clip(place.astype(np.int64) - 1, 0, len(values) - 4)
    t = (place - first - 1)[:, None]
    near = [values[first + i] for i in range(4)]
    return (
        -t * (t - 1) * (t - 2) / 6 * near[0]
        + (t + 1) * (t - 1) * (t - 2) / 2 * near[1]
        - (t + 1) * t * (t - 2) / 2 * near[2]
        + (t + 1) * t * (t - 1) / 6 * near[3]
    )
