"""The nine inspectors behind one header; only the one that is seen costs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.inspector.backpropagate import BackpropagateInspector
from mlloop_gui.inspector.base import Choice, Inspector
from mlloop_gui.inspector.evaluate import EvaluateInspector
from mlloop_gui.inspector.gradients import GradientsInspector
from mlloop_gui.inspector.header import Header
from mlloop_gui.inspector.iterate import IterateInspector
from mlloop_gui.inspector.loss import LossInspector
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.predict import PredictInspector
from mlloop_gui.inspector.represent import RepresentInspector
from mlloop_gui.inspector.transform import TransformInspector
from mlloop_gui.inspector.update import UpdateInspector
from mlloop_gui.theme import Theme

if TYPE_CHECKING:
    from mlloop_gui.session import Session

PAGES: tuple[type[Inspector], ...] = (
    RepresentInspector,
    TransformInspector,
    PredictInspector,
    LossInspector,
    GradientsInspector,
    BackpropagateInspector,
    UpdateInspector,
    IterateInspector,
    EvaluateInspector,
)


class InspectorStack(QWidget):
    """Shows the inspector of the session's inspected stage.

    Parameters
    ----------
    session : Session
        What it shows follows the session's frame, sample and inspected stage; what is clicked
        in it picks samples and stages there.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("inspector")
        self.setAccessibleName("inspector of the chosen stage")
        self.choice = Choice(self)
        self.header = Header(session, self.choice)
        self.stack = QStackedWidget()
        self.pages: dict[Stage, Inspector] = {}
        for kind in PAGES:
            page = kind(session, self.choice)
            self.pages[kind.stage] = page
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.stack, 1)
        self._frame: Frame | None = None
        self.header.chooser.chosen.connect(session.inspect)
        self.choice.changed.connect(self._show)
        session.frame_changed.connect(self._take_frame)
        session.sample_changed.connect(self._take_frame)
        session.inspected_changed.connect(self._turn_to_stage)
        self._turn_to_stage()

    @property
    def page(self) -> Inspector:
        """The inspector that is seen."""
        return self.pages[self.session.inspected]

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.header.set_theme(theme)
        for page in self.pages.values():
            page.set_theme(theme)

    def _turn_to_stage(self) -> None:
        stage = self.session.inspected
        self.header.chooser.set_stage(stage)
        self.stack.setCurrentWidget(self.pages[stage])
        self.refresh()

    def _take_frame(self) -> None:
        """Show the frame, unless the run goes on and nothing was explained anew.

        While running, explanations come at a low rate, each with the frame of its own turn;
        shown with another frame's arrays its sums would not hold.
        """
        frame = self.session.frame
        if frame is None:
            return
        if frame.state == RunState.RUNNING and self._frame is not None:
            stage = self.session.inspected
            told, before = (f.explanations.get(stage) for f in (frame, self._frame))
            if told is before and frame.run == self._frame.run:
                return
        self.refresh()

    def refresh(self) -> None:
        """Show the session's frame in the inspector that is seen; the others are left alone."""
        if self.isVisible():
            self._frame = self.session.frame
            self._show()

    def _show(self) -> None:
        """Show the frame in hand."""
        if self._frame is None:
            self.header.refresh(None)
            return
        moment = Moment.of(self._frame, self.session.inspected)
        page = self.page
        # The numbers of a run that diverges are shown as they are; numpy need not warn of them.
        with np.errstate(all="ignore"):
            page.refresh(moment)
            self.header.refresh(moment)
            by_unit = page.by_unit and moment.record is not None
            self.header.set_place(page.place(moment) if by_unit else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)
        self.refresh()
