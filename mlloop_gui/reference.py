"""What a run is held against: the best that any model can do, and the floor that twins force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.data.source import Progress
from core.problem import Problem
from mlloop_gui.controls import Controls
from mlloop_gui.maps import Extent, extent_of
from mlloop_gui.plots import geometry

if TYPE_CHECKING:
    from core.evaluation.bayes import BayesReference
    from core.evaluation.twins import Twins

CELLS = 240
CURVE_POINTS = 400
#: Shares of the work: the reference, then its map, then the twins.
MAPPED, TWINS = 0.6, 0.8


@dataclass(frozen=True, eq=False)
class Found:
    """What there is to compare a run with.

    Attributes
    ----------
    bayes : BayesReference or None
        None where nobody knows the law that the data follow.
    twins : Twins
        Of the training part.
    extent : tuple of float
        Of the plane that `lines` lie in.
    lines : tuple of ndarray
        x and y of the best boundary, or of the best curve, NaN between one line and the next;
        empty if there is none to draw.
    """

    bayes: BayesReference | None
    twins: Twins
    extent: Extent
    lines: tuple[np.ndarray, np.ndarray]

    @property
    def headline(self) -> float:
        """Accuracy or R² of the best model that there can be; NaN where nobody knows it."""
        if self.bayes is None:
            return float("nan")
        best = self.bayes.accuracy if self.bayes.classes else self.bayes.r2
        return float("nan") if best is None else best


class Reference(QObject):
    """Works it out on the jobs thread, once somebody wants to see it.

    Attributes
    ----------
    found : Found or None
        None until it is there.

    Signals
    -------
    changed
        Something else is found, or nothing any more.
    """

    changed = Signal()

    def __init__(self, session: Controls) -> None:
        super().__init__(session)
        self._session = session
        self._wanted = False
        self._asked: Problem | None = None
        self.found: Found | None = None
        session.run_started.connect(self._restart)

    def want(self) -> None:
        """Somebody looks at it: from now on it is worked out for every run."""
        self._wanted = True
        self._begin()

    @Slot()
    def _restart(self) -> None:
        frame = self._session.frame
        if frame is not None and frame.problem is not self._asked and self.found is not None:
            self.found = None
            self.changed.emit()
        if self._wanted:
            self._begin()

    def _begin(self) -> None:
        frame = self._session.frame
        if frame is None or frame.problem is self._asked:
            return
        problem, settings = frame.problem, frame.settings.data
        self._asked = problem

        def work(progress: Progress) -> Found:
            # No start waits for these.
            from core.evaluation.bayes import bayes_reference
            from core.evaluation.twins import find_twins

            bayes = None
            if problem.dataset.generated:
                bayes = bayes_reference(settings, lambda share: progress(MAPPED * share))
            extent, lines = _lines(
                problem, bayes, lambda share: progress(MAPPED + (TWINS - MAPPED) * share)
            )
            twins = find_twins(
                problem, progress=lambda share: progress(TWINS + (1.0 - TWINS) * share)
            )
            return Found(bayes, twins, extent, lines)

        def done(found: Found) -> None:
            if problem is self._asked:
                self.found = found
                self.changed.emit()

        self._session.jobs.start_quietly(work, done, self._failed)

    def _failed(self, text: str) -> None:
        self._session.message.emit("error", f"What is best possible could not be found: {text}")


def _lines(
    problem: Problem, bayes: BayesReference | None, progress: Progress
) -> tuple[Extent, tuple[np.ndarray, np.ndarray]]:
    """The best boundary over the plane, or the best curve over the one input."""
    nothing = np.empty(0), np.empty(0)
    columns = len(problem.dataset.columns)
    extent = extent_of(problem, (0, min(1, columns - 1)))
    x0, x1, y0, y1 = extent
    if bayes is None or columns > 2 or (columns == 1) == bool(problem.classes):
        return extent, nothing  # only a curve or a boundary can be drawn
    if columns == 1:
        x = np.linspace(x0, x1, CURVE_POINTS)
        y = bayes.predict(x[:, None])
        return (x0, x1, float(y.min()), float(y.max())), (x, y)
    shares = bayes.posterior_map(extent, (CELLS, CELLS), progress)
    crossings = geometry.label_crossings(shares.argmax(axis=2), shares)
    lines = geometry.chains(geometry.boundary_segments(*crossings))
    # NaN stands between one line and the next.
    cells = np.concatenate(
        [np.r_[line, [[np.nan, np.nan]]] for line in lines] or [np.empty((0, 2))]
    )
    x = x0 + (x1 - x0) * (cells[:, 0] + 0.5) / CELLS
    y = y0 + (y1 - y0) * (cells[:, 1] + 0.5) / CELLS
    return extent, (x, y)
