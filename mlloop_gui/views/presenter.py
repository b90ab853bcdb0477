"""Puts the presentation in the place of the window, and the window back as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from core.experiment import Experiment
from core.problem import build_problem
from core.stages import StepSize
from mlloop_gui.actions import Actions
from mlloop_gui.frames import View
from mlloop_gui.session import Session
from mlloop_gui.views.turn_once import TurnOnce

if TYPE_CHECKING:
    from mlloop_gui.views.presentation import PresentationView

#: A run that is no longer kept is made again where that takes no longer.
MOST_SECONDS = 2.0
SCENES = 2


@dataclass(frozen=True)
class _Before:
    """The window and the session as they were."""

    shown: tuple[QWidget, ...]
    centre: QWidget | None
    focus: QWidget | None
    path: str | None
    saved: Experiment
    run: int
    runs: tuple[int, ...]
    experiment: Experiment
    update: int
    seconds: float
    view: View
    step_size: StepSize
    speed: float
    by_experiment: bool


class Presenter(QObject):
    """Shows the presentation instead of a main window's bars, docks and centre.

    Parameters
    ----------
    session : Session
    actions : Actions
    window : QMainWindow
        Owns this.
    travel : TurnOnce, optional

    Attributes
    ----------
    page : PresentationView or None
        Built when first shown.

    Signals
    -------
    entering, left
        `entering` comes while the person's run is still on screen, `left` once the window is
        back: the size of text in force is then to be set anew.
    """

    entering = Signal()
    left = Signal()

    def __init__(
        self,
        session: Session,
        actions: Actions,
        window: QMainWindow,
        travel: TurnOnce | None = None,
    ) -> None:
        super().__init__(window)
        self._session, self._actions, self._travel = session, actions, travel
        self._window = window
        self.page: PresentationView | None = None
        self._before: _Before | None = None
        self._returning: _Before | None = None

    @property
    def active(self) -> bool:
        return self._before is not None

    def wanted(self) -> dict[str, bool]:
        """Return what the frames must carry while the presentation is seen; see `View`."""
        return self.page.wanted() if self.page is not None else {}

    @Slot()
    def toggle(self) -> None:
        """Begin the presentation with the scene that was seen last, or end it."""
        if self.active:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Hide the window's parts, show the page, make its scene."""
        session, frame = self._session, self._session.frame
        if self.active or frame is None:
            return
        self.entering.emit()
        window = self._window
        shown = tuple(
            part
            for kind in (QToolBar, QDockWidget)
            for part in window.findChildren(kind)
            if part.isVisible() and part.parent() is window
        )
        self._finish_returning()
        # The scene on screen and the one before it push none of the person's runs out.
        session.spare_runs(SCENES)
        self._before = _Before(
            shown,
            window.takeCentralWidget(),
            window.focusWidget(),
            session.path,
            session.saved,
            frame.run,
            tuple(run.number for run in session.runs) or (frame.run,),
            frame.experiment,
            frame.position.update,
            frame.microseconds * frame.position.update / 1e6,
            session.view,
            session.step_size,
            session.speed,
            session.by_experiment,
        )
        for part in shown:
            part.hide()
        if self._before.centre is not None:
            self._before.centre.hide()
            self._before.centre.setParent(window)
        if self.page is None:
            from mlloop_gui.views.presentation import PresentationView

            self.page = PresentationView(session, self._actions, self._travel)
            self.page.left.connect(self.leave)
            self._warm_up()
        window.setCentralWidget(self.page)
        self.page.show()
        self.page.keep(self._before.runs)
        self.page.restore(self.page.at)

    def _warm_up(self) -> None:
        """Load what bundled data takes before its scene is asked for."""
        assert self.page is not None
        names = [scene.experiment for scene in self.page.scenes]
        bundled = [found for found in names if found.data.source in ("digits",)]
        if bundled and not self._session.jobs.busy:
            self._session.jobs.start(
                lambda progress: [build_problem(found) for found in bundled],
                lambda made: None,
                lambda text: None,
            )

    @Slot()
    def leave(self) -> None:
        """Show the window as it was, on the run that it was on."""
        before, page, window = self._before, self.page, self._window
        if before is None or page is None:
            return
        self._before = None
        if self._travel is not None:
            self._travel.stop()
        window.takeCentralWidget()
        page.hide()
        page.setParent(window)
        if before.centre is not None:
            window.setCentralWidget(before.centre)
            before.centre.show()
        for part in before.shown:
            part.show()
        if before.focus is not None:
            before.focus.setFocus()
        self._return(before)
        self.left.emit()

    def _return(self, before: _Before) -> None:
        session = self._session
        self._actions[f"step_size.{before.step_size}"].trigger()
        session.by_experiment = before.by_experiment
        session.path, session.saved = before.path, before.saved
        if any(run.number == before.run and run.alive for run in session.runs):
            session.switch_run(before.run)
        else:
            session.new_run(before.experiment)
            if before.seconds <= MOST_SECONDS:
                session.reach(before.update)
            else:
                session.message.emit("note", "This run is too long to be made again; it begins.")
        session.set_speed(before.speed)
        self._returning = before
        session.run_started.connect(self._finish_returning)

    @Slot()
    def _finish_returning(self) -> None:
        """Once the run is back: look at what was looked at, and let the scenes' runs go."""
        before, session = self._returning, self._session
        if before is None:
            return
        self._returning = None
        session.run_started.disconnect(self._finish_returning)
        view = before.view
        session.show(
            sample=view.sample,
            columns=view.columns,
            inspected=view.inspected,
            unit=view.unit,
            parameter=view.parameter,
        )
        live = session.frame.run if session.frame is not None else None
        for run in session.runs:
            if run.number not in (*before.runs, live):
                session.forget_run(run.number)
        session.spare_runs(0)
