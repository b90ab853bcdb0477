"""The nine inspectors behind one header; only the one that is seen costs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.inspector.backpropagate import BackpropagateInspector
from mlloop_gui.inspector.base import Choice, Inspector
from mlloop_gui.inspector.evaluate import EvaluateInspector
from mlloop_gui.inspector.face_chooser import NUMBERS
from mlloop_gui.inspector.faces import Face, faces_of
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
        self.choice = Choice(session, self)
        self.header = Header(session, self.choice)
        self.stack = QStackedWidget()
        self.pages: dict[Stage, Inspector] = {}
        for kind in PAGES:
            page = kind(session, self.choice)
            self.pages[kind.stage] = page
            self.stack.addWidget(page)
        self.faces: dict[str, Face] = {}
        self._chosen: dict[Stage, str] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.stack, 1)
        self._frame: Frame | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._show)
        self.header.chooser.chosen.connect(session.inspect)
        self.header.faces.chosen.connect(lambda key: self.show_face(session.inspected, key))
        self.choice.changed.connect(self._show)
        session.frame_changed.connect(self._take_frame)
        session.sample_changed.connect(self._take_frame)
        session.inspected_changed.connect(self._turn_to_stage)
        self._turn_to_stage()

    @property
    def page(self) -> Inspector:
        """The page of numbers of the inspected stage."""
        return self.pages[self.session.inspected]

    @property
    def face(self) -> Face | None:
        """The face that is seen; None while the page of numbers is."""
        return self.faces.get(self._chosen.get(self.session.inspected, NUMBERS))

    def show_face(self, stage: Stage, key: str) -> None:
        """Show a stage by one of its faces, or by its page of ``"numbers"``.

        Raises
        ------
        KeyError
            If the stage has no such face.
        """
        if key != NUMBERS and key not in self.faces:
            kinds = {kind.key: kind for kind in faces_of(stage)}
            made = self.faces[key] = kinds[key](self.session, self.choice)
            self.stack.addWidget(made)
        self._chosen[stage] = key
        if self.session.inspected is stage:
            self._turn_to_stage()
        else:
            self.session.inspect(stage)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.header.set_theme(theme)
        for page in self.pages.values():
            page.set_theme(theme)
        for face in self.faces.values():
            face.set_theme(theme)

    def _turn_to_stage(self) -> None:
        stage = self.session.inspected
        self.header.chooser.set_stage(stage)
        self.header.faces.set_face(stage, self._chosen.get(stage, NUMBERS))
        self.stack.setCurrentWidget(self.face or self.page)
        self.session.show(lens=self.face.lens if self.face else "")
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
            lens = self.face is not None and bool(self.face.lens)
            told, before = (
                f.lens if lens else f.explanations.get(stage) for f in (frame, self._frame)
            )
            if frame.run == self._frame.run:
                if told is not before and self.isVisible():
                    # After the frame's other pictures: the next ones need not wait for both.
                    self._frame = frame
                    self._later.start()
                return
        self.refresh()

    def refresh(self) -> None:
        """Show the session's frame in the inspector that is seen; the others are left alone."""
        if self.isVisible():
            self._later.stop()
            self._frame = self.session.frame
            self._show()

    def _show(self) -> None:
        """Show the frame in hand."""
        if self._frame is None:
            self.header.refresh(None)
            return
        moment = Moment.of(self._frame, self.session.inspected)
        face, page = self.face, self.page
        # The numbers of a run that diverges are shown as they are; numpy need not warn of them.
        with np.errstate(all="ignore"):
            if face is None:
                page.refresh(moment)
            else:
                face.refresh(moment, self._arrays(face, moment))
            self.header.refresh(moment)
            by_unit = page.by_unit if face is None else face.by_unit
            there = by_unit and moment.record is not None
            self.header.set_place(self.choice.place(moment) if there else None)

    @staticmethod
    def _arrays(face: Face, moment: Moment) -> dict[str, np.ndarray] | None:
        """Return what the face's lens has of this moment; None until it has come."""
        lens = moment.frame.lens
        if not face.lens or lens is None or lens.name != face.lens:
            return None
        turn = moment.record.turn if moment.record is not None else None
        if moment.stage is Stage.EVALUATE and moment.frame.failure:
            turn = None  # it looks at the last good parameters, of the turn before
        fits = lens.sample == moment.sample and turn in (None, lens.turn)
        return lens.arrays if fits else None

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)
        self.refresh()
