"""Class by class: what is found, what is mistaken, and agreement beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np


@dataclass(frozen=True)
class Means:
    """Precision, recall and F1 over the classes."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, eq=False)
class ClassReport:
    """The metrics of a confusion matrix; a share of nothing is 0.

    Attributes
    ----------
    precision, recall, f1 : ndarray of shape (classes,)
    support : ndarray of shape (classes,), int64
        Rows of each true class.
    macro, weighted : Means
        Plain, and by support.
    accuracy, balanced_accuracy : float
        The latter is the mean recall of the classes that occur; both NaN without rows.
    matthews : float
        Correlation of truth and prediction (Gorodkin 2004); 0 where either does not vary.
    kappa : float
        Agreement beyond chance (Cohen 1960); NaN where chance alone agrees always.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    macro: Means
    weighted: Means
    accuracy: float
    balanced_accuracy: float
    matthews: float
    kappa: float


def class_report(confusion: np.ndarray) -> ClassReport:
    """All metrics of a confusion matrix.

    Parameters
    ----------
    confusion : ndarray of shape (classes, classes), int
        Rows are the true classes, columns the predicted ones.
    """
    hits = np.diag(confusion).astype(np.float64)
    support, called = confusion.sum(axis=1), confusion.sum(axis=0)
    recall, precision = _share(hits, support), _share(hits, called)
    f1 = _share(2 * hits, support + called)
    rows = int(support.sum())
    there = support > 0
    weights = _share(support.astype(np.float64), np.full(len(support), rows))
    return ClassReport(
        precision,
        recall,
        f1,
        support,
        Means(*(float(values.mean()) for values in (precision, recall, f1))),
        Means(*(float(values.dot(weights)) for values in (precision, recall, f1))),
        float(hits.sum() / rows) if rows else float("nan"),
        float(recall[there].mean()) if rows else float("nan"),
        matthews(confusion),
        kappa(confusion),
    )


def matthews(confusion: np.ndarray) -> float:
    """Matthews' correlation coefficient for any number of classes, in [-1, 1]."""
    truth, guess = confusion.sum(axis=1, dtype=np.float64), confusion.sum(axis=0, dtype=np.float64)
    rows = truth.sum()
    together = np.trace(confusion) * rows - truth.dot(guess)
    apart = (rows**2 - guess.dot(guess)) * (rows**2 - truth.dot(truth))
    return float(together / sqrt(apart)) if apart else 0.0


def kappa(confusion: np.ndarray) -> float:
    """Cohen's kappa: 1 minus the errors as a share of those that chance would make."""
    truth, guess = confusion.sum(axis=1, dtype=np.float64), confusion.sum(axis=0, dtype=np.float64)
    rows = truth.sum()
    by_chance = rows - truth.dot(guess) / rows if rows else 0.0
    return float(1 - (rows - np.trace(confusion)) / by_chance) if by_chance else float("nan")


def _share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    """`part` / `total`, 0 where there is nothing to take a share of."""
    return np.divide(part, total, out=np.zeros(len(part)), where=total > 0)
