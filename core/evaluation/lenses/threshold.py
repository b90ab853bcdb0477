"""Stage 9: who is called positive at which threshold, on samples that were not learned from."""

from __future__ import annotations

import numpy as np

from core.evaluation.threshold import precision_recall_curve, roc_curve
from core.explain.case import ArrayTable, Case
from core.explain.lenses.unseen import Unseen
from core.problem import Problem


def threshold(case: Case) -> ArrayTable:
    """One class against the rest: the class asked for, else the second one.

    Rows whose score is not finite are left out. For numbers there is nothing but ``classes``.

    Returns
    -------
    dict
        ``classes``; ``kind``, the class; ``scores`` (n,), falling, and ``positive`` (n,), whether
        the row is of the class; ``chance``, whether scores are probabilities; ``present``, the
        threshold that the model's own guess has; ``broken``, how many rows were left out;
        ``looked``, ``size`` and ``validation`` as in `Unseen.arrays`. Where there are rows of both
        kinds also ``false_alarm_rate``, ``found_rate`` and ``roc_thresholds`` (t,), by falling
        threshold, the first just above every score; ``roc_area``; ``recall``, ``precision`` and
        ``recall_thresholds`` (u,), by falling threshold too; ``average_precision``.
    """
    problem = case.problem
    if not problem.classes:
        return {"classes": np.asarray(0)}
    seen = Unseen.of(case)
    kind = min(1 if case.asked.kind is None else case.asked.kind, problem.classes - 1)
    scores, chance = class_scores(problem, seen.scores, kind)
    good = np.isfinite(scores)
    scores, positive = scores[good], (seen.truth == kind)[good]
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    arrays = {
        "classes": np.asarray(problem.classes),
        "kind": np.asarray(kind),
        "scores": scores,
        "positive": positive,
        "chance": np.asarray(chance),
        "present": np.asarray(0.5 if chance else 0.0),
        "broken": np.asarray(len(good) - len(scores)),
    } | seen.arrays()
    return arrays | (_curves(positive, scores) if 0 < positive.sum() < len(scores) else {})


def class_scores(problem: Problem, scores: np.ndarray, kind: int) -> tuple[np.ndarray, bool]:
    """What speaks for a class in each row, (n,), and whether that is a probability."""
    shares = problem.loss.probabilities(scores)
    if shares is not None:
        return shares[:, kind].astype(np.float64), True
    if problem.outputs == 1:
        return (scores[:, 0] if kind else -scores[:, 0]).astype(np.float64), False
    return scores[:, kind].astype(np.float64), False


def _curves(positive: np.ndarray, scores: np.ndarray) -> ArrayTable:
    roc, rates = roc_curve(positive, scores), precision_recall_curve(positive, scores)
    above = np.nextafter(scores[0], np.inf)
    return {
        "false_alarm_rate": roc.false_positive_rate,
        "found_rate": roc.true_positive_rate,
        "roc_thresholds": np.append(above, roc.thresholds[1:]),
        "roc_area": np.asarray(roc.area),
        "recall": rates.recall[::-1].copy(),
        "precision": rates.precision[::-1].copy(),
        "recall_thresholds": np.append(above, rates.thresholds[::-1]),
        "average_precision": np.asarray(rates.average_precision),
    }
