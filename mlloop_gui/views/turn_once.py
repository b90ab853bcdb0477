"""Turn the loop once: one sample travels the ring, a sentence at each stage."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QTimer, QVariantAnimation, Signal, Slot

from core.stages import Stage, StepSize
from mlloop_gui.frames import RunState
from mlloop_gui.session import Session

STAGE_SECONDS = 2.2


class TurnOnce(QObject):
    """Steps through one turn by itself; any other command ends it.

    Signals
    -------
    travelled(float)
        Where the sample is: (k - 1) / 8 at stage k.
    finished()
        The turn is done, or was given up.
    """

    travelled = Signal(float)
    finished = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setInterval(int(1000 * STAGE_SECONDS))
        self._timer.timeout.connect(self._next)
        self._move = QVariantAnimation(self)
        self._move.setDuration(700)
        self._move.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._move.valueChanged.connect(self._moved)
        self._stage = 0

    @property
    def active(self) -> bool:
        return self._stage > 0

    def start(self) -> None:
        """Begin the next turn; a turn half done is finished by the same steps."""
        session = self._session
        if session.frame is None or session.state is RunState.FAILED:
            return
        if session.state is RunState.RUNNING:
            session.pause()
        self._stage = int(session.frame.position.stage) if session.frame.in_turn else 0
        self._timer.start()
        self._next()

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
        if self._stage == len(Stage) or self._session.state is RunState.FAILED:
            self.stop()
            return
        self._stage += 1
        stage = Stage(self._stage)
        frame = self._session.frame
        if stage is not Stage.EVALUATE or (frame and frame.next_stage is Stage.EVALUATE):
            self._session.step(StepSize.STAGE)
        self._session.inspect(stage)
        self._move.stop()
        self._move.setStartValue(max(0.0, (self._stage - 2) / 8))
        self._move.setEndValue((self._stage - 1) / 8)
        self._move.start()

    @Slot(object)
    def _moved(self, fraction: float) -> None:
        self.travelled.emit(float(fraction))
