"""Where to say yes: every threshold of a score, what it catches, and what its errors cost.

Two classes throughout: ``positive`` says of each row whether it is of the class looked for, and a
row is called positive where its score is at least the threshold. Many classes are looked at one
against the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from core.errors import InputError

Curve = TypeVar("Curve")


@dataclass(frozen=True)
class Counts:
    """How the rows fall at one threshold."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def rows(self) -> int:
        return (
            self.true_positives + self.false_positives + self.false_negatives + self.true_negatives
        )

    def cost(self, false_positive: float, false_negative: float) -> float:
        """Mean cost of a row, where an error of each kind costs so much; NaN without rows.

        Raises
        ------
        InputError
            If a cost is negative or not finite.
        """
        _require_costs(false_positive, false_negative)
        if not self.rows:
            return float("nan")
        total = false_positive * self.false_positives + false_negative * self.false_negatives
        return total / self.rows


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows counted at each distinct score, the highest first.

    Attributes
    ----------
    thresholds : ndarray of shape (t,)
        Infinity, where nothing is called positive, and then the scores that occur.
    true_positives, false_positives : ndarray of shape (t,), int64
    positives, negatives : int
        Rows of either kind in all.
    """

    thresholds: np.ndarray
    true_positives: np.ndarray
    false_positives: np.ndarray
    positives: int
    negatives: int

    @property
    def reason(self) -> str:
        """Why a curve of these rows says nothing; empty where both classes occur."""
        if not self.positives + self.negatives:
            return "there are no samples"
        if not self.positives:
            return "no sample is of this class"
        return "" if self.negatives else "every sample is of this class"

    def at(self, place: int) -> Counts:
        """The counts at the threshold of that place."""
        hits, alarms = int(self.true_positives[place]), int(self.false_positives[place])
        return Counts(hits, alarms, self.positives - hits, self.negatives - alarms)


@dataclass(frozen=True, eq=False)
class RocCurve:
    """What is caught against what is called by mistake, as the threshold falls.

    Attributes
    ----------
    false_positive_rate, true_positive_rate : ndarray of shape (t,)
        From (0, 0) to (1, 1); NaN where there is no row to take the share of.
    thresholds : ndarray of shape (t,)
        The first is infinity.
    area : float
        Under the curve: how often a positive row scores above a negative one, ties half (Hanley
        and McNeil 1982). NaN where only one class occurs, and `reason` says so.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    thresholds: np.ndarray
    area: float
    reason: str = ""


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """How many of those called positive are, against how many of the positive are called.

    Attributes
    ----------
    precision, recall : ndarray of shape (t + 1,)
        By rising threshold; the last point is (1, 0) and has no threshold.
    thresholds : ndarray of shape (t,)
        The scores that occur.
    average_precision : float
        Sum of precision times the gain in recall. NaN without positive rows, and `reason` says so.
    """

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray
    average_precision: float
    reason: str = ""


@dataclass(frozen=True, eq=False)
class CostCurve:
    """Mean cost of a row at every threshold.

    Attributes
    ----------
    thresholds, costs : ndarray of shape (t,)
        By falling threshold; the first is infinity.
    best : float
        The threshold of least cost, of several the highest.
    least : float
        Its cost.
    counts : Counts
        How the rows fall there.
    theoretical : float
        The threshold of least cost for probabilities that are true.
    """

    thresholds: np.ndarray
    costs: np.ndarray
    best: float
    least: float
    counts: Counts
    theoretical: float


def ranking(positive: np.ndarray, scores: np.ndarray) -> Ranking:
    """Count rows at every threshold that makes a difference.

    Parameters
    ----------
    positive : ndarray of shape (n,), bool
    scores : ndarray of shape (n,)

    Raises
    ------
    InputError
        If a score is not finite.
    """
    positive, scores = _checked(positive, scores)
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(positive[order], dtype=np.int64)
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)])
    total = int(positive.sum())
    caught = hits[last]
    return Ranking(
        np.append(np.inf, ranked[last]),
        np.append(0, caught),
        np.append(0, 1 + last - caught),
        total,
        len(scores) - total,
    )


def roc_curve(positive: np.ndarray, scores: np.ndarray, drop_intermediate: bool = True) -> RocCurve:
    """The receiver operating characteristic of a score.

    Parameters
    ----------
    positive : ndarray of shape (n,), bool
    scores : ndarray of shape (n,)
    drop_intermediate : bool
        Leave out points on a straight line between others.

    Raises
    ------
    InputError
        If a score is not finite.
    """
    found = ranking(positive, scores)
    hits, alarms, thresholds = found.true_positives, found.false_positives, found.thresholds
    if drop_intermediate and len(hits) > 3:
        # The point at infinity is no part of the lines.
        corner = (np.diff(hits[1:], 2) != 0) | (np.diff(alarms[1:], 2) != 0)
        kept = np.concatenate([[True, True], corner, [True]])
        hits, alarms, thresholds = hits[kept], alarms[kept], thresholds[kept]
    x, y = _share(alarms, found.negatives), _share(hits, found.positives)
    area = float("nan") if found.reason else float(np.trapezoid(y, x))
    return RocCurve(x, y, thresholds, area, found.reason)


