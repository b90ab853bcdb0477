"""Loading a table on the jobs thread, while the run on screen goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.experiment import Experiment
from core.problem import Problem, build_problem


class Loading(QObject):
    """Builds the problem of one experiment at a time.

    Parameters
    ----------
    start : callable
        ``start(work, done, failed, progressed)``, as of `mlloop_gui.jobs.Jobs`.
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
        start: Callable[..., Any],
        done: Callable[[Experiment, Problem], None],
        failed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.share: float | None = None
        self._start, self._done, self._failed = start, done, failed

    def begin(self, experiment: Experiment) -> None:
        """Load; what was being loaded is given up."""
        self._show(0.0)
        self._start(
            lambda progress: build_problem(experiment, progress),
            lambda problem: self._loaded(experiment, problem),
            self.give_up,
            self._show,
        )

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
