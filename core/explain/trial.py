"""What the model makes of an object that is in no data set: drawn, typed, or made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.loop import LearningLoop
from core.metrics import predicted_classes

Value = float | str | None


@dataclass(frozen=True, eq=False)
class Trial:
    """An object and the model's answer to it.

    Parameters
    ----------
    values : tuple
        One for each column: a number, a category, a text, or None for what is missing.
    x : ndarray of shape (features,), float64
        The vector that it becomes.
    scores : ndarray of shape (outputs,), float64
    shares : ndarray of shape (classes,) or None
        Probabilities, where the loss has them.
    guess : float
        The class's number, or the number in the target's own unit.
    """

    values: tuple[Value, ...]
    x: np.ndarray
    scores: np.ndarray
    shares: np.ndarray | None
    guess: float


def try_object(loop: LearningLoop, values: Sequence[Value]) -> Trial:
    """Represent an object as the training part is, and have the present model answer.

    Raises
    ------
    InputError
        If there is not one value for each column, or one of another kind.
    """
    problem = loop.problem
    x = problem.representation.apply([values])
    scores = loop.learner.scores(x.astype(problem.x.dtype)).astype(np.float64)
    if problem.classes:
        shares = problem.loss.probabilities(scores)
        guess = float(predicted_classes(scores)[0])
    else:
        shares = None
        guess = float(problem.representation.inverse_target(scores[:, 0])[0])
    found = Trial(tuple(values), x[0], scores[0], None if shares is None else shares[0], guess)
    for array in (found.x, found.scores, found.shares):
        if array is not None:
            array.setflags(write=False)
    return found
