"""Where the run stands: state, epoch, update, stage, cost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mlloop_gui.frames import Frame, RunState
from mlloop_gui.session import Session
from mlloop_gui.views.pace import NUMBERS, Pace

THIN_SPACE = "\u2009"
SIGNS = {
    RunState.PAUSED: "❚❚",
    RunState.RUNNING: "▶",
    RunState.FINISHED: "✓",
    RunState.FAILED: "✕",
}


class Status(QLabel):
    """A number or word of the run's status; also as the dynamic property ``value``."""

    def __init__(self, name: str, caption: str, widest: str, help_text: str) -> None:
        super().__init__()
        self.setObjectName(f"status.{name}")
        self.setAccessibleName(caption or name)
        self.setToolTip(help_text)
        self._caption = caption
        self._shown: object = None
        self._value = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        width = self.fontMetrics().horizontalAdvance(f"{caption} {widest}  ")
        self.setMinimumWidth(width)

    def show_value(self, value: object, text: str | None = None) -> None:
        """Show a value; nothing happens when it is there already."""
        if (value, text) == self._shown:
            return
        self._shown = (value, text)
        self.setProperty("value", value)
        shown = str(value) if text is None else text
        self._value = shown
        self.setText(f"{self._caption} {shown}".strip())
        self.setAccessibleDescription(shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the caption and, bold, the value; as rich text it would be laid out each time."""
        if not self._caption:
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            caption, where = f"{self._caption} ", Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), where, caption)
            across = self.fontMetrics().horizontalAdvance(caption)
            face = QFont(self.font())
            face.setBold(True)
            painter.setFont(face)
            painter.drawText(self.rect().adjusted(across, 0, 0, 0), where, self._value)


class StatusBox(QWidget):
    """The status labels, and what an update costs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pace = Pace(NUMBERS)
        self.state = Status("state", "", "❚❚ finished", "What the run is doing")
        self.stage = Status("stage", "Stage", "0", "The stage just done")
        self.epoch = Status("epoch", "Epoch", "0", "Passes over the training part")
        self.update_count = Status("update", "Update", "0", "Updates made so far")
        self.cost = Status("cost", "", "", "Parameters, and the time of an update")
        self.cost.setProperty("role", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.setHorizontalSpacing(8)
        grid.addWidget(self.state, 0, 0)
        grid.addWidget(self.epoch, 0, 1)
        grid.addWidget(self.stage, 1, 0)
        grid.addWidget(self.update_count, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.cost, 2, 0, 1, 2)
        self.state.show_value("paused", "❚❚ paused")
        self.stage.show_value(9)
        self.epoch.show_value(0)
        self.update_count.show_value(0)
        session.frame_changed.connect(self._follow)
        session.preparing.connect(self._tell)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or not self._pace.lets(frame):
            return
        position = frame.position
        self.state.show_value(str(frame.state), f"{SIGNS[frame.state]} {frame.state}")
        self.stage.show_value(int(position.stage))
        self.epoch.show_value(position.epoch, grouped(position.epoch))
        self.update_count.show_value(position.update, grouped(position.update))
        self.cost.show_value(round(frame.microseconds, 1), cost_text(frame))
        self.cost.setToolTip(
            f"{grouped(frame.parameters)} parameters, {grouped(frame.samples_seen)} samples seen,"
            f" {frame.seconds:.1f} s of training;"
            f" {frame.kernel.kernel} kernel: {frame.kernel.reason}"
        )

    @Slot(float)
    def _tell(self, share: float) -> None:
        """Say that the arithmetic is being compiled, and how far that is."""
        frame = self._session.frame
        if share < 1.0 or frame is None:
            self.cost.show_value(share, f"Compiling, this once: {100 * share:.0f} %")
        else:
            self.cost.show_value(round(frame.microseconds, 1), cost_text(frame))


def grouped(number: int) -> str:
    """A whole number in groups of three."""
    return f"{number:,}".replace(",", THIN_SPACE)


def cost_text(frame: Frame) -> str:
    """An update's time, the kernel, and the model's size."""
    told, micro = (
        [frame.kernel.kernel, f"{grouped(frame.parameters)} params"],
        frame.microseconds,
    )
    if micro:
        time = f"{micro:.{int(micro < 10)}f} µs" if micro < 1000 else f"{micro / 1000:.1f} ms"
        told.insert(0, time)
    return f"{THIN_SPACE}·{THIN_SPACE}".join(told)
