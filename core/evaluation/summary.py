"""What several folds say together: mean, spread, and how sure the mean is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

#: What no metric goes below or above, by name; others are prices, from 0 up.
LIMITS = {
    "accuracy": (0.0, 1.0),
    "balanced_accuracy": (0.0, 1.0),
    "r2": (float("-inf"), 1.0),
}
PRICE = (0.0, float("inf"))
ANY = (float("-inf"), float("inf"))


@dataclass(frozen=True)
class Summary:
    """Some values in a few numbers; NaN where there are too few of them.

    Attributes
    ----------
    count : int
        Values that are there.
    mean, deviation : float
        The deviation is that of the sample (n - 1).
    standard_error : float
        deviation / sqrt(n).
    low, high : float
        The 95 % interval of the mean, cut off where no mean can be.
    """

    count: int
    mean: float
    deviation: float
    standard_error: float
    low: float
    high: float


def summary(values: np.ndarray, overlap: float = 0.0, limits: tuple[float, float] = ANY) -> Summary:
    """Summarize what was measured several times.

    Parameters
    ----------
    values : ndarray of shape (n,)
        NaN, where a measurement failed, is left out and not counted.
    overlap : float
        Held-out rows for each training row, where folds share their training rows: their values
        depend on each other, and the interval is Student's with the variance (1 / n + overlap)
        deviation² (Nadeau and Bengio 2003). With 0 the values are independent.
    limits : tuple of (float, float)
        Between which all values lie; see `LIMITS`.

    Examples
    --------
    >>> found = summary(np.array([0.5, 0.75, 1.0]))
    >>> found.mean, found.deviation
    (0.75, 0.25)
    """
    from scipy.special import stdtrit  # nothing at the start needs it

    there = values[~np.isnan(values)]
    count, nan = len(there), float("nan")
    if not count:
        return Summary(0, nan, nan, nan, nan, nan)
    mean = float(there.mean())
    if count == 1:
        return Summary(1, mean, nan, nan, nan, nan)
    deviation = float(there.std(ddof=1))
    half = float(stdtrit(count - 1, 0.975)) * deviation * sqrt(1 / count + overlap)
    low, high = max(limits[0], mean - half), min(limits[1], mean + half)
    return Summary(count, mean, deviation, deviation / sqrt(count), low, high)
