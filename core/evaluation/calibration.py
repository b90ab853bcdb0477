"""Calibration: of what is called 70 % sure, do 70 % come true?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import InputError
from core.metrics import log_loss

__all__ = ["Reliability", "brier_score", "log_loss", "reliability_curve", "top_label"]

Strategy = Literal["uniform", "quantile"]


@dataclass(frozen=True, eq=False)
class Reliability:
    """What was said beside what came true, bin by bin; bins without rows are left out.

    Attributes
    ----------
    said, came_true : ndarray of shape (b,)
        Mean probability and share of positive rows in each bin.
    counts : ndarray of shape (b,), int64
    edges : ndarray of shape (bins + 1,)
        Of all bins; each reaches up to and with its upper edge.
    """

    said: np.ndarray
    came_true: np.ndarray
    counts: np.ndarray
    edges: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap, by rows (Naeini et al. 2015); NaN for none."""
        rows = int(self.counts.sum())
        gaps = np.abs(self.came_true - self.said)
        return float(self.counts.dot(gaps) / rows) if rows else float("nan")

    @property
    def largest_error(self) -> float:
        """The widest gap of any bin; NaN for no rows."""
        gaps = np.abs(self.came_true - self.said)
        return float(gaps.max()) if len(gaps) else float("nan")


def reliability_curve(
    positive: np.ndarray, probability: np.ndarray, bins: int = 10, strategy: Strategy = "uniform"
) -> Reliability:
    """Share of positive rows against probability.

    Parameters
    ----------
    positive : ndarray of shape (n,), bool
    probability : ndarray of shape (n,)
        Of being positive, in [0, 1].
    bins : int
    strategy : str
        ``"uniform"``: bins of one width; ``"quantile"``: of as many rows each.

    Raises
    ------
    InputError
        If a probability is not one, or there is no bin.
    """
    positive, p = np.asarray(positive, bool), np.asarray(probability, np.float64)
    _require_probabilities(p)
    if bins < 1:
        raise InputError("too few", field="bins", value=bins, allowed="1 or more")
    edges = np.linspace(0.0, 1.0, bins + 1)
    if strategy == "quantile" and len(p):
        edges = np.percentile(p, edges * 100)
    which = np.searchsorted(edges[1:-1], p)
    counts = np.bincount(which, minlength=bins)
    said = np.bincount(which, weights=p, minlength=bins)
    came_true = np.bincount(which, weights=positive, minlength=bins)
    there = counts > 0
    return Reliability(
        said[there] / counts[there], came_true[there] / counts[there], counts[there], edges
    )


def top_label(truth: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Many classes as two: whether the likeliest class was right, and how likely it was called.

    Parameters
    ----------
    truth : ndarray of shape (n,), int
    probabilities : ndarray of shape (n, classes)

    Returns
    -------
    tuple of ndarray of shape (n,)
        For `reliability_curve`: bool and probability.
    """
    guess = probabilities.argmax(axis=1)
    return guess == truth, probabilities[np.arange(len(truth)), guess]


def brier_score(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared miss of the probabilities (Brier 1950); NaN without rows.

    Parameters
    ----------
    truth : ndarray of shape (n,), int
    probabilities : ndarray of shape (n, classes)
        Two classes count once, in [0, 1]; more are summed over, in [0, 2].

    Raises
    ------
    InputError
        If a probability is not one.
    """
    p = np.asarray(probabilities, np.float64)
    _require_probabilities(p)
    if not len(p):
        return float("nan")
    miss = p - np.eye(p.shape[1])[truth]
    score = float((miss * miss).sum(axis=1).mean())
    return score / 2 if p.shape[1] == 2 else score


def _require_probabilities(p: np.ndarray) -> None:
    wrong = ~((p >= 0) & (p <= 1))
    if wrong.any():
        raise InputError(
            "no probability", field="probability", value=float(p[wrong][0]), allowed="0 to 1"
        )
