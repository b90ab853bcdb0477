"""The way forward: turns stage by stage or many at once, checks, and events as they come due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from core.batches import BatchOrder, Cursor, with_check
from core.checkpoints import Checkpoint, Checkpoints
from core.checks import CHECK_EVERY, SERIES, Check, Examiner
from core.experiment import Experiment, weight_place
from core.flights import NEVER, FastGear
from core.history import Curves
from core.learners import FAMILIES
from core.metrics import Evaluation
from core.position import Failure, Position
from core.problem import Problem, build_problem
from core.record import NonFiniteError, TurnRecord
from core.stages import Stage, StepSize

WATCHED_TURNS = 10_000


class Turns(FastGear):
    """The turns of one run, from update 0; `core.loop.LearningLoop` adds the way back.

    Parameters
    ----------
    experiment : Experiment
        With its events; more are added by `change`.
    problem : Problem, optional
        The experiment's data, if it has been built already.
    budget : int
        Bytes for checkpoints.

    Attributes
    ----------
    record, previous : TurnRecord or None
        The turn in hand (or the last), and the one before it.
    failure : Failure or None
    newest_check : Check
        The newest look at unseen data, recorded or not; while a run goes on it may be older than
        the run, `last_check` is of this very update.
    updates, checks : Curves
        The history: of every update, and of every check.
    head : int
        The furthest update that this run has reached.
    effects : dict of int to (float, float)
        By stepped turn, the whole training loss before and after it.
    seconds : float
        Time spent training.
    """

    def __init__(
        self, experiment: Experiment, problem: Problem | None = None, budget: int = 256 * 2**20
    ) -> None:
        problem = problem or build_problem(experiment)
        if experiment.loss.name is None:
            # Only the table itself could tell which loss suits it.
            experiment = experiment.replace("loss.name", problem.loss.name)
        self.experiment = experiment
        family = FAMILIES[experiment.model.family]
        self.learner = family.build(experiment.at(-1), problem)
        self.examiner = Examiner(self.learner, experiment.data_seed)
        layers = self.learner.layout.layers
        series = ("batch_loss", *(f"gradient_{i}" for i in range(layers)), "step")
        self.updates = Curves.within(32 * 2**20, series)
        self.checks = Curves.within(8 * 2**20, SERIES)
        self.checkpoints = Checkpoints(budget)
        self.failure: Failure | None = None
        self.record: TurnRecord | None = None
        self.previous: TurnRecord | None = None
        self.head = 0
        self.effects: dict[int, tuple[float, float]] = {}
        self.seconds = 0.0
        self._row = np.zeros((1, len(series)), self.learner.kernel.dtype)
        self._order = BatchOrder(problem.parts.train, experiment.seed)
        self._stage, self._layer, self._looked = Stage.EVALUATE, 0, False
        self._cursor = Cursor(shuffled=self.learner.settings.optimizer.shuffle)
        self._require_possible(experiment, {c.update for c in experiment.change})
        self._save()
        self._check()
        self._apply_events()
        self.look()

    # -- where it stands -----------------------------------------------------------------------

    @property
    def problem(self) -> Problem:
        return self.learner.problem

    @property
    def position(self) -> Position:
        return Position(self._cursor.update, self._cursor.epoch, self._stage, self._layer)

    @property
    def update(self) -> int:
        return self._cursor.update

    @property
    def epoch(self) -> int:
        return self._cursor.epoch

    @property
    def settings(self) -> Experiment:
        """The settings in force at the update on screen."""
        return self.learner.settings

    @property
    def in_turn(self) -> bool:
        """Whether a turn is half done."""
        return self._stage < Stage.ITERATE or self._due()

    @property
    def turn(self) -> int:
        """The turn in hand; at a turn's end, the one just done."""
        return self.update + (self._stage < Stage.UPDATE)

    @property
    def next_stage(self) -> Stage:
        """The stage that a step of size stage does next."""
        if self._stage >= Stage.ITERATE:
            return Stage.EVALUATE if self._due() else Stage.REPRESENT
        return Stage(self._stage + 1)

    @property
    def next_layer(self) -> int | None:
        """The layer that a step of size layer does next, None outside stages 2 and 6."""
        layers = self.learner.layout.layers
        if self.next_stage is Stage.TRANSFORM:
            return self._layer
        if self.next_stage is Stage.BACKPROPAGATE:
            return layers - 1 - self._layer
        return None

    @property
    def place(self) -> int:
        """Samples of this epoch that are done."""
        return self._cursor.place

    def epoch_end(self, epoch: int) -> int:
        """The update at which so many epochs are finished, present events assumed."""
        return self._order.epoch_end(epoch, self.experiment)

    # -- stepping ------------------------------------------------------------------------------

    def step(self, size: StepSize = StepSize.STAGE) -> None:
        """One step forward; does nothing after a failure."""
        if self.failure:
            return
        started = perf_counter()
        if size is StepSize.EPOCH:
            pending = self._stage is Stage.ITERATE and self._due() and self.place == 0
            self.run(0 if pending else self.epoch_end(self.epoch + 1) - self.update)
        elif size is StepSize.UPDATE:
            self._finish_turn(begin=True, watched=True)
        else:
            self._stage_step(by_layer=size is StepSize.LAYER, watched=True)
        self.seconds += perf_counter() - started

    def _finish_turn(self, begin: bool = False, watched: bool = False) -> None:
        """To the turn's end; `begin` a turn if none is half done."""
        if begin and not self.in_turn:
            self._stage_step(watched=watched)
        while self.in_turn and not self.failure:
            self._stage_step(watched=watched)

    def _stage_step(self, by_layer: bool = False, watched: bool = False) -> None:
        stage = self.next_stage
        before = None
        if watched and stage is Stage.UPDATE and self.turn not in self.effects:
            before = self.examiner.evaluate("train", whole=False).loss
        with np.errstate(all="ignore"):
            try:
                done = self._do(stage, by_layer)
            except NonFiniteError as error:
                self._fail(error)
                return
        if before is not None and len(self.effects) < WATCHED_TURNS:
            after = self.examiner.evaluate("train", whole=False).loss
            self.effects[self.update] = before, after
        if done:
            self._stage, self._layer = stage, 0
            if not self.in_turn:
                self._apply_events()

    def _do(self, stage: Stage, by_layer: bool) -> bool:
        """Do a stage, or one layer of it; whether the stage is done."""
        learner, layers = self.learner, self.learner.layout.layers
        if stage is Stage.REPRESENT:
            if self.record is not None:
                self.previous = self.record
            c = self._cursor
            rows = self._order.batch(c, self.settings.optimizer.batch_size)
            self.record = learner.begin(c.update + 1, rows, c.epoch, c.place)
            return True
        if stage is Stage.EVALUATE:
            self._check()
            return True
        assert self.record is not None
        if stage is Stage.TRANSFORM:
            for layer in range(self._layer, self._layer + 1 if by_layer else layers):
                self.record = learner.transform(self.record, layer)
                self._layer = layer + 1
            return self._layer == layers
        if stage is Stage.PREDICT:
            self.record = learner.predict(self.record)
        elif stage is Stage.LOSS:
            self.record = learner.measure(self.record)
        elif stage is Stage.GRADIENTS:
            self.record = learner.gradients(self.record)
        elif stage is Stage.BACKPROPAGATE:
            self._layer = self._layer + 1 if by_layer else layers
            if self._layer < layers:
                return False
            self.record = self.record.with_stage(stage)
        elif stage is Stage.UPDATE:
            self.record = learner.update(self.record, self._row[0])
            self._cursor = replace(self._cursor, update=self.update + 1)
            self._remember(self._row)
        else:
            self._iterate(len(self.record.rows), 0)
            c = self._cursor
            rows = self._order.batch(c, self.settings.optimizer.batch_size)
            self.record = self.record.with_stage(
                stage, next_epoch=c.epoch, next_place=c.place, next_rows=rows
            )
        return True

    def _iterate(self, rows: int, updates: int) -> None:
        """Stage 8: the cursor moves on; at an epoch's end the next order is drawn."""
        shuffle = self.settings.optimizer.shuffle
        self._cursor = self._cursor.after_batch(rows, len(self._order), shuffle, updates)
        if self.checkpoints.wants(self.update):
            self._save()

    def _due(self) -> bool:
        """Whether stage 9 comes after this update's stage 8."""
        c = self._cursor
        if self._stage is not Stage.ITERATE or c.checked == c.update:
            return False
        return c.place == 0 or c.update - c.checked >= CHECK_EVERY

    def _check(self) -> None:
        """Stage 9; recorded unless the history has it already."""
        self._cursor = with_check(self._cursor)
        self._look()
        if self.update > self.checks.last_update:
            self.examiner.record(self.newest_check, self.checks)

    def evaluate(self, part: str) -> Evaluation:
        """Loss and metrics on a whole part: ``"train"``, ``"validation"`` or ``"test"``."""
        return self.examiner.evaluate(part, plain=not self.update)

    @property
    def last_check(self) -> Check:
        """How train and validation are at this very update; nothing is recorded."""
        self.look()
        return self.newest_check

    def look(self) -> None:
        """Have `newest_check` be of this very update."""
        if not self._looked or self.newest_check.update != self.update:
            self._look()

    def _look(self) -> None:
        self.newest_check, self._looked = self.examiner.look(self.update), True

    # -- running -------------------------------------------------------------------------------

    def run(
        self,
        updates: int,
        stop: Callable[[], bool] = NEVER,
        enough: Callable[[], bool] | None = None,
    ) -> int:
        """Finish the turn at hand, then up to `updates` updates; how many were made.

        Parameters
        ----------
        updates : int
            Counted from here; the turn at hand is one of them.
        stop : callable
            Looked at before every update; the run ends with one more, in the slow gear. A
            `core.flights.Stop` costs the compiled kernel nothing; anything else has it come back
            for each update.
        enough : callable
            Looked at after every check; the run ends there.
        """
        self.learner.prepare()  # no part of the time spent training
        started, start, last = perf_counter(), self.update, self.update + updates
        self._finish_turn()
        while self.update < last - 1 and not (self.failure or stop()):
            self._fast(last - 1 - self.update, stop, one_check=enough is not None)
            if enough is not None and self._stage is Stage.EVALUATE and enough():
                break
        else:
            if self.update < last and not self.failure:
                self._finish_turn(begin=True)
        if self.record is None and self.update and not self.failure:
            self._go_to(self.update)
        self.seconds += perf_counter() - started
        return self.update - start

    def _fail(self, error: NonFiniteError) -> None:
        """Back to the last good update, the bad turn kept to look at."""
        record = error.record
        self._go_to(record.turn - 1)
        self.failure = Failure(record.turn, error.stage, error.tensor, str(error), record)

    def _go_to(self, update: int) -> None:
        self._restore(self.checkpoints.nearest(max(0, update - 1)))
        while self.update < update - 1:
            self._fast(update - 1 - self.update)
        if self.update < update:
            self._finish_turn(begin=True)

    def _save(self) -> None:
        learner = self.learner
        self.checkpoints.save(
            Checkpoint(self.update, self._cursor, learner.state(), learner.state_bytes)
        )

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Stand at the end of a checkpoint's update; it was saved before stage 9 and events."""
        self._cursor, self._stage, self._layer = checkpoint.cursor, Stage.ITERATE, 0
        self.learner.restore(checkpoint.state, self.experiment.at(self.update - 1))
        self.record = self.previous = None
        if self._due() or not self.update:
            self._cursor = with_check(self._cursor)
            self._stage = Stage.EVALUATE
        self._apply_events()

    # -- events --------------------------------------------------------------------------------

    def _apply_events(self) -> None:
        """Bring the events of this update into force."""
        events = [c for c in self.experiment.change if c.update == self.update]
        if not events:
            return
        self.learner.change_settings(self.experiment.at(self.update))
        if not self.place:
            self._cursor = replace(self._cursor, shuffled=self.settings.optimizer.shuffle)
        for event in events:
            place = weight_place(event.field)
            if place:
                self.learner.set_parameter(*place, event.value)
        self._looked = False

    def _require_possible(self, experiment: Experiment, updates: set[int]) -> None:
        """Refuse what only data and network can tell is wrong with the events of some updates."""
        for event in experiment.change:
            if event.update in updates:
                self.learner.require_possible(event, experiment.at(event.update))
