"""A lens of a loop in one call."""

from __future__ import annotations

from core.explain.case import ArrayTable, Case
from core.explain.context import Context
from core.explain.lenses import LENSES
from core.loop import LearningLoop


def case_of(
    loop: LearningLoop,
    name: str,
    row: int | None = None,
    unit: tuple[int, int] | None = None,
    parameter: int | None = None,
) -> Case:
    """The case that a lens is given; by default of the batch's first sample."""
    context = Context.at(loop, LENSES[name].stage)
    rows = context.record.rows if len(context.record.rows) else loop.problem.parts.train
    return Case(context, int(rows[0]) if row is None else row, unit, parameter)


def look(
    loop: LearningLoop,
    name: str,
    row: int | None = None,
    unit: tuple[int, int] | None = None,
    parameter: int | None = None,
) -> ArrayTable:
    return LENSES[name](case_of(loop, name, row, unit, parameter))
