"""One sample travels the ring, a sentence at each stage: once, or turn after turn."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QTimer, QVariantAnimation, Signal, Slot

from core.stages import Stage, StepSize
from mlloop_gui.frames import RunState
from mlloop_gui.session import Session

STAGE_SECONDS = 2.2
SLOW_MOTION_SECONDS = 1.0
#: How much of a stage's time the sample is on its way, and the most of it in milliseconds.
ON_THE_WAY, LONGEST_WAY = 0.5, 700


class TurnOnce(QObject):
    """Steps through one turn by itself, or through one after another; any other command ends it.

    Signals
    -------
    started()
        It has begun; `repeats` tells which of the two it is.
    travelled(float)
        Where the sample is: (k - 1) / 8 at stage k.
    finished()
        The turn is done, or was given up.
    """

    started = Signal()
    travelled = Signal(float)
    finished = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self._move = QVariantAnimation(self)
        self._move.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._move.valueChanged.connect(self._moved)
        self._stage = 0
        self._awaited: Stage | None = None
        self._repeats = False

    @property
    def active(self) -> bool:
        return self._stage > 0

    @property
    def repeats(self) -> bool:
        """Whether it is slow motion: turn after turn, until something ends it."""
        return self.active and self._repeats

    def start(self, seconds: float | None = None, repeat: bool = False) -> None:
        """Begin the next turn; a turn half done is finished by the same steps.

        Parameters
        ----------
        seconds : float, optional
            What a stage takes; `STAGE_SECONDS` when left out.
        repeat : bool
            Whether to go on with the next turn, and the next, until stopped.
        """
        session = self._session
        if session.frame is None or session.state is RunState.FAILED:
            return
        if session.state is RunState.RUNNING:
            session.pause()
        pace = int(1000 * (STAGE_SECONDS if seconds is None else seconds))
        self._stage = int(session.frame.position.stage) if session.frame.in_turn else 0
        self._awaited, self._repeats = None, repeat
        self._move.setDuration(min(LONGEST_WAY, int(ON_THE_WAY * pace)))
        self._timer.start(pace)
        self._next()
        self.started.emit()

    @Slot()
    def toggle_slow_motion(self) -> None:
        """Play turn after turn, about a second a stage; again: stop where it is."""
        slow = self.repeats
        self.stop()
        if not slow:
            self.start(SLOW_MOTION_SECONDS, repeat=True)

    @Slot()
    def stop(self) -> None:
        """Leave the sample where it is."""
        if self._timer.isActive() or self._stage:
            self._timer.stop()
            self._move.stop()
            self._stage = 0
            self.finished.emit()

    @Slot()
    def _next(self) -> None:
        session, frame = self._session, self._session.frame
        if session.state is RunState.FAILED or frame is None:
            self.stop()
            return
        if self._repeats and self._awaited not in (None, frame.position.stage):
            return  # a large network may take longer over a stage than a reader
        due = frame.next_stage is Stage.EVALUATE
        if self._stage == len(Stage) or (self._repeats and self._stage == 8 and not due):
            if not self._repeats:
                self.stop()
                return
            self._stage = 0
        self._stage += 1
        stage = Stage(self._stage)
        if stage is not Stage.EVALUATE or due:
            self._awaited = stage
            session.step(StepSize.STAGE)
        session.inspect(stage)
        self._move.stop()
        self._move.setStartValue(max(0.0, (self._stage - 2) / 8))
        self._move.setEndValue((self._stage - 1) / 8)
        self._move.start()

    @Slot(object)
    def _moved(self, fraction: float) -> None:
        self.travelled.emit(float(fraction))
