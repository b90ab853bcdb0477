"""Loading a table on the jobs thread, while the run on screen goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.experiment import Experiment
from core.problem import Problem, build_problem
from mlloop_gui.jobs import Jobs


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

    def begin(self, experiment: Experiment) -> None:
        """Load; what was being loaded is given up."""
        self._jobs.cancel()
        self._show(0.0)
        self._jobs.start(
            lambda progress: build_problem(experiment, progress),
            lambda problem: self._loaded(experiment, problem),
            self.give_up,
            self._show,
        )

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
