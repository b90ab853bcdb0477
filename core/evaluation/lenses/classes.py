"""Stage 9: how the model does on each class, and which samples it gets wrong there."""

from __future__ import annotations

import numpy as np

from core.evaluation.classes import class_report
from core.explain.case import ArrayTable, Case
from core.explain.lenses.crowd import worst_first
from core.explain.lenses.unseen import Unseen
from core.metrics import class_metrics, predicted_classes

EXAMPLES = 20


def classes(case: Case) -> ArrayTable:
    """Precision, recall and F1 of each class; for numbers there is nothing but ``classes``.

    Returns
    -------
    dict
        ``classes``; ``precision``, ``recall``, ``f1``, ``support`` and ``called`` (how many are
        taken for the class), (K,); ``order`` (K,), the lowest F1 first, classes of no sample last;
        ``macro`` and ``weighted``, each precision, recall and F1 over the classes; ``examples``
        (K, 20), rows that are of the class or are taken for it, wrongly, the dearest first, then
        -1; ``missed`` (K, 20), whether that row is of the class; ``accuracy``; ``looked``,
        ``size`` and ``validation`` as in `Unseen.arrays`.
    """
    problem = case.problem
    if not problem.classes:
        return {"classes": np.asarray(0)}
    seen, count = Unseen.of(case), problem.classes
    guess, truth = predicted_classes(seen.scores), seen.truth
    _, confusion = class_metrics(truth, seen.scores, problem.loss, count)
    found = class_report(confusion)
    prices = problem.loss.sample_losses(seen.scores, problem.y[seen.rows], problem.delta)
    order = worst_first(prices)
    order = order[guess[order] != truth[order]]
    examples, missed = np.full((count, EXAMPLES), -1), np.zeros((count, EXAMPLES), bool)
    for kind in range(count):
        own = order[(truth[order] == kind) | (guess[order] == kind)][:EXAMPLES]
        examples[kind, : len(own)] = seen.rows[own]
        missed[kind, : len(own)] = truth[own] == kind
    means = {
        name: np.array([mean.precision, mean.recall, mean.f1])
        for name, mean in (("macro", found.macro), ("weighted", found.weighted))
    }
    return {
        "classes": np.asarray(count),
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "support": found.support.copy(),
        "called": confusion.sum(axis=0),
        "order": np.lexsort((found.f1, found.support == 0)),
        **means,
        "examples": examples,
        "missed": missed,
        "accuracy": np.asarray(found.accuracy),
    } | seen.arrays()
