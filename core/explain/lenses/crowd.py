"""The samples that a picture of many shows: a fixed choice, and the one in hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain.case import ArrayTable, Case
from core.seeds import stream

SHOWN = 300


@dataclass(frozen=True, eq=False)
class Crowd:
    """Up to `SHOWN` training samples, the same at every turn, and the sample in hand.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        The sample in hand stands last if it is not one of the choice.
    training : int
        How many of them, from the first, are the fixed choice.
    chosen : int
        Where in `rows` the sample in hand stands.
    """

    rows: np.ndarray
    training: int
    chosen: int

    @classmethod
    def of(cls, case: Case) -> Crowd:
        rows = some_rows(case, case.problem.parts.train, SHOWN)
        at = np.flatnonzero(rows == case.sample.row)
        if len(at):
            return cls(rows, len(rows), int(at[0]))
        return cls(np.append(rows, case.sample.row), len(rows), len(rows))

    def arrays(self, case: Case) -> ArrayTable:
        """Who they are: ``rows``, ``source_rows``, ``classes``, ``chosen``, ``in_batch``."""
        dataset = case.problem.dataset
        return {
            "rows": self.rows.copy(),
            "source_rows": dataset.rows[self.rows],
            "classes": dataset.target[self.rows],
            "chosen": np.asarray(self.chosen),
            "in_batch": np.isin(self.rows, case.record.rows),
        }


def some_rows(case: Case, rows: np.ndarray, most: int) -> np.ndarray:
    """All of `rows`, or a sorted choice of `most` that depends on the data's seed alone."""
    if len(rows) <= most:
        return rows
    rng = stream(case.record.settings.data_seed, "crowd")
    return np.sort(rng.choice(rows, most, replace=False))


def worst_first(prices: np.ndarray) -> np.ndarray:
    """The order from the largest to the smallest; what is not a number counts as infinite."""
    return np.argsort(-np.where(np.isnan(prices), np.inf, prices), kind="stable")
