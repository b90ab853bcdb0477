"""The time line of a run: what has been made, what was changed, and where one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Property, QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots import timeline_painting as painting
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.numbers import nice_step
from mlloop_gui.theme import Theme

#: Room left and right of the track, for half a handle.
_EDGE = 9.0
#: How near a click must be to a mark to mean it.
_REACH = 6.0
_LEAST_SCALE = 10
_KEYS = {
    Qt.Key.Key_Left: "update back", Qt.Key.Key_Right: "update on",
    Qt.Key.Key_PageDown: "epoch back", Qt.Key.Key_PageUp: "epoch on",
    Qt.Key.Key_Home: "start", Qt.Key.Key_End: "head",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Something that was changed at an update: a ``"setting"`` (diamond) or a ``"weight"``."""

    update: int
    text: str
    kind: str = "setting"


@dataclass(frozen=True)
class Fork:
    """Where this run left another; what lies before belongs to both."""

    update: int
    text: str


class Timeline(Canvas):
    """A track from update 0 to the last one made, on which one can travel.

    Its user property `value` is the update on screen. The track keeps some room for updates to
    come, so that a run that goes on changes only its end.

    Signals
    -------
    travelled : object
        The update (int) that a person asked for.
    """

    own_keys = _KEYS

    travelled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._value = self._head = 0
        self._scale = _LEAST_SCALE
        self._marks: tuple[Mark, ...] = ()
        self._fork: Fork | None = None
        self._epochs: Any = None
        self._ticks: painting.Ticks | None = None
        self._stretch = (0.0, 0.0)
        self._dragged = False
        self._cursor: float | None = None
        self._why_not = ""
        super().__init__("", parent)
        self.setAccessibleName("Time line of the run")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    # What is shown

    def set_place(self, update: int, head: int, still: bool = True) -> None:
        """Stand at an update of a run that has made ``head``; paints no more than what changed.

        ``still`` says whether it stays so for a while, so that it is worth telling.
        """
        if (update, head) != (self._value, self._head):
            before = [self._around(self._value), self._end_of_track()]
            self._value, self._head = update, head
            if self._fit():
                self.update()
            else:
                now = [self._around(update), self._end_of_track()]
                self.update(before[0].united(now[0]) if still else before[0])
                self.update(now[0])
                self.update(before[1].united(now[1]))
        if still:
            self.setAccessibleDescription(self.describe())

    def _fit(self) -> bool:
        """Have the track hold the whole run, growing in steps; whether it changed."""
        if max(self._head, _LEAST_SCALE) <= self._scale < max(2 * self._head, _LEAST_SCALE + 1):
            return False
        head = max(self._head, _LEAST_SCALE)
        # A long run gets a tenth of free room, so that it seldom has to be drawn anew.
        self._scale = head if head <= _LEAST_SCALE else round(head * 1.1 + nice_step(head, 20))
        self._ticks = None
        return True

    def set_marks(self, marks: Sequence[Mark], fork: Fork | None = None) -> None:
        """Mark changes, and where the run left another."""
        if (tuple(marks), fork) != (self._marks, self._fork):
            self._marks, self._fork = tuple(marks), fork
            self.refresh()

    def set_epochs(self, epochs: Any) -> None:
        """Take where epochs end: an object with `done`, `end` and `step` (see `EpochGrid`)."""
        if epochs != self._epochs:
            self._epochs, self._ticks = epochs, None
            self.update()

    def set_why_not(self, text: str) -> None:
        """Say why one cannot travel; empty when one can."""
        self._why_not = text

    def place(self) -> int:
        """Return the update on screen, or the one that is being travelled to."""
        return self._value

    def travel(self, update: int) -> None:
        """Travel to an update; beyond the run's end is its end."""
        self._travel(int(update))

    # Qt's int has 32 bits, which the updates of a long run do not fit in.
    value = Property("qlonglong", place, travel, user=True)  # type: ignore[arg-type]

    def head(self) -> int:
        """Return the last update made."""
        return self._head

    maximum = Property("qlonglong", head)  # type: ignore[arg-type]  # as above

    def _travel(self, update: int) -> None:
        update = min(max(update, 0), self._head)
        if update != self._value:
            self.set_place(update, self._head)
            self.travelled.emit(update)

    # Words

    def describe(self) -> str:
        """Return where the run stands and what was changed, in words."""
        said = f"Update {numbers.count(self._value)} of {numbers.count(self._head)}."
        if self._fork is not None:
            said += f" {self._fork.text}"
        for mark in self._marks[:12]:
            said += f" {_words(mark)}."
        more = len(self._marks) - 12
        return said + (f" And {more} more changes." if more > 0 else "")

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the changes."""
        marks = self._marks
        return ["update", "change"], [[m.update for m in marks], [m.text for m in marks]]

    def tip(self, at: QPointF) -> str:
        """Return what was changed near a place, or which update it stands for."""
        if not self.isEnabled():
            return self._why_not
        near = [_words(mark) for mark in self._marks if self._is_near(mark.update, at.x())]
        if self._fork is not None and self._is_near(self._fork.update, at.x()):
            near.append(self._fork.text)
        if len(near) > 8:
            near = [*near[:8], f"and {len(near) - 8} more"]
        return "\n".join(near) or f"{self._place_text(at.x())} (click or drag to travel there)"

    def _is_near(self, update: int, x: float) -> bool:
        return abs(self._x(update) - x) <= _REACH

    def _place_text(self, x: float) -> str:
        update = self.update_at(x)
        said = f"update {numbers.count(update)}"
        if self._epochs is not None:
            said += f", epoch {numbers.count(self._epochs.done(update))}"
        return said

    # Geometry

    def sizeHint(self) -> QSize:
        """Return the height of a line of numbers above a track."""
        return QSize(600, int(self.line_height()) + 21)

    def minimumSizeHint(self) -> QSize:
        """Return the least width at that height."""
        return QSize(160, self.sizeHint().height())

    def _x(self, update: float) -> float:
        return _EDGE + update / self._scale * max(self.width() - 2.0 * _EDGE, 1.0)

    def _track_y(self) -> float:
        return self.height() - 11.0

    def update_at(self, x: float) -> int:
        """Return the update at a pixel: that of a mark where there is one, never beyond the end."""
        near = [mark.update for mark in self._marks if self._is_near(mark.update, x)]
        if near:
            return min(near, key=lambda update: abs(self._x(update) - x))
        share = (x - _EDGE) / max(self.width() - 2.0 * _EDGE, 1.0)
        return min(max(round(share * self._scale), 0), self._head)

    def _around(self, update: int) -> QRect:
        return QRect(int(self._x(update)) - 8, 0, 17, self.height())

    def _end_of_track(self) -> QRect:
        return QRect(int(self._x(self._head)) - 4, int(self._track_y()) - 4, 9, 9)

    # Painting

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._ticks = None
        super().set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the ticks anew."""
        self._ticks = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what lies in the stretch that has to be painted."""
        self._stretch = float(event.rect().left()), float(event.rect().right())
        super().paintEvent(event)

    def draw(self, painter: QPainter) -> None:
        """Paint the numbers of the epochs, the track, the marks, the handle."""
        theme, y = self.theme, self._track_y()
        left, right = self._stretch
        painter.fillRect(QRectF(left, 0.0, right - left + 1.0, self.height()), QColor(theme.panel))
        if self._ticks is None:
            self._ticks = painting.place_ticks(self._epochs, self._scale, self._x, y - 7.0)
        baseline = self.line_height() - 3.0
        painting.paint_ticks(painter, self._ticks, theme, baseline, left, right)
        ends = self._x(0), self._x(self._head), self._x(self._scale)
        here = self._x(self._value) if self.isEnabled() else ends[0]
        forked = None if self._fork is None else self._x(min(self._fork.update, self._head))
        painting.paint_track(painter, theme, y, ends, here, forked)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if forked is not None:
            painting.paint_branch(painter, theme, forked, y)
        for mark in self._marks:
            x = self._x(mark.update)
            if left - 2.0 * painting.MARK <= x <= right + 2.0 * painting.MARK:
                painting.paint_mark(painter, theme, QPointF(x, y), mark.kind)
        if self.isEnabled():
            painting.paint_handle(painter, theme, here, y)
            if self._cursor is not None:
                self._draw_cursor(painter, self._cursor)

    def _draw_cursor(self, painter: QPainter, cursor: float) -> None:
        text = f"update {numbers.count(self.update_at(cursor))}"
        x = self._x(self.update_at(cursor))
        width = self.text_width(text) + 10.0
        left = min(max(x - width / 2.0, 0.0), self.width() - width)
        box = QRectF(left, 0.0, width, self.line_height() + 1.0)
        painter.setPen(QPen(QColor(self.theme.muted), 1.0))
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x, self._track_y() - 3.0))
        painter.fillRect(box, QColor(self.theme.panel))
        self.write(painter, box, text, self.theme.text)

    # Mouse and keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Travel by an update, by an epoch, to the start, to the end."""
        how = _KEYS.get(Qt.Key(event.key()))
        if how is None or event.modifiers():
            super().keyPressEvent(event)
            return
        what, _, way = how.partition(" ")
        step = -1 if way == "back" else 1
        if what == "epoch" and self._epochs is not None:
            self._travel(self._epochs.step(self._value, step))
        elif what in ("start", "head"):
            self._travel(self._head if what == "head" else 0)
        else:
            self._travel(self._value + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle to the cursor."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = True
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or read out the update under the cursor."""
        if self._dragged:
            self._move_to(event.position().x())
        else:
            self._show_cursor(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag where it is."""
        self._dragged = False

    def _move_to(self, x: float) -> None:
        self._show_cursor(x)
        self._travel(self.update_at(x))

    def _show_cursor(self, x: float | None) -> None:
        self._cursor = x
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        self._show_cursor(None)


def _words(mark: Mark) -> str:
    return f"update {numbers.count(mark.update)}: {mark.text}"
