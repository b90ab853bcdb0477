"""A lens of a loop in one call."""

from __future__ import annotations

from core.evaluation.lenses import LENSES
from core.explain.case import NOTHING_ASKED, ArrayTable, Asked, Case
from core.explain.context import Context
from core.loop import LearningLoop


def case_of(
    loop: LearningLoop,
    name: str,
    row: int | None = None,
    unit: tuple[int, int] | None = None,
    parameter: int | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Case:
    """The case that a lens is given; by default of the batch's first sample."""
    context = Context.at(loop, LENSES[name].stage)
    rows = context.record.rows if len(context.record.rows) else loop.problem.parts.train
    return Case(context, int(rows[0]) if row is None else row, unit, parameter, asked)


def look(
    loop: LearningLoop,
    name: str,
    row: int | None = None,
    unit: tuple[int, int] | None = None,
    parameter: int | None = None,
    asked: Asked = NOTHING_ASKED,
) -> ArrayTable:
    return LENSES[name](case_of(loop, name, row, unit, parameter, asked))
