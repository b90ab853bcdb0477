"""Residuals: what a prediction of numbers leaves over, and whether it looks like noise."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.errors import InputError

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Residuals:
    """Truth minus prediction, in the target's unit.

    Attributes
    ----------
    predicted, residual : ndarray of shape (n,)
        In the order of the rows.
    mean, deviation : float
        Of the residuals; the deviation is that of the sample (n - 1).
    quantiles : ndarray of shape (5,)
        At the shares of `SHARES`.
    r2 : float or None
        Share of the target's spread that the prediction explains; None where it does not vary.
    explained_variance : float or None
        The same, a constant shift of all predictions forgiven.
    """

    predicted: np.ndarray
    residual: np.ndarray
    mean: float
    deviation: float
    quantiles: np.ndarray
    r2: float | None
    explained_variance: float | None


@dataclass(frozen=True, eq=False)
class NormalQuantiles:
    """Residuals in order beside where those of a normal law would lie, and the line between.

    Attributes
    ----------
    normal, residual : ndarray of shape (n,)
        Ascending; `normal` in standard deviations.
    slope, intercept : float
        Of the least squares line; a normal law's standard deviation and mean.
    correlation : float
        1 on the line; NaN where the residuals do not vary.
    """

    normal: np.ndarray
    residual: np.ndarray
    slope: float
    intercept: float
    correlation: float


def residuals(truth: np.ndarray, predicted: np.ndarray) -> Residuals:
    """What is left of the truth.

    Parameters
    ----------
    truth, predicted : ndarray of shape (n,)
        In the target's unit; at least one row.

    Raises
    ------
    InputError
        If there are no rows, or a number is not finite.
    """
    truth, predicted = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    left = truth - predicted
    _require_numbers(left)
    spread = float(((truth - truth.mean()) ** 2).sum())
    around = left - left.mean()
    return Residuals(
        predicted,
        left,
        float(left.mean()),
        sqrt(float(around.dot(around)) / (len(left) - 1)) if len(left) > 1 else float("nan"),
        np.quantile(left, SHARES),
        1.0 - float(left.dot(left)) / spread if spread else None,
        1.0 - float(around.dot(around)) / spread if spread else None,
    )


def normal_quantiles(residual: np.ndarray) -> NormalQuantiles:
    """The points of a quantile-quantile plot against the normal law.

    Places are the medians of the order statistics (Filliben 1975), as in SciPy's ``probplot``.

    Parameters
    ----------
    residual : ndarray of shape (n,)
        At least two.

    Raises
    ------
    InputError
        If there are fewer than two, or one is not finite.
    """
    from scipy.special import ndtri  # only this plot needs it

    ordered = np.sort(np.asarray(residual, np.float64))
    _require_numbers(ordered, least=2)
    rows = len(ordered)
    share = (np.arange(1, rows + 1) - 0.3175) / (rows + 0.365)
    share[-1] = 0.5 ** (1 / rows)
    share[0] = 1 - share[-1]
    normal = ndtri(share)
    across, up = normal - normal.mean(), ordered - ordered.mean()
    slope = float(across.dot(up) / across.dot(across))
    length = sqrt(float(across.dot(across) * up.dot(up)))
    return NormalQuantiles(
        normal,
        ordered,
        slope,
        float(ordered.mean() - slope * normal.mean()),
        float(across.dot(up)) / length if length else float("nan"),
    )


def _require_numbers(left: np.ndarray, least: int = 1) -> None:
    if len(left) < least:
        raise InputError(
            "too few samples", field="residuals", value=len(left), allowed=f"{least} or more"
        )
    if not np.isfinite(left).all():
        raise InputError(
            f"{int((~np.isfinite(left)).sum())} of {len(left)} are not finite",
            field="residuals",
            allowed="finite numbers",
        )
