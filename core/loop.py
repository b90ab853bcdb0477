"""The learning loop: nine stages, four step sizes, two gears, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.experiment import Change, weight_place
from core.position import Failure, Position
from core.record import TurnRecord
from core.stages import Stage, StepSize
from core.turns import Turns

__all__ = ["Failure", "LearningLoop", "Position"]


class LearningLoop(Turns):
    """One run of an experiment: forward, back, and live changes; see `Turns` for what it holds.

    A new loop stands after stage 9 of update 0. It is used by one thread at a time.
    """

    # -- what it has done ----------------------------------------------------------------------

    def batch_of(self, turn_in_epoch: int) -> np.ndarray:
        """Rows of a batch of the epoch at hand, counted from 0, at the present batch size."""
        size = self.settings.optimizer.batch_size
        return self._order.of(self._cursor)[turn_in_epoch * size : (turn_in_epoch + 1) * size]

    def record_of(self, stage: Stage) -> TurnRecord | None:
        """The record of the last turn that did `stage`; None before the first."""
        if self.record is not None and self.record.done >= stage:
            return self.record
        return self.previous

    @property
    def worsened(self) -> int:
        """How many of the stepped turns in `effects` made the whole training loss worse."""
        return sum(after > before for before, after in self.effects.values())

    # -- going back ----------------------------------------------------------------------------

    def step_back(self, size: StepSize = StepSize.STAGE) -> None:
        """To the nearest earlier stopping place of that size; nothing at update 0.

        After a failure: to the last good update.
        """
        if self.failure:
            self.failure = None
            return
        here = self.position
        if here == Position():
            return
        if size is StepSize.EPOCH:
            at_end = here.stage >= Stage.ITERATE and self.place == 0
            self.go_to(self.epoch_end(here.epoch - at_end))
        elif size is StepSize.UPDATE:
            self.go_to(here.update if here.stage < Stage.UPDATE else here.update - 1)
        else:
            self._one_stage_back(here, by_layer=size is StepSize.LAYER)

    def _one_stage_back(self, here: Position, by_layer: bool) -> None:
        layers = self.learner.layout.layers
        if here.layer:
            self._walk_to(here.update, here.stage, here.layer - 1 if by_layer else 0)
        elif by_layer and here.stage in (Stage.TRANSFORM, Stage.BACKPROPAGATE):
            self._walk_to(here.update, Stage(here.stage - 1), layers - 1)
        elif here.stage is Stage.REPRESENT:
            self.go_to(here.update)
        else:
            self._walk_to(here.update - (here.stage is Stage.UPDATE), Stage(here.stage - 1), 0)

    def _walk_to(self, update: int, stage: Stage, layer: int) -> None:
        """Stand where `update` updates are made, `stage` is just done, and `layer` layers."""
        self.go_to(update if stage < Stage.UPDATE else update - 1)
        while (self.update, self._stage) != (update, stage):
            self._stage_step()
        for _ in range(layer):
            self._stage_step(by_layer=True)

    def go_to(self, update: int) -> None:
        """Stand at the end of turn `update`, bit for bit as it was, its record at hand.

        Raises
        ------
        ValueError
            If the run never came that far.
        """
        if not 0 <= update <= self.head:
            raise ValueError(f"update {update} is not in 0..{self.head}")
        self.failure = None
        self._go_to(update)
        self.look()

    def stand_at(self, position: Position) -> None:
        """Go where a `position` of this run was noted, in mid-turn too, bit for bit."""
        self.failure = None
        self._go_to(position.update)
        if self.position != position:
            self._walk_to(position.update, position.stage, position.layer)
        self.look()

    def trajectory(self, most: int = 200) -> list[tuple[int, np.ndarray]]:
        """Parameters at the saved states up to here, thinned to `most`, and those of now.

        Only the network family has a flat vector of parameters.
        """
        saved = [c for c in self.checkpoints.saved if c.update < self.update]
        if len(saved) > most:
            places = np.linspace(0, len(saved) - 1, most).round().astype(int)
            saved = [saved[place] for place in places]
        return [(c.update, c.state[0]) for c in saved] + [(self.update, self.learner.state()[0])]

    # -- forks and events ----------------------------------------------------------------------

    def fork(self) -> LearningLoop:
        """Another run that stands where this one stands: the same past, and no future.

        It has the events up to here; checkpoints of the past are shared, not copied.
        """
        past = [c for c in self.experiment.change if c.update <= self.update]
        experiment = self.experiment.with_changes(past)
        problem = self.problem.with_loss(experiment.at(-1).loss)
        other = LearningLoop(experiment, problem, self.checkpoints.budget)
        other.checkpoints = self.checkpoints.fork(self.update)
        other.updates, other.checks = self.updates.copy(), self.checks.copy()
        other.effects, other.head = dict(self.effects), self.head
        other.seconds = self.seconds * self.update / max(1, self.head)
        other._drop_future(self.update)
        here = self.position
        if self.in_turn:
            other._walk_to(here.update, here.stage, here.layer)
        else:
            other._go_to(here.update)
        other.look()
        return other

    def rewrite(self, update: int, changes: tuple[Change, ...]) -> None:
        """Have these events, and no others, at an update and after it; stand at that update.

        The future after it is dropped, and its events with it.

        Raises
        ------
        InputError
            If an event is not possible; nothing has happened then.
        ValueError
            If the run never came that far.
        """
        if not 0 <= update <= self.head:
            raise ValueError(f"update {update} is not in 0..{self.head}")
        kept = [c for c in self.experiment.change if c.update < update]
        experiment = self.experiment.with_changes([*kept, *changes])
        self._require_possible(experiment, {c.update for c in changes})
        self.failure = None
        self._drop_future(update)
        self.experiment = experiment
        self._go_to(update)
        self._looked = False  # other parameters at the very same update
        self.look()

    def change(self, changes: list[tuple[str, Any]]) -> None:
        """Change live settings, weights or biases; the future after this place is dropped.

        In mid-turn a setting waits for the turn's end; a weight first goes back to the turn's
        start and holds at once.

        Raises
        ------
        InputError
            If a field cannot change live or a value is not allowed; nothing has happened then.
        """
        update = self.turn if self.in_turn else self.update
        is_edit = any(weight_place(path) for path, _ in changes)
        if is_edit and self.in_turn:
            update -= 1
        paths = {path for path, _ in changes}
        kept = [
            c
            for c in self.experiment.change
            if c.update < update or (c.update == update and c.field not in paths)
        ]
        made = [Change(update=update, field=path, value=value) for path, value in changes]
        experiment = self.experiment.with_changes([*kept, *made])
        self._require_possible(experiment, {update})
        repeated = any(c.update == update for c in self.experiment.change)
        self.failure = None
        self._drop_future(update)
        self.experiment = experiment
        if (is_edit and self.in_turn) or (repeated and not self.in_turn):
            # By way of a checkpoint, so that several events of one update act as in a replay.
            self._go_to(update)
        elif not self.in_turn:
            self._apply_events()
        self.look()

    def _drop_future(self, update: int) -> None:
        keep = min(self.head, update)
        self.updates.truncate(keep)
        self.checks.truncate(keep)
        self.checkpoints.drop_after(keep)
        self.effects = {turn: e for turn, e in self.effects.items() if turn <= keep}
        self.head = keep
