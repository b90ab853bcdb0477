"""An epoch's samples in the order that was drawn, cut into batches, over each batch's loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.ranges import FARTHEST
from mlloop_gui.style_sheet import mix

_LEAST_MARK = 7.0
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class EpochStrip(Canvas):
    """A cell a sample, coloured and marked by class; this batch framed, the next dashed.

    Where cells are too narrow for a mark, each class has a height of its own in the strip.

    Signals
    -------
    picked : int
        A place in the drawn order.
    """

    own_keys = _MOVES

    picked = Signal(int)

    def __init__(self, title: str = "The order drawn", parent: QWidget | None = None) -> None:
        self._kinds: NDArray[Any] = np.empty(0, np.int64)
        self._rows: NDArray[Any] = np.empty(0, np.int64)
        self._starts: NDArray[np.int64] = np.empty(0, np.int64)
        self._losses: NDArray[np.float64] = np.empty(0)
        self._names: tuple[str, ...] = ()
        self._this, self._classes = 0, 0
        self._chosen: int | None = None
        super().__init__(title, parent)
        self.setObjectName("plot.epoch")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_epoch(
        self,
        kinds: ArrayLike,
        rows: ArrayLike,
        batch: ArrayLike,
        this: int,
        losses: ArrayLike,
        names: Sequence[str] = (),
        chosen: int | None = None,
    ) -> None:
        """Show an epoch.

        Parameters
        ----------
        kinds : array, shape (n,)
            Class numbers, or target values where there are no classes.
        rows : array of int, shape (n,)
            What each sample is called.
        batch : array of int, shape (n,)
            The number of each one's batch, rising from 0.
        this : int
            The batch in hand.
        losses : array, shape (batches,)
            Each batch's loss; nan where there is none (yet).
        names : sequence of str
            Of the classes; empty for target values.
        chosen : int, optional
            The place of the sample in hand.
        """
        self._kinds, self._rows = np.asarray(kinds), np.asarray(rows)
        numbers_of = np.asarray(batch, np.int64)
        self._starts = np.flatnonzero(np.diff(numbers_of, prepend=-1, append=numbers_of[-1] + 1))
        self._losses, self._this = np.asarray(losses, np.float64), int(this)
        if len(self._losses) != len(self._starts) - 1:
            raise ValueError(f"{len(self._losses)} losses for {len(self._starts) - 1} batches")
        self._names, self._classes, self._chosen = tuple(names), len(names), chosen
        self.refresh()

    def describe(self) -> str:
        """Return the epoch in words."""
        if not len(self._kinds):
            return "No epoch yet."
        batches = len(self._losses)
        said = f"{self._title}: {numbers.count(len(self._kinds))} samples in {batches} batches;"
        said += f" this one is number {self._this + 1}."
        known = self._losses[np.isfinite(self._losses)]
        if len(known):
            low, high = numbers.short(float(known.min())), numbers.short(float(known.max()))
            said += f" Batch losses so far: {len(known)}, from {low} to {high}."
        return said if self._chosen is None else f"{said} In hand: {self._words(self._chosen)}."

    def _words(self, place: int) -> str:
        kind = self._kinds[place]
        what = self._names[int(kind)] if self._classes else numbers.short(float(kind))
        batch = self.batch_of(place)
        return (
            f"place {place + 1}, sample {int(self._rows[place])}, {what}, batch {batch + 1}"
            f"{self._loss_words(batch)}"
        )

    def _loss_words(self, batch: int) -> str:
        loss = float(self._losses[batch])
        return "" if np.isnan(loss) else f", batch loss {numbers.short(loss)}"

    def batch_of(self, place: int) -> int:
        """Return the number of a sample's batch."""
        return int(np.searchsorted(self._starts, place, side="right")) - 1

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the samples in order with their batches, and the batches' losses."""
        places = np.arange(len(self._kinds))
        kinds = [self._names[int(kind)] for kind in self._kinds] if self._classes else self._kinds
        batch = [self.batch_of(place) + 1 for place in places.tolist()]
        return ["sample", "truth", "batch", "loss of batch 1, 2, …"], [
            self._rows, kinds, batch, self._losses
        ]  # fmt: skip

    def tip(self, at: QPointF) -> str:
        """Return the sample or batch under the cursor."""
        place = self.place_at(at)
        if place is None:
            return ""
        if at.y() < self.bars().top():
            return self._words(place)
        batch = self.batch_of(place)
        loss = float(self._losses[batch])
        return f"batch {batch + 1}: " + ("not yet" if np.isnan(loss) else f"loss {loss!r}")

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(700, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(260, 96)

    # Geometry

    def strip(self) -> QRectF:
        """Return where the samples are."""
        left = self.text_width("0.0000") + 6.0
        height = min(max(0.22 * self.height(), 20.0), 44.0)
        top = self.title_height() + 1.0
        return QRectF(left, top, self.width() - left - 2.0, height)

    def bars(self) -> QRectF:
        """Return where the losses are."""
        above = self.strip()
        top = above.bottom() + 7.0
        bottom = self.height() - self.line_height() - 3.0
        return QRectF(above.left(), top, above.width(), max(bottom - top, 10.0))

    def across(self, place: float) -> float:
        """Return the pixel at which the sample of a place begins."""
        strip = self.strip()
        return strip.left() + place / max(len(self._kinds), 1) * strip.width()

    def place_at(self, at: QPointF) -> int | None:
        """Return the sample, or in the bars the place, at a pixel."""
        strip = self.strip()
        if not len(self._kinds) or not strip.left() <= at.x() < strip.right():
            return None
        if not strip.top() - 3.0 <= at.y() <= self.bars().bottom():
            return None
        return int((at.x() - strip.left()) / strip.width() * len(self._kinds))

    def top(self) -> float:
        """Return the loss at the upper edge."""
        known = self._losses[np.isfinite(self._losses) & (self._losses < FARTHEST)]
        return 1.08 * float(known.max(initial=0.0)) or 1.0

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the strip, the frames of this batch and the next, and the bars."""
        if not len(self._kinds):
            return
        self._paint_samples(painter)
        self._paint_bars(painter)
        strip, bars = self.strip(), self.bars()
        for batch, style in ((self._this + 1, Qt.PenStyle.DashLine),
                             (self._this, Qt.PenStyle.SolidLine)):  # fmt: skip
            if batch >= len(self._losses):
                continue
            left, right = (self.across(self._starts[batch + k]) for k in (0, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            width = 2.0 if style is Qt.PenStyle.SolidLine else 1.2
            painter.setPen(QPen(QColor(self.theme.accent), width, style))
            painter.drawRect(
                QRectF(left, strip.top() - 2.0, right - left, bars.bottom() - strip.top() + 2.0)
            )
        if self._chosen is not None:
            x = (self.across(self._chosen) + self.across(self._chosen + 1)) / 2.0
            painter.setPen(QPen(QColor(self.theme.text), 2.0))
            painter.drawLine(QLineF(x, strip.bottom() + 1.0, x, strip.bottom() + 6.0))

    def _paint_samples(self, painter: QPainter) -> None:
        strip, count = self.strip(), len(self._kinds)
        width = strip.width() / count
        painter.fillRect(strip, QColor(self.theme.paper))
        steps = None if self._classes else target_steps(self._kinds)
        marks = self._classes and width >= _LEAST_MARK
        for place in range(count):
            color, symbol = self._style(place, steps)
            left = self.across(place)
            if marks:
                at = QPointF(left + width / 2.0, strip.center().y())
                scale = min(width / 10.0, strip.height() / 14.0, 1.2)
                markers.draw_sample(painter, at, color, symbol, 0, self.theme, scale)
                continue
            box = QRectF(left, strip.top(), max(width, 0.75), strip.height())
            if self._classes:
                lane = strip.height() / self._classes
                box = QRectF(left, strip.top() + int(self._kinds[place]) * lane, box.width(), lane)
            painter.fillRect(box, color)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.theme.border))
        if width * (self._starts[1] - self._starts[0]) >= 5.0:
            for start in self._starts[1:-1].tolist():
                x = self.across(start)
                painter.drawLine(QLineF(x, strip.top(), x, strip.bottom()))
        painter.drawRect(strip)

    def _style(self, place: int, steps: NDArray[np.int64] | None) -> tuple[QColor, str]:
        if steps is None:
            return markers.class_style(self.theme, int(self._kinds[place]))
        return markers.target_color(self.theme, int(steps[place])), "o"

    def _paint_bars(self, painter: QPainter) -> None:
        bars, top, line = self.bars(), self.top(), self.line_height()
        muted = self.theme.muted
        step, values = numbers.ticks(0.0, top, max(2, int(bars.height() / (2.2 * line))))
        for value, text in zip(values, numbers.tick_texts(values, step), strict=True):
            y = bars.bottom() - value / top * bars.height()
            painter.setPen(QColor(self.theme.grid))
            painter.drawLine(QLineF(bars.left(), y, bars.right(), y))
            box = QRectF(0.0, y - line / 2.0, bars.left() - 5.0, line)
            self.write(painter, box, text, muted, Qt.AlignmentFlag.AlignRight)
        fill, here = QColor(mix(muted, self.theme.panel, 0.4)), QColor(self.theme.text)
        for batch, loss in enumerate(self._losses.tolist()):
            if np.isnan(loss):
                continue
            left, right = (self.across(self._starts[batch + k]) for k in (0, 1))
            gap = 1.0 if right - left >= 4.0 else 0.0
            share = min(loss / top, 1.0)
            height = share * bars.height()
            box = QRectF(left + gap, bars.bottom() - height, right - left - 2.0 * gap, height)
            painter.fillRect(box, here if batch == self._this else fill)
        under = QRectF(bars.left(), bars.bottom() + 2.0, bars.width(), line)
        self.write(painter, under, f"sample 1, in the order drawn; {self._legend()}", muted,
                   Qt.AlignmentFlag.AlignLeft)  # fmt: skip
        self.write(painter, under, numbers.count(len(self._kinds)), muted,
                   Qt.AlignmentFlag.AlignRight)  # fmt: skip

    def _legend(self) -> str:
        frames = "frame: this batch, dashes: the next; bars: each batch's loss"
        if self._classes and self.strip().width() / len(self._kinds) < _LEAST_MARK:
            return f"one level a class ({', '.join(self._names)}); {frames}"
        if not self._classes:
            return f"purple: low targets, green: high ones; {frames}"
        return frames

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the sample under the cursor."""
        place = self.place_at(event.position())
        inside = event.position().y() < self.bars().top()
        if place is None or not inside or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the one before or after with Left and Right; Home and End are this batch's ends."""
        key = Qt.Key(event.key())
        if not len(self._kinds) or key not in (*_MOVES, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
            return
        first, end = (int(self._starts[self._this + k]) for k in (0, 1))
        if key in _MOVES:
            now = self._chosen
            place = first if now is None else now + _MOVES[key]
        else:
            place = first if key == Qt.Key.Key_Home else end - 1
        self.picked.emit(min(max(place, 0), len(self._kinds) - 1))


def target_steps(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return targets as steps of the scale of colours."""
    low, high = float(values.min()), float(values.max())
    share = (values - low) / ((high - low) or 1.0)
    return np.rint(share * (markers.TARGET_STEPS - 1)).astype(np.int64)
