"""The session: the one mutable model of the window, on the GUI thread."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, Slot

from core import experiment as experiment_files
from core.errors import InputError
from core.experiment import Experiment, is_live
from core.explain.case import NOTHING_ASKED
from core.problem import Problem
from core.runs import RunSummary
from mlloop_gui.controls import Controls
from mlloop_gui.driver import Driver
from mlloop_gui.edits import (
    Edits,
    Travel,
    WeightChange,
    data_key,
    differences,
    found_loss,
    require_parameter,
    same_data,
    same_table,
)
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.garbage import GarbageKeeper
from mlloop_gui.loading import Loading
from mlloop_gui.reference import Reference

#: Each pass of layout reaches one parent further; this many reach the window.
NESTED = 12


class Session(Controls):
    """What is being run and looked at; panels read it and call its methods.

    Attributes
    ----------
    experiment : Experiment
        The settings on screen, without events.
    path : str or None
        The file that was opened or saved last.
    reference : Reference
        What the run on screen is held against.
    """

    experiment_changed = Signal()
    history_changed = Signal()
    loading_changed = Signal()

    def __init__(
        self, experiment: Experiment, driver: Driver | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(driver, parent)
        self.experiment = experiment
        self.path: str | None = None
        self.saved = experiment
        self._settled = experiment
        self.edits = Edits()
        self._new = 0
        self._told_runs: tuple[RunSummary, ...] = ()
        self._openings: Counter[str] = Counter()
        self._experiment_key: tuple[int, int] | None = None
        self._file_before: tuple[str | None, Experiment] | None = None
        self._notes: list[str] = []
        self._loader = Loading(self.jobs, self._send_new, self._refused, self)
        self._loader.changed.connect(self.loading_changed)
        self._worker.frame_ready.connect(self._take_frame)
        self._worker.troubled.connect(self._take_trouble)
        self._worker.preparing.connect(self.preparing)
        self.reference = Reference(self)
        self._garbage = GarbageKeeper(self)
        self._garbage.start()
        self._worker.start()
        self.new_run(experiment)

    # -- reading -------------------------------------------------------------------------------

    @property
    def _arrived(self) -> bool:
        """Whether the run that was begun last is on screen."""
        return self.frame is not None and self.frame.command >= self._new

    @property
    def problem(self) -> Problem | None:
        """The data of the run on screen."""
        return self.frame.problem if self.frame else None

    @property
    def loading(self) -> float | None:
        """How much of a table has been read; None while none is being."""
        return self._loader.share

    @property
    def modified(self) -> bool:
        """Whether the settings or events differ from the file's."""
        now = self.frame.experiment if self.frame else self.experiment
        return now != self.saved

    @property
    def test_openings(self) -> int:
        """How often the test part of this data and split has been opened."""
        return self._openings[data_key(self.experiment)]

    # -- settings ------------------------------------------------------------------------------

    def set(self, path: str, value: Any, continued: bool = False) -> None:
        """Change a setting, and what follows from it; see `set_many`."""
        follow = self.experiment.consequences(path, value)
        self.set_many({path: value, **dict(follow)}, continued)
        self._tell([f"{name} is now {follower}, which suits {value}." for name, follower in follow])

    def set_many(self, values: Mapping[str, Any], continued: bool = False) -> None:
        """Change settings: live ones in the running model, others by a new run.

        A change that is `continued`, as while a slider is dragged, is one with the last to undo.

        Raises
        ------
        InputError
            If a value is not allowed; nothing has changed then.
        """
        self._edit(self.experiment.replace_many(values), ", ".join(values), continued)

    def choose_source(self, name: str, **data: Any) -> None:
        """Learn from another source; what else must change is said in messages."""
        target, notes = self.experiment.with_source(name, **data)
        self._edit(target, f"data.source = {name}")
        self._tell(notes)

    def suggest(self) -> None:
        """Take the settings suggested for the present source."""
        self._edit(self.experiment.suggested(self.experiment.data.source), "suggested settings")

    def _tell(self, notes: list[str]) -> None:
        """Say what followed from a change: at once, or when the run it began is on screen."""
        self._notes += notes
        there = self.loading is None and self._arrived
        if there and self._notes:
            self.message.emit("note", " ".join(self._notes))
            self._notes = []

    def _edit(self, target: Experiment, text: str, continued: bool = False) -> None:
        before = self.experiment
        if self._apply(target):
            self._remember(before, target, text, continued)

    def _remember(
        self, before: Experiment, after: Experiment, text: str, continued: bool = False
    ) -> None:
        self.edits.add(before, after, text, continued)
        self.history_changed.emit()

    def _apply(self, target: Experiment) -> bool:
        """Bring settings into force, live if they can; whether anything changed."""
        changes = differences(self.experiment, target)
        if not changes and target.directory == self.experiment.directory:
            return False
        there = self.frame is not None and self.loading is None
        if there and all(map(is_live, changes)) and self._keeps_outputs(target):
            # Checked against the file's rules here, so that a bad value never leaves the GUI.
            self._change = self._worker.send("change", list(changes.items()))
            self._show_experiment(target)
        else:
            self.new_run(target)
        return True

    def _keeps_outputs(self, target: Experiment) -> bool:
        problem = self.problem
        if problem is None or target.loss == self.experiment.loss:
            return True
        if not self._arrived:
            return False  # the run on its way may have other outputs than the one on screen
        return problem.with_loss(target.loss).outputs == problem.outputs

    def edit_parameter(self, path: str, value: float) -> None:
        """Set a weight (``weight_0[1,3]``) or bias (``bias_0[3]``), as an event.

        Raises
        ------
        InputError
            If there is no such parameter, or the value is not a finite number.
        """
        frame = self.frame
        if frame is None:
            return
        require_parameter(frame.layout, path, value)
        token = self.edits.add_weight(path, value)
        self._change = self._worker.send("edit", token, path, value)
        self.history_changed.emit()

    def undo(self) -> None:
        """Take back the last change: of a setting by a new change, of a weight by going back."""
        self._travel(self.edits.undo(), "unedit")

    def redo(self) -> None:
        """Make the change that was taken back last."""
        self._travel(self.edits.redo(), "redo_edit")

    def _travel(self, found: Travel | None, name: str) -> None:
        if found is None:
            return
        if isinstance(found, WeightChange):
            given = (found.token,) if name == "unedit" else (found.token, found.path, found.value)
            self._change = self._worker.send(name, *given)
            self.history_changed.emit()
            return
        old, new = found
        values = differences(old, new)
        try:
            if any(path.startswith("data.") for path in values):
                self._apply(new)
            else:
                self._apply(self.experiment.replace_many(values))
        except InputError as error:
            self.message.emit("error", str(error))
        self.history_changed.emit()

    def _show_experiment(self, experiment: Experiment) -> None:
        if experiment != self.experiment or experiment.directory != self.experiment.directory:
            self.experiment = experiment
            self.experiment_changed.emit()

    # -- runs ----------------------------------------------------------------------------------

    def new_run(self, experiment: Experiment) -> None:
        """Begin a run from update 0; the curve of the present one stays, pale."""
        problem = self.problem
        self._show_experiment(experiment.at(0))
        if problem is not None and same_data(experiment, self._settled):
            self._send_new(experiment, problem)
            return
        self.show(asked=NOTHING_ASKED)  # the test part of other data is sealed
        if experiment.data.source == "csv":
            self._loader.begin(experiment)
        else:
            self._send_new(experiment, None)

    def _send_new(self, experiment: Experiment, problem: Problem | None) -> None:
        self._change = self._new = self._worker.send("new", experiment, problem)
        self._worker.send("set_speed", self.speed)

    def cancel_loading(self) -> None:
        """Give up loading; the run on screen stays."""
        self._loader.cancel()

    def _refused(self, text: str) -> None:
        """A run or change that could not be made: the settings in force come back."""
        self._notes = []
        if self.frame is not None:
            if self._file_before is not None:
                self.path, self.saved = self._file_before
            self._experiment_key = self._file_before = None
            self.experiment = self._settled
            self.experiment_changed.emit()
            self.edits.forget(self._settled)
            self.history_changed.emit()
        self.message.emit("error", text)

    def reset(self) -> None:
        """Back to update 0 with the settings on screen; a new run if anything was changed."""
        if self.frame is None:
            return
        if self.frame.experiment.change or self.experiment != self._settled:
            self.new_run(self.experiment)
        else:
            self._worker.send("pause")
            self._worker.send("go_to", 0)

    def restart_with(self, values: Mapping[str, Any]) -> None:
        """A new run from update 0 with some settings changed, live ones too."""
        before, target = self.experiment, self.experiment.replace_many(values)
        self.new_run(target)
        self._remember(before, target, ", ".join(values))

    def new_seed(self, seed: int | None = None) -> None:
        """Other initial weights and another order, the same data."""
        value = self.experiment.seed + 1 if seed is None else seed
        self._edit(self.experiment.with_new_seed(value), "seed")

    def open_test(self) -> None:
        """Open the sealed test part and count it."""
        self._openings[data_key(self.experiment)] += 1
        self._worker.send("open_test")

    # -- files ---------------------------------------------------------------------------------

    def open(self, path: str | os.PathLike[str]) -> None:
        """Open an experiment file; raises `InputError`, then nothing has changed."""
        experiment = experiment_files.load(path)
        self._file_before = self.path, self.saved
        self.path, self.saved = os.fspath(path), experiment
        before = self.experiment
        self.new_run(experiment)
        self._remember(before, self.experiment, f"open {os.path.basename(self.path)}")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the experiment and its events to a file, whole or not at all."""
        experiment = self.frame.experiment if self.frame else self.experiment
        experiment_files.save(experiment, path)
        self.path, self.saved = os.fspath(path), experiment
        self.experiment_changed.emit()

    # -- from the worker -----------------------------------------------------------------------

    @Slot()
    def _take_frame(self) -> None:
        frame = self._worker.take()
        if frame is None or frame.command < self._change:
            self._worker.painted()
            return
        before, self.frame = self.frame, frame.with_views_of(self.frame)
        self.edits.settle()
        started = before is None or before.run != frame.run
        left_open = self.experiment.loss.name is None
        if started:
            self._file_before = None
            self._let_go(before)
        self._settle(frame)
        if started:
            self.run_started.emit()
            self._tell(found_loss(before, frame) if left_open else [])
        if self.frame.runs is not self._told_runs:
            self._told_runs = self.frame.runs
            self.runs_changed.emit()
        self.frame_changed.emit()
        if frame.state is not RunState.RUNNING:
            # What has moved is laid out at once; painted before that, it would be painted twice.
            for _ in range(NESTED):
                QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        # A timer of 0 fires once what was asked to be painted has been painted.
        QTimer.singleShot(0, self, self._worker.painted)

    def _let_go(self, before: Frame | None) -> None:
        """What was picked of other data, or of another network, is let go."""
        if before is None or self.frame is None:
            return
        if not same_table(before.problem.dataset, self.frame.problem.dataset):
            self.show(sample=None, columns=None)
        if before.layout.sizes != self.frame.layout.sizes:
            self.show(unit=None, parameter=None)

    def _settle(self, frame: Frame) -> None:
        """Show the settings in force, and those that wait for the turn's end."""
        events = frame.experiment.change
        key = (id(frame.experiment), sum(event.update <= frame.turn for event in events))
        if key != self._experiment_key:
            self._experiment_key = key
            self._settled = self.experiment = frame.experiment.at(frame.turn)
            self.experiment_changed.emit()

    @Slot()
    def _take_trouble(self) -> None:
        while (trouble := self._worker.take_trouble()) is not None:
            if trouble.command == self._change:
                self._new = 0
                self._refused(trouble.text)
            else:
                self.message.emit("error", trouble.text)

    def finish(self) -> bool:
        """Stop both threads and wait for them."""
        if ended := self._worker.finish() and self.jobs.finish():
            self._garbage.stop()
        return ended
