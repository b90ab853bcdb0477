"""The live run as the window steers and looks at it: commands to the worker, and the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.explain.case import NOTHING_ASKED
from core.runs import RunSummary
from core.stages import Stage, StepSize
from mlloop_gui.driver import Driver
from mlloop_gui.frames import Frame, RunState, View
from mlloop_gui.jobs import Jobs
from mlloop_gui.worker import Worker


class Controls(QObject):
    """Commands to the worker, and what is looked at; `Session` adds settings, undo and files.

    Attributes
    ----------
    frame : Frame or None
        The latest moment of the run; None until the first has come.
    view : View
    speed : float
        Updates a second; 0 is as fast as possible.
    """

    frame_changed = Signal()
    run_started = Signal()
    runs_changed = Signal()
    sample_changed = Signal()
    inspected_changed = Signal()
    choice_changed = Signal()
    message = Signal(str, str)
    preparing = Signal(float)

    def __init__(self, driver: Driver | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame: Frame | None = None
        self.view = View()
        self.step_size = StepSize.STAGE
        self.by_experiment = False
        self.speed = 20.0
        self._change = 0
        self.jobs = Jobs(self)
        self._worker = Worker(driver)

    # -- reading -------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        return self.frame.state if self.frame else RunState.PAUSED

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """The live run and those that are kept, oldest first."""
        return self.frame.runs if self.frame else ()

    @property
    def sample(self) -> int | None:
        return self.view.sample

    @property
    def inspected(self) -> Stage:
        return self.view.inspected

    @property
    def sent(self) -> int:
        """The number of the newest command; a frame with no smaller one has answered it."""
        return self._worker.sent

    # -- the run -------------------------------------------------------------------------------

    def run(self, updates: int | None = None) -> None:
        """Let it run: for so many updates, or until it is paused."""
        by_experiment = self.by_experiment and updates is None
        self._change = self._worker.send("run", by_experiment, updates)

    def pause(self) -> None:
        """Stop at the end of the turn at hand."""
        self._change = self._worker.send("pause")

    def step(self, size: StepSize | None = None) -> None:
        """One step, of the chosen size if none is given."""
        self._worker.send("step", size or self.step_size)

    def step_back(self) -> None:
        """One step of the chosen size back."""
        self._worker.send("step_back", self.step_size)

    def go_to(self, update: int) -> int:
        """To the end of an update that the run has made; the command's number (`Frame.command`)."""
        return self._worker.send("go_to", update)

    def reach(self, update: int) -> None:
        """To the end of an update, made first where it is missing."""
        self._worker.send("reach", update)

    def leap(self, turn: int) -> int:
        """Take a turn's step a thousand times as long in a fork; see `core.leap`.

        The small steps are made in this run, which stays where it stands. Returns the command's
        number (`Frame.command`).
        """
        return self._worker.send("leap", turn)

    def switch_run(self, number: int) -> None:
        """Make a kept run the live one, where it stands."""
        self.show(asked=NOTHING_ASKED)  # of its data nothing sealed is open
        self._change = self._worker.send("switch", number)

    def forget_run(self, number: int) -> None:
        """Let a kept run go; the live one stays."""
        self._worker.send("forget", number)

    def rename_run(self, number: int, name: str) -> None:
        """Call a run something else."""
        self._worker.send("rename", number, name)

    def spare_runs(self, count: int) -> None:
        """How many runs may be there for a while, beyond those that are kept."""
        self._worker.send("spare_runs", count)

    def limit_memory(self, budget: int) -> None:
        """Bytes that the checkpoints of all runs may take."""
        self._worker.send("limit_memory", budget)

    def set_step_size(self, size: StepSize) -> None:
        """How far a step goes."""
        self.step_size = size

    def set_speed(self, updates_a_second: float) -> None:
        """How fast a run goes; 0 is as fast as possible."""
        self.speed = updates_a_second
        self._worker.send("set_speed", updates_a_second)

    # -- looking -------------------------------------------------------------------------------

    def select_sample(self, row: int | None) -> None:
        """Pick the sample that every view follows; None for the first of the batch."""
        self.show(sample=row)

    def inspect(self, stage: Stage) -> None:
        """Choose the stage whose inspector is open."""
        self.show(inspected=stage)

    def choose_parameter(self, index: int | None) -> None:
        """Pick the parameter that stages 5 to 7 are about; None for the explanation's own."""
        self.show(parameter=index)

    def choose_unit(self, layer: int, unit: int) -> None:
        """Pick the unit that stages 2 and 6 are about, both counted from 0."""
        self.show(unit=(layer, unit))

    def show(self, **what: Any) -> None:
        """Change what the window looks at; see `View`."""
        view = replace(self.view, **what)
        if view == self.view:
            return
        old, self.view = self.view, view
        self._worker.send("look", view)
        if old.sample != view.sample:
            self.sample_changed.emit()
        if old.inspected != view.inspected:
            self.inspected_changed.emit()
        if (old.unit, old.parameter) != (view.unit, view.parameter):
            self.choice_changed.emit()
