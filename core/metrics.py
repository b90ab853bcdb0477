"""Metrics of a model on a part of the data, with counts and 95 % intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.losses import Loss

NORMAL_95 = 1.959963984540054


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); (0, 1) when nothing was counted.

    Examples
    --------
    >>> [round(end, 2) for end in wilson(121, 125)]
    [0.92, 0.99]
    """
    if not total:
        return 0.0, 1.0
    z2 = NORMAL_95**2
    share = hits / total
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = NORMAL_95 * sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a model does on one part of the data.

    Attributes
    ----------
    rows : int
    loss : float
        Mean data loss without penalty, in the loss's own (scaled) units.
    metrics : dict of str to float or None
        accuracy, balanced_accuracy, log_loss; or r2, rmse, mae in the target's units.
    correct : int or None
        How many classes were right.
    wrong : ndarray of bool, shape (rows,), or None
    confusion : ndarray of shape (classes, classes) or None
        Rows are the true classes, columns the predicted ones.
    """

    rows: int
    loss: float
    metrics: dict[str, float | None]
    correct: int | None = None
    wrong: np.ndarray | None = None
    confusion: np.ndarray | None = None

    @property
    def headline(self) -> float:
        """Accuracy, or R² for numbers."""
        value = self.metrics.get("accuracy", self.metrics.get("r2"))
        return float("nan") if value is None else value

    @property
    def interval(self) -> tuple[float, float] | None:
        """The accuracy's 95 % interval; None for numbers."""
        return None if self.correct is None else wilson(self.correct, self.rows)

    def text(self) -> str:
        """E.g. ``96.8 % (121 of 125: 92-99 %)`` or ``R² 0.912``."""
        if self.correct is None:
            value = self.metrics["r2"]
            if value is None:
                return "R² –"
            return f"R² {value:.3f}" if value > -1000 else "R² below −1000"
        low, high = wilson(self.correct, self.rows)
        share = 100 * self.correct / self.rows if self.rows else float("nan")
        return f"{share:.1f} % ({self.correct} of {self.rows}: {100 * low:.0f}–{100 * high:.0f} %)"


def predicted_classes(scores: np.ndarray) -> np.ndarray:
    """The class of each row: the argmax, for one score whether it is above 0."""
    if scores.shape[1] == 1:
        return (scores[:, 0] > 0).astype(np.int64)
    return scores.argmax(axis=1)


def class_metrics(
    truth: np.ndarray, scores: np.ndarray, loss: Loss, classes: int
) -> tuple[dict[str, float | None], np.ndarray]:
    """Metrics and the confusion matrix of class predictions.

    Parameters
    ----------
    truth : ndarray of int, shape (rows,)
    scores : ndarray of shape (rows, outputs)
    loss : Loss
        Says whether scores are probabilities; log_loss is None where they are not.
    classes : int
    """
    guess = predicted_classes(scores)
    confusion = np.bincount(truth * classes + guess, minlength=classes**2)
    confusion = confusion.reshape(classes, classes)
    support = confusion.sum(axis=1)
    there = support > 0
    recall = np.diag(confusion)[there] / support[there]
    accuracy = float(np.diag(confusion).sum() / len(truth)) if len(truth) else None
    metrics = {
        "accuracy": accuracy,
        "balanced_accuracy": float(recall.mean()) if len(recall) else None,
        "log_loss": log_loss(truth, loss.probabilities(scores)),
    }
    return metrics, confusion


def log_loss(truth: np.ndarray, probabilities: np.ndarray | None) -> float | None:
    """Mean of -log p(true class), p normalised and kept off 0 by float64's epsilon."""
    if probabilities is None or not len(truth):
        return None
    p = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    p = p / probabilities.sum(axis=1, dtype=np.float64)
    return float(-np.log(np.clip(p, np.finfo(np.float64).eps, 1.0)).mean())


def number_metrics(truth: np.ndarray, guess: np.ndarray) -> dict[str, float | None]:
    """r2, rmse and mae; r2 is None where the truth does not vary."""
    if not len(truth):
        return {"r2": None, "rmse": None, "mae": None}
    miss = guess.astype(np.float64) - truth
    spread = float(((truth - truth.mean()) ** 2).sum())
    return {
        "r2": 1.0 - float(miss.dot(miss)) / spread if spread else None,
        "rmse": sqrt(float(miss.dot(miss)) / len(miss)),
        "mae": float(np.abs(miss).mean()),
    }
