"""The scrub bar: the whole run under one's hand, as under a film."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QWidget

from core.settings.paths import weight_place
from mlloop_gui.actions import Actions
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots import numbers
from mlloop_gui.plots.timeline import Fork, Mark, Timeline
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme
from mlloop_gui.views.calm import Calm
from mlloop_gui.views.epoch_grid import EpochGrid
from mlloop_gui.views.pace import NUMBERS, Pace

LARGEST = 2**31 - 1
HELP = (
    "Travel to any update of this run: drag, click, or with the keys Left and Right (an update),"
    " Page Down and Page Up (an epoch), Home and End"
)
NOT_YET = "There is nowhere to travel yet: this run has made no update. Press Run or Step first."


class ScrubBar(QFrame):
    """A field for the update, and a time line to drag on.

    At most one journey is under way: while it lasts only the last place asked for is remembered.
    """

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scrub_bar")
        self.setProperty("bar", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Scrub bar")
        self._session = session
        self._run: int | None = None
        self._experiment: object = None
        self._forked: tuple[int | None, int | None] = (None, None)
        self._sent: int | None = None
        self._wanted: int | None = None
        self._pace = Pace(NUMBERS)
        self.timeline = Timeline()
        self.timeline.setObjectName("scrub")
        self.timeline.set_why_not(NOT_YET)
        self.timeline.travelled.connect(self._ask)
        self.field = QSpinBox()
        self.field.setObjectName("scrub.update")
        self.field.setAccessibleName("Go to update")
        self.field.setKeyboardTracking(False)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setRange(0, 0)
        self.field.valueChanged.connect(self._ask)
        self._of = QLabel()
        self._of.setObjectName("scrub.head")
        self._of.setAccessibleName("Updates made")
        line = QWidget()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Calm(line))
        row = QHBoxLayout(line)
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(6)
        row.addWidget(QLabel("Update"))
        row.addWidget(self.field)
        row.addWidget(self._of)
        row.addWidget(self.timeline, 1)
        # Both have one size for all numbers but the largest, so that nothing is laid out anew.
        self._fit_texts()
        for action in ("reset", "step_back"):
            actions[action].triggered.connect(self._give_up)
        session.run_started.connect(self._give_up)
        session.frame_changed.connect(self._follow)
        self._enable(False)
        self._follow()

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(900, max(38, self.timeline.sizeHint().height() + 2))

    def _fit_texts(self) -> None:
        metrics = self.field.fontMetrics()
        height = self.field.sizeHint().height()
        self.field.setFixedSize(metrics.horizontalAdvance("10000000") + 32, height)
        self._of.setFixedSize(metrics.horizontalAdvance("of 10 000 000") + 4, height)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self._fit_texts()
        self.timeline.set_theme(theme)

    # -- following -----------------------------------------------------------------------------

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        still = frame.state is not RunState.RUNNING
        self._arrive(frame)
        if not self._pace.lets(frame):
            return
        self._follow_run(frame)
        update = self.timeline.place() if self._sent is not None else frame.position.update
        self.timeline.set_place(min(update, frame.head), frame.head, still)
        if (frame.head > 0) is not self.timeline.isEnabled():
            self._enable(frame.head > 0)
        self._write(update, frame.head)

    def _follow_run(self, frame: Frame) -> None:
        """What changes seldom: events, where epochs end, where the run left another."""
        runs = {summary.number: summary for summary in frame.runs}
        live = runs.get(frame.run)
        forked = (live.parent, live.forked_at) if live else (None, None)
        if frame.experiment is self._experiment and forked == self._forked:
            return
        self._experiment, self._forked = frame.experiment, forked
        events = frame.experiment.change
        marks = [
            Mark(
                event.update,
                f"{event.field} = {event.value}",
                "setting" if weight_place(event.field) is None else "weight",
            )
            for event in events
        ]
        fork = None
        if forked[1] is not None:
            parent = runs.get(forked[0]) if forked[0] is not None else None
            name = parent.name if parent else f"run {forked[0]}, which is forgotten"
            fork = Fork(
                forked[1],
                f"Forked off {name} at update {numbers.count(forked[1])}; both share what is"
                " before.",
            )
        self.timeline.set_marks(marks, fork)
        sizes = [(e.update, int(e.value)) for e in events if e.field == "optimizer.batch_size"]
        start = frame.experiment.optimizer.batch_size
        self.timeline.set_epochs(EpochGrid.of(len(frame.problem.parts.train), start, sizes))

    def _write(self, update: int, head: int) -> None:
        self._of.setText(f"of {numbers.count(head)}")
        box = self.field
        with QSignalBlocker(box):
            if box.maximum() != min(head, LARGEST):
                box.setMaximum(min(head, LARGEST))
            # What is being typed is left alone until it is entered.
            typing = box.hasFocus() and box.lineEdit().isModified()
            if not typing and box.value() != update:
                box.setValue(min(update, LARGEST))

    def _enable(self, on: bool) -> None:
        self.field.setEnabled(on)
        self.timeline.setEnabled(on)
        self.timeline.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.NoFocus)
        text = HELP if on else NOT_YET
        self.field.setToolTip("Go to this update" if on else NOT_YET)
        for widget in (self.timeline, self._of):
            widget.setToolTip(text)

    # -- travelling ----------------------------------------------------------------------------

    @Slot(object)
    def _ask(self, update: int) -> None:
        """Travel there, or once the journey that is under way has ended."""
        if self._sent is not None:
            self._wanted = update
            return
        if self._session.state is RunState.RUNNING:
            self._session.pause()
        self._sent = self._session.go_to(update)

    def _arrive(self, frame: Frame) -> None:
        if self._sent is None or frame.command < self._sent:
            return
        self._sent = None
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            if wanted != frame.position.update:
                self._ask(min(wanted, frame.head))

    @Slot()
    def _give_up(self) -> None:
        """Another journey has been asked for elsewhere, or another run is on screen."""
        self._sent = self._wanted = None
