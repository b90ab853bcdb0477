"""Drives one loop: carries out commands, runs slices, makes frames. Knows no thread and no Qt."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from core.errors import InputError
from core.experiment import Experiment
from core.explain import StageExplanation, explain_stage
from core.loop import LearningLoop
from core.metrics import Evaluation
from core.problem import Problem, build_problem
from core.record import TurnRecord
from core.stages import Stage, StepSize
from core.stopping import ending, updates_left
from mlloop_gui.frames import (
    MOVES,
    CurvesFrame,
    EmbeddingFrame,
    Frame,
    MapFrame,
    RunState,
    View,
)
from mlloop_gui.maps import MapMaker, embedding, telling_columns

CURVES_EVERY = 0.1
INSPECTOR_EVERY = 0.2
# At full speed nobody reads faster, and a press of pause must not wait for its tables.
INSPECTOR_EVERY_AT_MAX = 1.0
EMBEDDING_EVERY = 0.5
CURVE_POINTS = 800


class Driver:
    """One loop and what the window may ask of it.

    Attributes
    ----------
    state : RunState
    speed : float
        Updates a second; 0 is as fast as possible.
    """

    def __init__(self, budget: int = 256 * 2**20) -> None:
        self.loop: LearningLoop | None = None
        self.state = RunState.PAUSED
        self.speed = 20.0
        self.run_number = 0
        self.reason = ""
        self._budget = budget
        self._view = View()
        self._maps = MapMaker()
        self._by_experiment = False
        self._test: tuple[int, Evaluation] | None = None
        self._last: dict[str, float] = {}
        self._cost = 0.0
        self._columns = (0, 1)
        self._before: CurvesFrame | None = None

    def _to(self, state: RunState) -> None:
        if state is not self.state and state not in MOVES[self.state]:
            raise ValueError(f"a {self.state} run cannot become {state}")
        self.state = state

    def _require(self) -> LearningLoop:
        if self.loop is None:
            raise InputError("there is no run yet")
        return self.loop

    # -- commands ------------------------------------------------------------------------------

    def new(self, run: int, experiment: Experiment, problem: Problem | None = None) -> None:
        """Begin another run; the present one stays if this one cannot begin."""
        loop = LearningLoop(experiment, problem or build_problem(experiment), self._budget)
        if self.loop is not None and self.loop.head:
            self._before = _whole_curves(self.loop)
        self.loop, self.run_number, self.state = loop, run, RunState.PAUSED
        self._test, self._cost, self.reason = None, 0.0, ""
        self._columns = telling_columns(loop.problem)

    def run(self, by_experiment: bool = False) -> None:
        """Run until stopped, or until the experiment's own stop."""
        self._require()
        if self.state is RunState.FAILED:
            return
        self._by_experiment, self.reason = by_experiment, ""
        self._to(RunState.RUNNING)

    def pause(self) -> None:
        """Stop at the turn's end, which is where slices end."""
        if self.state is RunState.RUNNING:
            self._to(RunState.PAUSED)

    def step(self, size: StepSize) -> None:
        """One step forward, from a standstill."""
        loop = self._require()
        if self.state is RunState.FAILED:
            return
        loop.step(size)
        self._to(RunState.FAILED if loop.failure else RunState.PAUSED)

    def step_back(self, size: StepSize) -> None:
        """One step back; from a failure, to the last good update."""
        self._require().step_back(size)
        self._to(RunState.PAUSED)

    def go_to(self, update: int) -> None:
        """To the end of an update that the run has made."""
        loop = self._require()
        if not 0 <= update <= loop.head:
            raise InputError(
                "not made yet", field="update", value=update, allowed=f"0 to {loop.head}"
            )
        loop.go_to(update)
        self._to(RunState.PAUSED)

    def change(self, changes: list[tuple[str, Any]]) -> None:
        """Change live settings; the run goes on if it was going."""
        self._require().change(changes)
        if self.state is not RunState.RUNNING:
            self._to(RunState.PAUSED)

    def look(self, view: View) -> None:
        """Show other things from now on."""
        self._view = view

    def set_speed(self, speed: float) -> None:
        """Updates a second; 0 is as fast as possible."""
        self.speed = speed

    def open_test(self) -> None:
        """Look at the test part, at the present parameters."""
        loop = self._require()
        self._test = (loop.update, loop.evaluate("test"))

    # -- running -------------------------------------------------------------------------------

    def slice(self, updates: int, stop: Callable[[], bool]) -> None:
        """A stretch of a run, ended by `stop`, by a check that is enough, or by a failure."""
        loop = self._require()
        enough = self._is_enough if self._by_experiment else (lambda: False)
        if self._by_experiment:
            left = updates_left(loop)
            updates = updates if left is None else min(updates, left)
        started, before = perf_counter(), loop.update
        loop.run(updates, stop, enough)
        made = loop.update - before
        if made:
            cost = (perf_counter() - started) / made
            self._cost = cost if not self._cost else 0.9 * self._cost + 0.1 * cost
        if loop.failure:
            self._to(RunState.FAILED)
        elif self._by_experiment:
            found = ending(loop)
            if found is not None:
                self.reason = found.reason
                self._to(RunState.FINISHED)

    def _is_enough(self) -> bool:
        return ending(self._require()) is not None

    @property
    def updates(self) -> int:
        """Updates that the loop has made."""
        return self.loop.update if self.loop else 0

    @property
    def cost(self) -> float:
        """Seconds an update has taken lately."""
        return self._cost

    # -- frames --------------------------------------------------------------------------------

    def frame(self, command: int = 0) -> Frame:
        """The moment at hand, with what the view asks for.

        While running, what is costly and need not be fresh comes at a low rate.
        """
        loop, view = self._require(), self._view
        still = self.state is not RunState.RUNNING
        if still:
            loop.look()
        problem, sample = loop.problem, sample_of(loop, view)
        theta = loop.learner.kernel.theta.copy()
        theta.setflags(write=False)
        record = _record_of(loop, view.inspected) or loop.record
        with np.errstate(all="ignore"):
            return Frame(
                run=self.run_number,
                state=self.state,
                position=loop.position,
                turn=loop.turn,
                next_stage=loop.next_stage,
                next_layer=loop.next_layer,
                in_turn=loop.in_turn,
                settings=loop.settings,
                experiment=loop.experiment,
                problem=problem,
                layout=loop.learner.layout,
                theta=theta,
                record=loop.record,
                previous=loop.previous,
                check=loop.last_check,
                head=loop.head,
                place=loop.place,
                batches_per_epoch=-(
                    -len(problem.parts.train) // loop.settings.optimizer.batch_size
                ),
                samples_seen=loop.epoch * len(problem.parts.train) + loop.place,
                seconds=loop.seconds,
                microseconds=1e6 * self._cost,
                stepped=len(loop.effects),
                worsened=loop.worsened,
                sample=sample,
                in_batch=record is not None and sample in record.rows,
                columns=self._plane(loop),
                command=command,
                reason=self.reason,
                failure=loop.failure,
                test=self._test[1] if self._test and self._test[0] == loop.update else None,
                explanations=self._explanations(loop, sample, still),
                curves=self._curves(loop, still),
                before=self._before,
                map=self._map(loop, sample),
                embedding=self._embedding(loop, still),
            )

    def _turn_of(self, what: str, every: float, still: bool) -> bool:
        now = perf_counter()
        if still or now - self._last.get(what, 0.0) >= every:
            self._last[what] = now
            return True
        return False

    def _curves(self, loop: LearningLoop, still: bool) -> CurvesFrame | None:
        if not (self._view.curves and self._turn_of("curves", CURVES_EVERY, still)):
            return None
        return _whole_curves(loop)

    def _map(self, loop: LearningLoop, sample: int) -> MapFrame | None:
        view = self._view
        if not view.boundary:
            return None
        return self._maps.make(loop, self._plane(loop), sample, view.units)

    def _plane(self, loop: LearningLoop) -> tuple[int, int]:
        """The two columns in view; a choice made for other data may not fit these."""
        chosen = self._view.columns
        if chosen is None or max(chosen) >= len(loop.problem.dataset.columns):
            return self._columns
        return chosen

    def _embedding(self, loop: LearningLoop, still: bool) -> EmbeddingFrame | None:
        if not (self._view.embedding and self._turn_of("embedding", EMBEDDING_EVERY, still)):
            return None
        return embedding(loop)

    def _explanations(
        self, loop: LearningLoop, sample: int, still: bool
    ) -> dict[Stage, StageExplanation]:
        view = self._view
        every = INSPECTOR_EVERY if self.speed else INSPECTOR_EVERY_AT_MAX
        if not still and not (view.inspector and self._turn_of("inspector", every, still)):
            return {}
        # The ring tells of the chosen stage too, where no inspector is open.
        stages = {view.inspected} if view.inspector or still else set()
        if still:
            stages.add(loop.failure.stage if loop.failure else loop.position.stage)
        if Stage.BACKPROPAGATE in stages and still:
            # Beside the one backward pass stand the nudges that it saves.
            stages.add(Stage.GRADIENTS)
        return {
            stage: explain_stage(loop, stage, sample)
            for stage in stages
            if stage is Stage.EVALUATE or _record_of(loop, stage) is not None
        }


def _whole_curves(loop: LearningLoop) -> CurvesFrame:
    return CurvesFrame(
        loop.updates.view(CURVE_POINTS),
        loop.checks.view(CURVE_POINTS),
        tuple(loop.dropped),
        loop.head,
    )


def _record_of(loop: LearningLoop, stage: Stage) -> TurnRecord | None:
    """The last turn that did a stage, a failed one included."""
    failed = loop.failure.record if loop.failure else None
    return failed if failed and failed.done >= stage else loop.record_of(stage)


def sample_of(loop: LearningLoop, view: View) -> int:
    """The row in hand: the picked one, or the first of the inspected record's batch."""
    if view.sample is not None and 0 <= view.sample < len(loop.problem.x):
        return view.sample
    record = _record_of(loop, view.inspected) or loop.record
    return int(record.rows[0] if record is not None else loop.batch_of(0)[0])
