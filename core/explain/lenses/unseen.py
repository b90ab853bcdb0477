"""What the model says of samples that it has not learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.context import kernel_of
from core.explain.lenses.crowd import some_rows
from core.problem import CHECK_ROWS, Problem

PRODUCTS = 2_000_000_000


@dataclass(frozen=True, eq=False)
class Unseen:
    """The validation part (the training part if there is none), never the test.

    At the parameters as they are now, without dropout; of a large part a fixed choice.

    Attributes
    ----------
    problem : Problem
    rows : ndarray of int, shape (n,)
    scores : ndarray of shape (n, outputs)
    size : int
        Of the whole part.
    validation : bool
        Whether that is the part.
    """

    problem: Problem
    rows: np.ndarray
    scores: np.ndarray
    size: int
    validation: bool

    @classmethod
    def of(cls, case: Case) -> Unseen:
        record, problem = case.record, case.problem
        part = problem.parts.validation
        unseen = bool(len(part))
        part = part if unseen else problem.parts.train
        most = min(CHECK_ROWS, max(500, PRODUCTS // record.layout.parameters))
        rows = some_rows(case, part, most)
        scores = activations_of_now(case, problem.inputs(rows))[-1]
        return cls(problem, rows, scores, len(part), unseen)

    @property
    def truth(self) -> np.ndarray:
        """Class numbers, or numbers in the target's unit, (n,)."""
        return self.problem.dataset.target[self.rows]

    def arrays(self) -> ArrayTable:
        """How many were ``looked`` at, of the part's ``size``, and whether it is ``validation``."""
        return {
            "looked": np.asarray(len(self.rows)),
            "size": np.asarray(self.size),
            "validation": np.asarray(self.validation),
        }


def activations_of_now(case: Case, x: np.ndarray) -> list[np.ndarray]:
    """Each layer's output for represented inputs (n, features), at the parameters as they are."""
    record, context = case.record, case.context
    theta = next(t for t in (context.theta, record.theta_after, record.theta) if t is not None)
    return kernel_of(context, record.theta.dtype.name, False).activations(x, theta)
