"""The largest eigenvalue of the training objective's Hessian: how sharp the sharpest valley is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from core.landscape.surface import Array, Progress, Surface, nobody
from core.seeds import stream

STABLE = 2.0
PRODUCTS = 100
LEAST = 8
BASIS_BYTES = 2**28
STEP = float(np.cbrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, eq=False)
class Sharpness:
    """The largest eigenvalue of a Hessian.

    Attributes
    ----------
    eigenvalue : float
        nan where the gradients near by are not finite.
    vector : ndarray of shape (parameters,)
        Its direction, of length 1.
    products : int
        Hessian-vector products made, two gradients each.
    converged : bool
        Whether the error is known to be under the tolerance.
    """

    eigenvalue: float
    vector: Array
    products: int
    converged: bool

    def gauge(self, rate: float) -> float:
        """Rate x eigenvalue; plain gradient descent is stable on a quadratic under `STABLE`.

        Along an eigenvector of eigenvalue c, a step turns a distance d from the valley's floor
        into (1 - rate c) d. Cohen, Kaur, Li, Kolter, Talwalkar: Gradient Descent on Neural
        Networks Typically Occurs at the Edge of Stability (ICLR 2021).
        """
        return rate * self.eigenvalue


def hessian_product(
    surface: Surface, theta: Array, vector: Array, progress: Progress = nobody
) -> Array:
    """Hessian times a vector of length 1, by a central difference of two gradients."""
    size = STEP * (1.0 + float(np.linalg.norm(theta)))
    up = surface.gradient(theta + size * vector, lambda share: progress(0.5 * share))
    down = surface.gradient(theta - size * vector, lambda share: progress(0.5 + 0.5 * share))
    return (up - down) / (2.0 * size)


def _tell(progress: Progress, used: int, products: int, share: float) -> None:
    progress((used - 1 + share) / products)


@np.errstate(all="ignore")
def sharpness(
    surface: Surface,
    theta: Array,
    products: int = PRODUCTS,
    tolerance: float = 1e-4,
    seed: int = 0,
    progress: Progress = nobody,
) -> Sharpness:
    """The largest eigenvalue at some parameters, by Lanczos' iteration.

    Parameters
    ----------
    theta : ndarray of shape (parameters,)
    products : int
        At most so many Hessian-vector products.
    tolerance : float
        Relative error of the eigenvalue at which to stop.
    seed : int
        Of the vector to begin with.
    progress : callable
        As in `Surface.losses`.
    """
    theta = np.asarray(theta, np.float64)
    count = len(theta)
    room = max(2, min(count, products, BASIS_BYTES // (8 * count)))
    basis, triangle = np.empty((room, count)), np.zeros((room + 1, room + 1))
    vector = stream(seed, "sharpness").standard_normal(count)
    vector /= np.linalg.norm(vector)
    best, top, size = vector, float("nan"), 0
    for used in range(1, products + 1):
        basis[size] = vector
        product = hessian_product(surface, theta, vector, partial(_tell, progress, used, products))
        if not np.isfinite(product).all():
            return Sharpness(float("nan"), vector, used, False)
        triangle[size, size] = vector @ product
        size += 1
        known = basis[:size]
        for _ in range(2):  # twice, so that the basis stays orthogonal to the last digit
            product -= known.T @ (known @ product)
        rest = float(np.linalg.norm(product))
        values, vectors = np.linalg.eigh(triangle[:size, :size])
        top, best = float(values[-1]), vectors[:, -1] @ known
        error = rest * abs(float(vectors[-1, -1]))
        settled = error <= tolerance * abs(top) and used >= LEAST
        if settled or size == count or rest <= 1e-12 * float(np.abs(values).max()):
            return Sharpness(top, best / np.linalg.norm(best), used, True)
        if size == room:
            # Full: go on from the best vector so far.
            size, vector = 0, best / np.linalg.norm(best)
            triangle[:] = 0.0
        else:
            triangle[size, size - 1] = triangle[size - 1, size] = rest
            vector = product / rest
    return Sharpness(top, best / np.linalg.norm(best), products, False)
