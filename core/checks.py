"""Stage 9: how the model does on each part of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.history import Curves
from core.learners.network import NetworkLearner
from core.metrics import Evaluation
from core.problem import CHECK_ROWS
from core.seeds import stream

CHECK_EVERY = 1000
SERIES = ("train_loss", "validation_loss", "train_metric", "validation_metric", "ratio")
CHUNK = 2**22  # numbers in the activations of as many rows as are looked at together


@dataclass(frozen=True, eq=False)
class Check:
    """Train and validation at one update; `sampled` when large parts were not looked at whole."""

    update: int
    train: Evaluation
    validation: Evaluation
    sampled: bool = False


class Examiner:
    """Evaluates a learner on the parts of its problem; changes nothing.

    Parameters
    ----------
    learner : NetworkLearner
    seed : int
        The data seed, from which the fixed sample of a large part is drawn.
    """

    def __init__(self, learner: NetworkLearner, seed: int) -> None:
        self.learner = learner
        self.seed = seed
        self._samples: dict[str, np.ndarray] = {}

    def rows(self, part: str, whole: bool = False) -> np.ndarray:
        """The rows that stand for a part: all, or a fixed sample of `CHECK_ROWS`."""
        rows = self.learner.problem.rows(part)
        if whole or len(rows) <= CHECK_ROWS:
            return rows
        if part not in self._samples:
            rng = stream(self.seed, f"check {part}")
            self._samples[part] = np.sort(rng.choice(rows, CHECK_ROWS, replace=False))
        return self._samples[part]

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Scores (rows, outputs), without dropout."""
        problem = self.learner.problem
        scores = np.empty((len(rows), problem.outputs), problem.x.dtype)
        together = max(1, min(4096, CHUNK // sum(self.learner.layout.sizes)))
        for start in range(0, len(rows), together):
            chunk = rows[start : start + together]
            scores[start : start + len(chunk)] = self.learner.scores(problem.inputs(chunk))
        return scores

    def evaluate(self, part: str, whole: bool = True, plain: bool = False) -> Evaluation:
        """Loss and metrics on ``"train"``, ``"validation"`` or ``"test"``.

        Loss and R² are the kernel's own, to the last bit as in the history, unless `plain`: numpy's
        serve before the first turn, when nothing compiled need be there yet.
        """
        rows, problem, kernel = self.rows(part, whole), self.learner.problem, self.learner.kernel
        look = (problem.x, problem.y, problem.weight, problem.labels, rows, problem.spread(rows))
        own = None if plain else kernel.look(*look)
        with np.errstate(all="ignore"):
            found = problem.evaluate(rows, self.scores(rows) if own is None else own[2])
        if own is None:
            return found
        metrics = found.metrics
        if metrics.get("r2") is not None:
            metrics = metrics | {"r2": own[1]}
        return replace(found, loss=own[0], metrics=metrics)

    def look(self, update: int, whole: bool = False) -> Check:
        """Train and validation as they are now."""
        parts = ("train", "validation")
        train, validation = (self.evaluate(part, whole, plain=not update) for part in parts)
        problem = self.learner.problem
        large = max(len(problem.parts.train), len(problem.parts.validation)) > CHECK_ROWS
        return Check(update, train, validation, large and not whole)

    def record(self, check: Check, curves: Curves) -> None:
        """Add a check to the history."""
        ratio = self.learner.kernel.ratio() if check.update else float("nan")
        row = (
            check.train.loss,
            check.validation.loss,
            check.train.headline,
            check.validation.headline,
            ratio,
        )
        curves.append(np.array([check.update]), np.array([row]))
