"""What an explanation is made of: immutable things, so that any thread may ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.checks import Check
from core.explain.epoch_so_far import EpochSoFar
from core.loop import LearningLoop
from core.network.kernel import NumpyKernel, Structure
from core.problem import Problem
from core.record import TurnRecord, frozen
from core.stages import Stage


@dataclass(frozen=True, eq=False)
class Context:
    """Everything that explanations of a turn need; nothing of it is ever written.

    Parameters
    ----------
    record : TurnRecord
    problem : Problem
        With the loss that was in force in that turn.
    previous : TurnRecord, optional
        The turn before.
    check : Check, optional
        The newest look at train and validation.
    effect : tuple of (float, float), optional
        The whole training loss before and after this turn's update.
    watched, worsened : int
        How many turns were stepped in the slow gear, and how many of them made the whole
        training loss worse.
    theta : ndarray, optional
        The loop's parameters as they are now.
    epoch : EpochSoFar, optional
        What the history knows of the turn's epoch.
    """

    record: TurnRecord
    problem: Problem
    previous: TurnRecord | None = None
    check: Check | None = None
    effect: tuple[float, float] | None = None
    watched: int = 0
    worsened: int = 0
    theta: np.ndarray | None = None
    epoch: EpochSoFar | None = None

    @classmethod
    def of(cls, loop: LearningLoop, record: TurnRecord | None = None) -> Context:
        """The context of a record, by default the newest; raises `ValueError` before turn 1."""
        record = record or loop.record
        if record is None:
            raise ValueError("no turn has been made yet")
        problem = loop.problem
        if record.settings.loss != loop.settings.loss:
            problem = problem.with_loss(record.settings.loss)
        return cls(
            record,
            problem,
            loop.previous if record is loop.record else None,
            loop.last_check,
            loop.effects.get(record.turn),
            len(loop.effects),
            loop.worsened,
            frozen(loop.learner.kernel.theta),
            EpochSoFar.of(loop, record),
        )

    @classmethod
    def at(cls, loop: LearningLoop, stage: Stage) -> Context:
        """The context of the last turn that did a stage, a failed one included.

        Stage 9 can be had before the first turn too; any other raises `ValueError` then.
        """
        if loop.failure is not None and loop.failure.record.done >= stage:
            return cls.of(loop, loop.failure.record)
        record = loop.record if stage is Stage.EVALUATE else loop.record_of(stage)
        if record is None and stage is Stage.EVALUATE:
            record = _no_turn(loop)
        return cls.of(loop, record)

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """The hidden layers' activations."""
        return activations_of(self.record)


def _no_turn(loop: LearningLoop) -> TurnRecord:
    """A record without a batch, that stands for the parameters as they are."""
    problem, kernel = loop.problem, loop.learner.kernel
    nobody = np.zeros(0, np.int64)
    theta = frozen(kernel.theta)
    return TurnRecord(
        turn=loop.update,
        epoch=loop.epoch,
        place=loop.place,
        size=len(problem.parts.train),
        layout=loop.learner.layout,
        settings=loop.settings,
        done=Stage.REPRESENT,
        rows=frozen(nobody),
        x=frozen(problem.inputs(nobody)),
        y=frozen(problem.y[nobody]),
        vote=frozen(kernel.theta[:0]),
        theta=theta,
        slots=frozen(kernel.slots),
        count=loop.learner.count,
        theta_after=theta,
    )


def activations_of(record: TurnRecord) -> tuple[str, ...]:
    """The hidden layers' activations."""
    name, hidden = record.settings.model.activation, record.layout.layers - 1
    return (name,) * hidden if isinstance(name, str) else tuple(name)


def kernel_of(context: Context, dtype: str, dropout: bool) -> NumpyKernel:
    """A kernel of one's own that computes what the turn's did, at the turn's parameters."""
    record, problem = context.record, context.problem
    kernel = NumpyKernel(
        Structure(
            record.layout,
            context.activations,
            problem.loss.name,
            problem.delta,
            record.settings.model.dropout if dropout else 0.0,
            dtype,
        )
    )
    kernel.theta[:] = record.theta
    return kernel