def precision_recall_curve(positive: np.ndarray, scores: np.ndarray) -> PrecisionRecallCurve:
    """Precision and recall at every threshold.

    Raises
    ------
    InputError
        If a score is not finite.
    """
    found = ranking(positive, scores)
    hits = found.true_positives[:0:-1]
    precision = np.append(hits / (hits + found.false_positives[:0:-1]), 1.0)
    recall = np.append(_share(hits, found.positives), 0.0)
    average = float(-np.sum(np.diff(recall) * precision[:-1])) if found.positives else np.nan
    reason = "" if found.positives else found.reason
    return PrecisionRecallCurve(precision, recall, found.thresholds[:0:-1], average, reason)


def counts_at(positive: np.ndarray, scores: np.ndarray, threshold: float) -> Counts:
    """How the rows fall where scores from `threshold` on are called positive.

    Raises
    ------
    InputError
        If a score is not finite, or the threshold not a number.
    """
    positive, scores = _checked(positive, scores)
    if np.isnan(threshold):
        raise InputError("not a number", field="threshold", allowed="a number, or infinity")
    called = scores >= threshold
    hits, alarms = int((called & positive).sum()), int((called & ~positive).sum())
    total = int(positive.sum())
    return Counts(hits, alarms, total - hits, len(scores) - total - alarms)


def cost_curve(
    positive: np.ndarray, scores: np.ndarray, false_positive: float, false_negative: float
) -> CostCurve:
    """What each threshold costs a row on average, and which costs least.

    Parameters
    ----------
    positive : ndarray of shape (n,), bool
        At least one row.
    scores : ndarray of shape (n,)
    false_positive, false_negative : float
        The cost of one error of each kind.

    Raises
    ------
    InputError
        If there are no rows, a score is not finite, or the costs are none.
    """
    theoretical = theoretical_threshold(false_positive, false_negative)
    found = ranking(positive, scores)
    rows = found.positives + found.negatives
    if not rows:
        raise InputError("there are no samples to count errors on")
    missed = found.positives - found.true_positives
    costs = (false_positive * found.false_positives + false_negative * missed) / rows
    best = int(np.argmin(costs))
    return CostCurve(
        found.thresholds,
        costs,
        float(found.thresholds[best]),
        float(costs[best]),
        found.at(best),
        theoretical,
    )


def theoretical_threshold(false_positive: float, false_negative: float) -> float:
    """The probability from which saying yes costs less on average (Elkan 2001).

    Raises
    ------
    InputError
        If a cost is negative or not finite, or both are 0.
    """
    _require_costs(false_positive, false_negative)
    total = false_positive + false_negative
    if not total:
        raise InputError("errors that cost nothing need no threshold", field="costs", value=0.0)
    return false_positive / total


def one_against_rest(
    truth: np.ndarray, scores: np.ndarray, curve: Callable[[np.ndarray, np.ndarray], Curve]
) -> tuple[Curve, ...]:
    """A curve for each class, its rows against all the others.

    Parameters
    ----------
    truth : ndarray of shape (n,), int
    scores : ndarray of shape (n, classes)
        A column of scores or probabilities for each class.
    curve : callable
        `roc_curve`, `precision_recall_curve`, or another of who is positive and the scores.
    """
    return tuple(curve(truth == k, scores[:, k]) for k in range(scores.shape[1]))


def macro_mean(values: list[float]) -> float:
    """The plain mean over classes, of areas say; NaN where one of them is, as none may be left out.

    Examples
    --------
    >>> macro_mean([1.0, 0.5])
    0.75
    """
    return float(np.mean(values)) if values else float("nan")


def _checked(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    positive, scores = np.asarray(positive, bool), np.asarray(scores, np.float64)
    if positive.shape != scores.shape or scores.ndim != 1:
        raise ValueError(f"classes have shape {positive.shape}, scores {scores.shape}")
    if not np.isfinite(scores).all():
        wrong = int((~np.isfinite(scores)).sum())
        raise InputError(
            f"{wrong} of {len(scores)} scores are not finite", field="scores",
            allowed="finite numbers",
        )  # fmt: skip
    return positive, scores


def _share(part: np.ndarray, total: int) -> np.ndarray:
    return part / total if total else np.full(len(part), np.nan)


def _require_costs(false_positive: float, false_negative: float) -> None:
    for name, cost in (("false_positive", false_positive), ("false_negative", false_negative)):
        if not (np.isfinite(cost) and cost >= 0):
            raise InputError("no cost", field=name, value=cost, allowed="0 or a number above it")
