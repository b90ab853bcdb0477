"""A layer's units as two coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Plane:
    """A projection of (rows, units) to (rows, 2).

    One unit is the first coordinate beside a 0, two units are the coordinates themselves; more
    are projected on their two main directions (PCA, each direction's largest entry above 0, so
    that it does not turn round from one update to the next).

    Attributes
    ----------
    center : ndarray of shape (units,)
    axes : ndarray of shape (units, 2)
    explained : float
        Share of the variance that the projection keeps.
    """

    center: np.ndarray
    axes: np.ndarray
    explained: float

    @classmethod
    def fit(cls, a: np.ndarray) -> Plane:
        """Fitted on the finite ones of the rows of `a` (rows, units)."""
        units = a.shape[1]
        if units <= 2:
            return cls(np.zeros(units), np.eye(units, 2), 1.0)
        a = a[np.isfinite(a).all(axis=1)].astype(np.float64)
        if not len(a):
            return cls(np.zeros(units), np.zeros((units, 2)), float("nan"))
        # Squares of what has diverged would overflow.
        scale = float(np.abs(a).max()) or 1.0
        a /= scale
        center = a.mean(axis=0)
        a -= center
        if units <= len(a):
            share, axes = np.linalg.eigh(a.T @ a)
        else:
            # The same directions by way of the smaller matrix of the rows' products.
            share, rows = np.linalg.eigh(a @ a.T)
            axes = a.T @ rows[:, -2:]
            axes /= np.maximum(np.sqrt(np.maximum(share[-2:], 0.0)), 1e-150)
        share, axes = share[::-1], axes[:, ::-1][:, :2]
        total = float(np.maximum(share, 0.0).sum())
        there = share[:2] > 1e-12 * total
        kept = np.zeros((units, 2))
        for k in np.flatnonzero(there):
            kept[:, k] = axes[:, k] * np.sign(axes[np.abs(axes[:, k]).argmax(), k])
        explained = float(share[: len(there)][there].sum()) / total if total else 1.0
        return cls(center * scale, kept, min(explained, 1.0))

    def project(self, a: np.ndarray) -> np.ndarray:
        """Where some rows (rows, units) lie, (rows, 2)."""
        if a.shape[1] <= 2:
            found = np.zeros((len(a), 2))
            found[:, : a.shape[1]] = a
            return found
        return (a - self.center) @ self.axes
