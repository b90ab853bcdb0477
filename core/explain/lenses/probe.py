"""A linear probe: how much of the answer a linear rule could read off a layer."""

from __future__ import annotations

import numpy as np

RIDGE = 1e-3


def probe(
    fitted: np.ndarray, wanted: np.ndarray, tested: np.ndarray, truth: np.ndarray, classes: int
) -> float:
    """How a linear rule fitted on some rows does on others.

    Ridge least squares in closed form, W = (A'A + c I)^-1 A'T with centred A and T; for classes
    on one-hot targets, the guess being the largest output. c is `RIDGE` times the mean of A'A's
    diagonal, so that a layer's scale does not matter.

    Parameters
    ----------
    fitted, tested : ndarray of shape (rows, units)
        A layer's outputs.
    wanted, truth : ndarray of shape (rows,)
        Class numbers, or numbers.
    classes : int
        0 for numbers.

    Returns
    -------
    float
        Accuracy, or R²; nan where it cannot be told.
    """
    a, t = fitted.astype(np.float64), tested.astype(np.float64)
    if not (len(a) and len(t) and np.isfinite(a).all() and np.isfinite(t).all()):
        return float("nan")
    scale = float(np.abs(a).max()) or 1.0
    a /= scale
    center = a.mean(axis=0)
    a -= center
    t = t / scale - center
    targets = np.eye(classes)[wanted] if classes else wanted[:, None].astype(np.float64)
    middle = targets.mean(axis=0)
    guess = t @ _weights(a, targets - middle) + middle
    if classes:
        return float((guess.argmax(axis=1) == truth).mean())
    spread = float(((truth - truth.mean()) ** 2).sum())
    return 1.0 - float(((guess[:, 0] - truth) ** 2).sum()) / spread if spread else float("nan")


def _weights(a: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(units, outputs), by the smaller one of the two equal systems."""
    rows, units = a.shape
    ridge = RIDGE * float(np.einsum("ij,ij->", a, a)) / units
    if not ridge:
        return np.zeros((units, t.shape[1]))
    if units <= rows:
        return np.linalg.solve(a.T @ a + ridge * np.eye(units), a.T @ t)
    return a.T @ np.linalg.solve(a @ a.T + ridge * np.eye(rows), t)
