"""What the program does for a chapter: begins its run, goes to a place, opens what is spoken of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.errors import InputError
from core.experiment import Experiment, weight_place
from core.stages import Stage, StepSize
from mlloop_gui.edits import differences
from mlloop_gui.frames import Frame
from mlloop_gui.guide.chapter import Doing
from mlloop_gui.guide.seeing import Progress, progress
from mlloop_gui.session import Session

Find = Callable[[str], QWidget | None]


class Doer(QObject):
    """Carries out what a step says, through the session and the window's own widgets.

    Parameters
    ----------
    session : Session
    find : callable
        The widget of an objectName.

    Signals
    -------
    tab_wanted(str), face_wanted(str)
        A tab of the bottom dock, a face of the inspector in it.
    """

    tab_wanted = Signal(str)
    face_wanted = Signal(str)

    def __init__(self, session: Session, find: Find, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._find = session, find

    def begin(self, experiment: Experiment) -> None:
        """Begin a run; the one before stays as a pale curve, and undo leads back to it."""
        session = self._session
        values = differences(session.experiment, experiment)
        if values and "data.path" not in values and experiment.data.path is None:
            session.restart_with(values)
        else:
            session.new_run(experiment)

    def do(self, doing: Doing) -> None:
        """Set, go and open; what needs the new place waits for `arrive`."""
        session, frame = self._session, self._session.frame
        if frame is None:
            return
        if doing.settings:
            try:
                session.set_many(dict(doing.settings))
            except InputError as error:
                session.message.emit("error", str(error))
        self._go(doing, frame)
        if doing.step_size is not None:
            self._press(f"step_size.{doing.step_size}")
        if doing.speed is not None:
            self._write("speed", doing.speed)
        if doing.inspect is not None:
            session.inspect(doing.inspect)
        if doing.tab:
            self.tab_wanted.emit(doing.tab)
        if doing.face:
            self.face_wanted.emit(doing.face)
        if doing.parameter:
            self._choose(doing.parameter, frame)
        if doing.unit is not None:
            session.choose_unit(*doing.unit)
        if doing.run is not None:
            session.run(doing.run)

    def arrive(self, doing: Doing) -> None:
        """Pick the sample, once the batch that it is of is there."""
        frame = self._session.frame
        if frame is None or not doing.sample:
            return
        if doing.sample == "first":
            self._session.select_sample(None)
            return
        record = frame.record_of(Stage.LOSS)
        if record is not None and record.price is not None:
            self._session.select_sample(int(record.rows[int(record.price.argmax())]))

    def _go(self, doing: Doing, frame: Frame) -> None:
        """Go to a place, unless the run stands there."""
        session = self._session
        if doing.update is None and doing.stage is None:
            return
        here, goal = progress(frame), place(doing, frame)
        still = frame.state == "paused" and frame.position.layer == 0
        if still and here == goal:
            return
        near = still and frame.in_turn and here[0] == goal[0] and here[1] < goal[1]
        if doing.stage is None:
            session.reach(goal[0])
            return
        if not near:
            session.pause()
            session.reach(goal[0] - 1)
        for _ in range(goal[1] - (here[1] if near else 0)):
            session.step(StepSize.STAGE)

    def _choose(self, path: str, frame: Frame) -> None:
        where = weight_place(path)
        try:
            if where is not None:
                self._session.choose_parameter(frame.layout.index(*where))
        except InputError:
            return  # the person has another network by now

    def _press(self, name: str) -> None:
        button = self._find(name)
        if isinstance(button, QAbstractButton):
            button.click()

    def _write(self, name: str, value: float) -> None:
        widget = self._find(name)
        if widget is not None:
            widget.setProperty(str(widget.metaObject().userProperty().name()), value)


def place(doing: Doing, frame: Frame) -> Progress:
    """Return where a doing leads, as `seeing.progress` counts."""
    update = frame.position.update if doing.update is None else doing.update
    if doing.stage is None:
        here = progress(frame)
        return here if here[0] == update and not frame.in_turn else (update, int(Stage.EVALUATE))
    if doing.update is None and frame.in_turn and doing.stage < Stage.UPDATE:
        return progress(frame)[0], int(doing.stage)
    return update + 1, int(doing.stage)
