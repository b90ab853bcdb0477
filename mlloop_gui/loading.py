"""Loading a table on the jobs thread, while the run on screen goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event
from typing import Any
from weakref import ref

from PySide6.QtCore import QObject, QTimer, Signal

from core.data import Dataset
from core.experiment import Experiment
from core.problem import Problem, build_problem, prepare
from mlloop_gui.jobs import Helpers, Jobs, Progress

PAINTED = 40  # milliseconds; what has changed is painted before
PATIENCE = 0.2  # seconds


class Loading(QObject):
    """Builds the problem of one experiment at a time.

    Parameters
    ----------
    jobs : Jobs
    done : callable
        Gets the experiment and its problem.
    failed : callable
        Gets one line that says why there is none.

    Attributes
    ----------
    share : float or None
        How much is done; None while nothing is being loaded.
    """

    changed = Signal()

    def __init__(
        self,
        jobs: Jobs,
        done: Callable[[Experiment, Problem], None],
        failed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.share: float | None = None
        self._jobs, self._done, self._failed = jobs, done, failed
        self._kept = _Kept()

    def begin(self, experiment: Experiment) -> None:
        """Load; what was being loaded is given up."""
        self._jobs.cancel()
        self._show(0.0)
        shown = Event()

        def work(progress: Progress) -> Problem:
            # Reading and the window's painting of the note would only hold each other up.
            shown.wait(PATIENCE)
            return self._kept.problem(experiment, progress)

        self._jobs.start(
            work,
            lambda problem: self._loaded(experiment, problem),
            self.give_up,
            self._show,
        )
        QTimer.singleShot(PAINTED, shown.set)

    def cancel(self) -> None:
        """Give up what is being loaded, if anything is."""
        if self.share is not None:
            self._jobs.cancel()
            self.give_up("Loading was cancelled.")

    def give_up(self, why: str) -> None:
        """Nothing is loaded."""
        self._show(None)
        self._failed(why)

    def _loaded(self, experiment: Experiment, problem: Problem) -> None:
        self._show(None)
        self._done(experiment, problem)

    def _show(self, share: float | None) -> None:
        self.share = share
        self.changed.emit()


class _Kept:
    """The table that was read last, for as long as a run has it: it need not be read again.

    Used by one job at a time, on the jobs thread.
    """

    def __init__(self) -> None:
        self._key: object = None
        self._dataset: Callable[[], Dataset | None] = lambda: None

    def problem(self, experiment: Experiment, progress: Progress) -> Problem:
        """The experiment's problem, of the table at hand if it is that of the experiment."""
        key, dataset = _key(experiment), self._dataset()
        with Helpers() as each:
            if dataset is not None and key is not None and key == self._key:
                return prepare(dataset, experiment, progress, each)
            problem = build_problem(experiment, progress, each)
        self._key, self._dataset = key, ref(problem.dataset)
        return problem


def _key(experiment: Experiment) -> Any:
    """Equal for experiments that read the same data; None where the files cannot be told apart."""
    data = experiment.data
    if data.shift is not None or data.shuffle_labels:
        return None  # what is at hand has been changed already: a second time would be too much
    paths = [experiment.resolve_path(path) for path in (data.path, data.test_path) if path]
    try:
        found = [os.stat(path) for path in paths]
    except (OSError, ValueError):
        return None
    stamps = [(status.st_mtime_ns, status.st_size, status.st_ino) for status in found]
    return data, experiment.data_seed, [os.fspath(path) for path in paths], stamps
