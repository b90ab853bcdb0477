"""What a drawing begins with: the points in force, or the samples on screen."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.problem import Problem
from core.settings.problem import FARTHEST, FEWEST_POINTS, MOST_DRAWN_CLASSES, MOST_POINTS

Point = tuple[float, float, int]


def points_of(problem: Problem | None) -> tuple[Point, ...]:
    """The samples of a run as points; none where they are no classes in a plane, or too many."""
    if problem is None:
        return ()
    data = problem.dataset
    plane = [column.kind for column in data.columns] == ["number", "number"]
    if not (plane and data.classification and len(data.class_names) <= MOST_DRAWN_CLASSES):
        return ()
    inputs = np.asarray(data.inputs)
    if not (FEWEST_POINTS <= len(data) <= MOST_POINTS and (np.abs(inputs) <= FARTHEST).all()):
        return ()
    return tuple(
        (x1, x2, number)
        for (x1, x2), number in zip(inputs.tolist(), data.target.tolist(), strict=True)
    )


def starting_data(session: Any) -> dict[str, Any]:
    """The fields of [data] that a drawing begins with; no points where there are none to take."""
    data, problem = session.experiment.data, session.problem
    if data.points is not None:
        return {"points": data.points, "class_names": data.class_names}
    points = points_of(problem)
    return {"points": points, "class_names": problem.dataset.class_names if points else None}
