"""What each stage did, in a sentence and named arrays: one explanation for window and trace."""

from __future__ import annotations

from collections.abc import Callable

from core.explain.backward import backpropagate, gradients
from core.explain.case import Case, StageExplanation, Unit
from core.explain.context import Context
from core.explain.forward import predict, represent, transform
from core.explain.objective import Nudges, Objective, nudged_gradient, step_effect
from core.explain.onward import evaluate, iterate, update
from core.explain.price import measure
from core.explain.sample import Sample, sample_index, sample_of
from core.loop import LearningLoop
from core.stages import Stage

__all__ = [
    "Context",
    "Nudges",
    "Objective",
    "Sample",
    "StageExplanation",
    "explain",
    "explain_stage",
    "nudged_gradient",
    "sample_index",
    "sample_of",
    "step_effect",
]

EXPLAINERS: dict[Stage, Callable[[Case], StageExplanation]] = {
    Stage.REPRESENT: represent,
    Stage.TRANSFORM: transform,
    Stage.PREDICT: predict,
    Stage.LOSS: measure,
    Stage.GRADIENTS: gradients,
    Stage.BACKPROPAGATE: backpropagate,
    Stage.UPDATE: update,
    Stage.ITERATE: iterate,
    Stage.EVALUATE: evaluate,
}


def explain(
    source: LearningLoop | Context,
    row: int,
    unit: Unit | None = None,
    parameter: int | None = None,
) -> list[StageExplanation]:
    """Every stage of a turn that is done, in order, and the newest stage 9.

    Parameters
    ----------
    source : LearningLoop or Context
        Of a loop, its turn in hand or the last one.
    row : int
        A sample by its place in the data's arrays, in the batch or not; `sample_index` finds a
        row of the source.
    unit : tuple of (int, int), optional
        Layer and unit, from 0.
    parameter : int, optional
        Place in the flat vector.

    Raises
    ------
    InputError
        If there is no such sample.
    ValueError
        Before the first turn.
    """
    context = source if isinstance(source, Context) else Context.of(source)
    case = Case(context, row, unit, parameter)
    done = [stage for stage in Stage if stage <= context.record.done]
    if context.check is not None and Stage.EVALUATE not in done:
        done.append(Stage.EVALUATE)
    return [EXPLAINERS[stage](case) for stage in done]


def explain_stage(
    source: LearningLoop | Context,
    stage: Stage,
    row: int,
    unit: Unit | None = None,
    parameter: int | None = None,
) -> StageExplanation:
    """One stage alone; see `explain`.

    Of a loop, the last turn that did the stage. Raises `ValueError` where none has.
    """
    context = source if isinstance(source, Context) else Context.at(source, stage)
    if stage is not Stage.EVALUATE and context.record.done < stage:
        raise ValueError(f"turn {context.record.turn} has not done stage {int(stage)} yet")
    return EXPLAINERS[stage](Case(context, row, unit, parameter))
