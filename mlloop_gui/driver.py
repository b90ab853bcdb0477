"""Drives one loop: carries out commands, runs slices, makes frames. Knows no thread and no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from core.errors import InputError
from core.experiment import Change, Experiment
from core.flights import Stop
from core.leap import Leap, leap
from core.loop import LearningLoop
from core.metrics import Evaluation
from core.problem import Problem, build_problem
from core.runs import Runs
from core.stages import StepSize
from core.stopping import ending, updates_left
from mlloop_gui.frames import MOVES, Frame, RunState, View
from mlloop_gui.framing import FrameMaker


@dataclass
class WeightEdit:
    """An edit of a parameter that was made: where, and what held there before."""

    run: int
    update: int
    before: tuple[Change, ...]
    edited: int


class Driver:
    """Several runs, one of them live, and what the window may ask of it.

    Attributes
    ----------
    state : RunState
    speed : float
        Updates a second; 0 is as fast as possible.
    over : Stop
        Set when the program ends: a command that makes many updates then breaks off.
    """

    def __init__(self, budget: int = 256 * 2**20) -> None:
        self.runs = Runs(budget)
        self.state = RunState.PAUSED
        self.speed = 20.0
        self.over = Stop()
        self.reason = ""
        self.test: tuple[int, Evaluation] | None = None
        self.leaps: dict[tuple[int, int], Leap] = {}
        self._by_experiment = False
        self._until: int | None = None
        self._edits: dict[int, WeightEdit] = {}
        self._cost = self._spent = self._made = 0.0
        self._frames = FrameMaker(self)

    @property
    def loop(self) -> LearningLoop | None:
        """The live run's loop; None before the first."""
        return self.runs.loop

    def _to(self, state: RunState) -> None:
        if state is not self.state and state not in MOVES[self.state]:
            raise ValueError(f"a {self.state} run cannot become {state}")
        self.state = state

    def _require(self) -> LearningLoop:
        if self.loop is None:
            raise InputError("there is no run yet")
        return self.loop

    # -- commands ------------------------------------------------------------------------------

    def new(self, experiment: Experiment, problem: Problem | None = None) -> None:
        """Begin another run; the present one stays live if this one cannot begin."""
        self.runs.begin(experiment, problem or build_problem(experiment))
        self._arrive()

    def _arrive(self) -> None:
        """Another run is live."""
        self.state = RunState.PAUSED
        self.test, self.reason = None, ""
        self._cost = self._spent = self._made = 0.0
        self._frames.arrive(self._require())

    def switch(self, number: int) -> None:
        """Make another of the kept runs the live one, where it stands."""
        try:
            self.runs.switch(number)
        except KeyError:
            raise InputError("only the curves of this run are left", value=number) from None
        self._arrive()

    def forget(self, number: int) -> None:
        """Let a kept run go."""
        self.runs.forget(number)

    def rename(self, number: int, name: str) -> None:
        """Call a run something else."""
        self.runs.rename(number, name)

    def spare_runs(self, count: int) -> None:
        """How many runs may be there beyond those that are kept."""
        self.runs.spare = count

    def limit_memory(self, budget: int) -> None:
        """Bytes that the checkpoints of all runs may take."""
        self.runs.limit(budget)

    def run(self, by_experiment: bool = False, updates: int | None = None) -> None:
        """Run until stopped, until the experiment's own stop, or for so many updates."""
        loop = self._require()
        if self.state is RunState.FAILED:
            return
        self._by_experiment, self.reason = by_experiment, ""
        self._until = None if updates is None else loop.update + updates
        self._to(RunState.RUNNING)

    def pause(self) -> None:
        """Stop at the turn's end, which is where slices end."""
        self.over.clear()
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

    def reach(self, update: int) -> None:
        """To the end of an update, made first where it is missing."""
        loop = self._require()
        self.state = RunState.PAUSED
        if update <= loop.head:
            self.go_to(update)
            return
        loop.go_to(loop.head)
        loop.run(update - loop.head, self.over)
        if loop.failure:
            self._to(RunState.FAILED)

    def change(self, changes: list[tuple[str, Any]]) -> None:
        """Change live settings; the run goes on if it was going.

        After going back, the run itself stays as it is: a fork is changed, and is live.
        """
        number, going = self.runs.number, self.state is RunState.RUNNING
        self._require()
        self.runs.change(changes)
        if self.runs.number != number:
            self._arrive()
            self.state = RunState.RUNNING if going else RunState.PAUSED
        elif self.state is not RunState.RUNNING:
            self._to(RunState.PAUSED)

    def leap(self, turn: int) -> None:
        """Make a turn again with a thousand times the rate, in a fork that is kept; see `leap`."""
        self._require()
        if self.state is RunState.RUNNING:
            self._to(RunState.PAUSED)
        made = leap(self.runs, turn, self.over)
        self.leaps[made.run, turn] = made

    def edit(self, token: int, path: str, value: float) -> None:
        """Set a weight or bias; `token` names the edit for `unedit` and `redo_edit`."""
        loop = self._require()
        number, events = self.runs.number, loop.experiment.change
        self.change([(path, value)])
        update = self._require().update
        before = tuple(event for event in events if event.update == update)
        self._edits[token] = WeightEdit(number, update, before, self.runs.number)

    def unedit(self, token: int) -> None:
        """Go back to just before an edit; what was made after it is kept as a run of its own."""
        edit = self._edits.get(token)
        if edit is None:
            return
        try:
            self.runs.switch(edit.edited)
        except KeyError:
            raise InputError("the run of this edit is no longer kept") from None
        self.leaps.clear()
        loop = self._require()
        went_on = loop.head > edit.update
        if edit.run != edit.edited and self.runs.is_alive(edit.run):
            parent = self.runs.switch(edit.run) if went_on else self.runs.give_up()
            parent.go_to(edit.update)
        else:
            # Its own run, or a fork whose parent is kept no longer: the past is in it as well.
            if went_on:
                if loop.update < edit.update:
                    loop.go_to(edit.update)
                loop = self.runs.fork(edit.update)
            loop.rewrite(edit.update, edit.before)
            edit.run = self.runs.number
        self._arrive()

    def redo_edit(self, token: int, path: str, value: float) -> None:
        """Make an edit again where it was made."""
        edit = self._edits.get(token)
        if edit is None:
            return
        try:
            loop = self.runs.switch(edit.run)
        except KeyError:
            raise InputError("the run of this edit is no longer kept") from None
        loop.go_to(edit.update)
        self._arrive()
        self.edit(token, path, value)

    def look(self, view: View) -> None:
        """Show other things from now on."""
        self._frames.view = view

    def set_speed(self, speed: float) -> None:
        """Updates a second; 0 is as fast as possible."""
        self.speed = speed

    def open_test(self) -> None:
        """Look at the test part, at the present parameters."""
        loop = self._require()
        self.test = (loop.update, loop.evaluate("test"))

    # -- running -------------------------------------------------------------------------------

    def slice(self, updates: int, stop: Callable[[], bool]) -> None:
        """A stretch of a run, ended by `stop`, by a check that is enough, or by a failure."""
        loop = self._require()
        enough = self._is_enough if self._by_experiment else None
        if self._by_experiment:
            left = updates_left(loop)
            updates = updates if left is None else min(updates, left)
        if self._until is not None:
            updates = min(updates, max(0, self._until - loop.update))
        started, before = perf_counter(), loop.update
        loop.run(updates, stop, enough)
        made = loop.update - before
        if made:
            # Each update counts the same, whether its slice was long or short.
            self._spent = 0.9 * self._spent + perf_counter() - started
            self._made = 0.9 * self._made + made
            self._cost = self._spent / self._made
        if loop.failure:
            self._to(RunState.FAILED)
        elif self._until is not None and loop.update >= self._until:
            self._to(RunState.PAUSED)
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

    @property
    def lets_go(self) -> bool:
        """Whether the live run's kernel trains without the interpreter lock."""
        return self.loop is not None and self.loop.learner.kernel.releases_lock

    @property
    def prepared(self) -> bool:
        """Whether nothing of the live run's next turn can be prepared any more."""
        if self.loop is None:
            return True
        learner = self.loop.learner
        return learner.kernel.prepared or learner.hopeless

    def prepare(self, progress: Callable[[float], None], stop: Callable[[], bool]) -> None:
        """Have that code at hand."""
        if self.loop is not None:
            self.loop.learner.prepare(progress, stop)

    # -- frames --------------------------------------------------------------------------------

    def frame(self, command: int = 0) -> Frame:
        """The moment at hand, with what the view asks for; see `FrameMaker`."""
        return self._frames.make(self._require(), command)

    def frame_took(self, seconds: float) -> None:
        """Learn what a frame has taken from its beginning until it was painted."""
        self._frames.fineness.took(seconds)
