"""The ring across the window, with the sentence of the stage just done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from core.stages import Stage
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots.ring import LoopRing
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, current_scale
from mlloop_gui.views.card import light
from mlloop_gui.views.pace import NUMBERS, Pace
from mlloop_gui.views.status import StatusBox
from mlloop_gui.views.turn_once import TurnOnce

QUESTION = "How should I change my parameters to perform better on unseen data?"


class RingBar(QToolBar):
    """The loop ring and the button that sends a sample round it.

    Attributes
    ----------
    ring : LoopRing
    turn_once : QPushButton
    """

    def __init__(self, session: Session, travel: TurnOnce) -> None:
        super().__init__("Loop")
        self.setObjectName("toolbar.ring")
        self.setMovable(False)
        self._session, self._travel = session, travel
        self._pace = Pace(NUMBERS)
        self.ring = LoopRing([(int(s), s.key, s.label, s.question) for s in Stage])
        self.ring.stage_clicked.connect(self._inspect)
        self.turn_once = QPushButton("Turn the loop once")
        self.turn_once.setObjectName("turn_once")
        self.turn_once.setAccessibleName("Turn the loop once")
        self.turn_once.setProperty("primary", True)
        self.turn_once.setToolTip(
            "One sample travels the ring, a sentence at each stage; about 20 seconds"
        )
        self.turn_once.clicked.connect(self._toggle)
        self.status = StatusBox(session)
        row = QWidget()
        row.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 8, 0)
        across.addWidget(self.ring, 1)
        self.side = QWidget()
        # Of one size, so that new numbers in it do not lay the whole window out anew.
        self._fix_side()
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 8, 0, 8)
        column.addStretch(1)
        column.addWidget(self.turn_once)
        column.addWidget(self.status)
        column.addStretch(1)
        across.addWidget(self.side)
        self.addWidget(row)
        travel.started.connect(self._set_out)
        travel.travelled.connect(self.ring.set_traveller)
        travel.finished.connect(self._arrived)
        session.frame_changed.connect(self._follow)

    def take_back_button(self) -> None:
        """Have the button stand beside the ring again."""
        layout = self.side.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, self.turn_once)
        light(self.turn_once, True)

    @Slot(int)
    def _inspect(self, stage: int) -> None:
        self._session.inspect(Stage(stage))

    @Slot()
    def _toggle(self) -> None:
        if self._travel.active:
            self._travel.stop()
        else:
            self._travel.start()

    @Slot()
    def _set_out(self) -> None:
        self.turn_once.setText("Stop here" if self._travel.active else "Turn the loop once")

    @Slot()
    def _arrived(self) -> None:
        self.turn_once.setText("Turn the loop once")
        self.ring.set_traveller(None)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or not self._pace.lets(frame):
            return
        self.turn_once.setEnabled(frame.state is not RunState.FAILED)
        show_place(self.ring, frame)
        self.ring.set_sentence(self._sentence(frame))

    def _sentence(self, frame: Frame) -> str:
        if frame.state is RunState.RUNNING:
            return QUESTION
        stage = frame.failure.stage if frame.failure else frame.position.stage
        if self._travel.active and frame.position.stage is Stage.ITERATE:
            stage = self._session.inspected
        if frame.position.update == 0 and not frame.in_turn and not self._travel.active:
            return QUESTION
        found = frame.explanations.get(stage)
        # The ring has room for the first clause; the inspector says it all.
        return found.sentence.split("; ")[0] if found else stage.question

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.ring.set_theme(theme)
        self._fix_side()

    def _fix_side(self) -> None:
        self.side.setFixedSize(round(204 * current_scale()), self.ring.sizeHint().height())


def show_place(ring: LoopRing, frame: Frame) -> None:
    """Show on a ring where the run stands, and the stage at which it failed."""
    layer = None
    if frame.position.layer and frame.next_layer is not None:
        layer = f"layer {frame.position.layer} of {frame.layout.layers}"
    if frame.state is RunState.RUNNING:
        ring.set_position(0, None, 0)
    else:
        ring.set_position(int(frame.position.stage), layer, int(frame.next_stage))
    ring.set_marks(int(frame.failure.stage) if frame.failure else None, None)
    ring.set_counter(counter_text(frame))


def counter_text(frame: Frame) -> str:
    """Where the run stands, e.g. ``turn 26 · batch 1 of 25 in epoch 1``."""
    size = frame.settings.optimizer.batch_size
    record = frame.record
    if frame.state is RunState.RUNNING or record is None:
        return f"update {frame.position.update:,} · epoch {frame.position.epoch:,}"
    batch = record.place // size + 1
    return (
        f"turn {record.turn:,} · batch {batch} of {frame.batches_per_epoch}"
        f" in epoch {record.epoch + 1}"
    )
