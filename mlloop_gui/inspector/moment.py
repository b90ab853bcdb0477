"""What an inspector looks at: one stage's record, its explanation, and the sample in hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.explain import Context, StageExplanation
from core.losses import LOSSES, Loss
from core.problem import Problem
from core.record import TurnRecord
from core.stages import Stage
from mlloop_gui.inspector.shown import Shown
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme

if TYPE_CHECKING:
    from mlloop_gui.frames import Frame

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, eq=False)
class Moment:
    """A stage as a frame shows it.

    Attributes
    ----------
    frame : Frame
    stage : Stage
    record : TurnRecord or None
        Of the last turn that did the stage.
    explanation : StageExplanation or None
        Of this stage and the sample in hand; None until it has been made.
    half : int or None
        The layer just done, where the stage is stepped layer by layer and not done yet.
    """

    frame: Frame
    stage: Stage
    record: TurnRecord | None
    explanation: StageExplanation | None
    half: int | None = None

    @staticmethod
    def of(frame: Frame, stage: Stage) -> Moment:
        """Return what a frame shows of a stage."""
        record = frame.record_of(stage)
        if stage is Stage.EVALUATE:
            # It looks at the parameters as they are, and has no record of its own.
            record = frame.failure.record if frame.failure else frame.record
        position = frame.position
        if position.layer and frame.next_stage is stage and not frame.failure:
            layers, done = frame.layout.layers, position.layer
            layer = done - 1 if stage is Stage.TRANSFORM else layers - done
            return Moment(frame, stage, frame.record, None, layer)
        told = frame.explanations.get(stage)
        if stage is Stage.EVALUATE and told and told.arrays["update"] != frame.check.update:
            # A frame without explanations keeps those of the one before.
            told = None
        return Moment(frame, stage, record, told)

    @property
    def problem(self) -> Problem:
        return self.frame.problem

    @property
    def turn(self) -> TurnRecord:
        """The record, where there must be one."""
        assert self.record is not None
        return self.record

    @property
    def older(self) -> bool:
        """Whether a newer turn has begun than the one recorded."""
        return self.record is not None and self.record.turn < newest_turn(self.frame)

    @property
    def sample(self) -> int:
        """The picked row of the data."""
        return self.frame.sample

    @property
    def place(self) -> int | None:
        """Where the sample stands in the recorded batch; None outside it."""
        return place_in(self.record, self.sample)

    @property
    def problem_then(self) -> Problem:
        """The problem with the loss that was in force in the recorded turn."""
        settings = self.turn.settings.loss
        unchanged = settings == self.frame.settings.loss
        return self.problem if unchanged else self.problem.with_loss(settings)

    @property
    def loss(self) -> Loss:
        """The loss that was in force in the recorded turn."""
        name = self.turn.settings.loss.name or self.problem.dataset.suggested_loss
        return LOSSES[name]

    @cached_property
    def context(self) -> Context:
        """What explanations of the recorded turn stand on."""
        return Context(self.turn, self.problem_then)

    @cached_property
    def shown(self) -> Shown:
        """The batch's arrays, or those of a sample outside it."""
        return Shown.of(self)


def newest_turn(frame: Frame) -> int:
    """Return the number of the last turn that has begun, 0 before the first."""
    record = frame.failure.record if frame.failure else frame.record
    return record.turn if record is not None else 0


def place_in(record: TurnRecord | None, row: int) -> int | None:
    """Return the place of a row of the data in a record's batch, None outside it."""
    if record is None:
        return None
    places = np.flatnonzero(record.rows == row)
    return int(places[0]) if len(places) else None


def layer_name(letter: str, layer: int) -> str:
    """Return a layer's array as it is written: layer 0's weights are W¹."""
    return letter + str(layer + 1).translate(SUPERSCRIPTS)


def pale(theme: Theme) -> Theme:
    """Return the colours of a record that a newer turn has overtaken: paler, still legible."""

    def fade(color: str, share: float) -> str:
        return mix(color, theme.panel, share)

    return replace(
        theme,
        text=fade(theme.text, 0.34),
        muted=fade(theme.muted, 0.1),
        border=fade(theme.border, 0.3),
        accent=fade(theme.accent, 0.35),
        positive_fill=fade(theme.positive_fill, 0.55),
        negative_fill=fade(theme.negative_fill, 0.55),
        class_colors=tuple(fade(color, 0.5) for color in theme.class_colors),
    )
