"""How the model does on each class: precision, recall and F1 as bars, the worst class on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.samples import class_name
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import current_scale, font

Floats = NDArray[np.float64]

MEASURES = ("precision", "recall", "F1")
_MEANING = (
    "of those it calls so, how many are",
    "of those that are so, how many it finds",
    "the harmonic mean of both",
)
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ClassTable(Canvas):
    """A row a class: marker and name, a bar and a number for each measure, how many samples.

    Signals
    -------
    picked : int
        A class, by its number; the same again at each further click.
    """

    own_keys = (*_MOVES, *_TAKES)

    picked = Signal(int)

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._values: Floats = np.empty((0, 3))
        self._support: NDArray[np.int64] = np.empty(0, np.int64)
        self._order: NDArray[np.intp] = np.empty(0, np.intp)
        self._chosen: int | None = None
        super().__init__(title, parent)
        self.setObjectName("plot.classes")
        if not title:
            self.setAccessibleName("how the model does on each class")
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_classes(
        self,
        names: Sequence[str],
        precision: ArrayLike,
        recall: ArrayLike,
        f1: ArrayLike,
        support: ArrayLike,
        order: ArrayLike,
        chosen: int | None = None,
    ) -> None:
        """Show the classes.

        Parameters
        ----------
        names : sequence of str
        precision, recall, f1 : arrays, shape (K,)
            From 0 to 1; not finite where there is nothing to divide by.
        support : array of int, shape (K,)
            How many samples are of the class.
        order : array of int, shape (K,)
            Class numbers, from the top row down.
        chosen : int, optional
            The class that was picked last.
        """
        self._names = tuple(names)
        columns = [np.asarray(values, np.float64) for values in (precision, recall, f1)]
        self._values = np.column_stack(columns)
        self._support, self._order = np.asarray(support, np.int64), np.asarray(order, np.intp)
        if not len(self._values) == len(self._support) == len(self._order):
            raise ValueError("measures, supports and order have different lengths")
        self._chosen = chosen
        self.refresh()

    def order(self) -> list[int]:
        """Return the classes from the top row down."""
        return self._order.tolist()

    def value_text(self, kind: int, measure: int) -> str:
        """Return a measure of a class as it is written."""
        value = float(self._values[kind, measure])
        return numbers.percent(value, 0) if np.isfinite(value) else "–"

    def _words(self, kind: int) -> str:
        measured = ", ".join(
            f"{name} {self.value_text(kind, at)}" for at, name in enumerate(MEASURES)
        )
        many = numbers.count(int(self._support[kind]))
        return f"{class_name(self._names, kind)}: {measured}, {many} samples"

    def describe(self) -> str:
        """Return the classes in words, the worst first."""
        if not len(self._order):
            return "No classes yet."
        return "; ".join(self._words(kind) for kind in self.order()) + "."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return a row a class."""
        order = self._order
        return [*MEASURES, "samples"], [*self._values[order].T, self._support[order]]

    def row_names(self) -> list[str] | None:
        """Return the classes' names."""
        return [class_name(self._names, kind) for kind in self.order()]

    def tip(self, at: QPointF) -> str:
        """Return the row under the cursor, and what a click does."""
        kind = self.class_at(at)
        if kind is None:
            return ""
        return f"{self._words(kind)}\nClick: a sample of it that the model gets wrong"

    # Geometry

    def _row_height(self) -> float:
        return self.line_height() + 5.0

    def _top(self) -> float:
        return self.title_height() + self.line_height() + 4.0

    def sizeHint(self) -> QSize:
        """Return the room for all classes."""
        rows = max(len(self._order), 1)
        return QSize(460, int(self._top() + rows * self._row_height() + 2.0))

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the bars can be told apart."""
        return QSize(round(360 * current_scale()), self.sizeHint().height())

    def row_rect(self, row: int) -> QRectF:
        """Return where a row is."""
        top = self._top() + row * self._row_height()
        return QRectF(0.0, top, self.width(), self._row_height())

    def class_at(self, at: QPointF) -> int | None:
        """Return the class of the row under a pixel."""
        row = int((at.y() - self._top()) // self._row_height())
        return int(self._order[row]) if 0 <= row < len(self._order) else None

    def _columns(self) -> tuple[float, list[float], float]:
        """Where the names end, where each measure begins, and how wide one is."""
        names = [class_name(self._names, kind) for kind in self.order()]
        widest = max((self.text_width(name) for name in names), default=0.0)
        left = 20.0 + min(widest, 0.24 * self.width()) + 10.0
        support = self.text_width("samples") + 12.0
        width = (self.width() - left - support) / len(MEASURES)
        return left, [left + at * width for at in range(len(MEASURES))], width

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the heads and the rows."""
        left, starts, width = self._columns()
        line, muted = self.line_height(), self.theme.muted
        head = self.title_height()
        for start, name, meaning in zip(starts, MEASURES, _MEANING, strict=True):
            box = QRectF(start, head, width - 8.0, line)
            longer = f"{name}: {meaning}"
            said = longer if self.text_width(longer) <= box.width() else name
            self.write(painter, box, said, muted, Qt.AlignmentFlag.AlignLeft)
        box = QRectF(starts[-1] + width, head, self.width() - starts[-1] - width, line)
        self.write(painter, box, "samples", muted, Qt.AlignmentFlag.AlignRight)
        for row, kind in enumerate(self.order()):
            self._paint_row(painter, self.row_rect(row), kind, left, starts, width)

    def _paint_row(
        self, painter: QPainter, row: QRectF, kind: int, left: float, starts: list[float],
        width: float,
    ) -> None:  # fmt: skip
        color, symbol = markers.class_style(self.theme, kind)
        if kind == self._chosen:
            painter.fillRect(row, QColor(self.theme.accent_soft))
        middle = QPointF(9.0, row.center().y())
        markers.draw_sample(painter, middle, color, symbol, markers.TRAIN, self.theme, 1.0)
        box = QRectF(20.0, row.top(), left - 28.0, row.height())
        face = font("small", bold=kind == self._chosen)
        where = Qt.AlignmentFlag.AlignLeft
        self.write(painter, box, class_name(self._names, kind), self.theme.text, where, face)
        number = self.text_width(f"100{numbers.THIN_SPACE}%", "mono") + 6.0
        for at, start in enumerate(starts):
            track = QRectF(start, row.top() + 4.0, max(width - number - 14.0, 12.0),
                           row.height() - 8.0)  # fmt: skip
            painter.fillRect(track, QColor(self.theme.grid))
            value = float(self._values[kind, at])
            if np.isfinite(value):
                filled = QRectF(track)
                filled.setWidth(min(max(value, 0.0), 1.0) * track.width())
                painter.fillRect(filled, QColor(mix(self.theme.muted, self.theme.panel, 0.3)))
            painter.setPen(QPen(QColor(self.theme.border), 1.0))
            box = QRectF(track.right(), row.top(), number, row.height())
            self.write(
                painter, box, self.value_text(kind, at), self.theme.text,
                Qt.AlignmentFlag.AlignRight, font("mono"),
            )  # fmt: skip
        box = QRectF(starts[-1] + width, row.top(), self.width() - starts[-1] - width - 2.0,
                     row.height())  # fmt: skip
        self.write(
            painter, box, numbers.count(int(self._support[kind])), self.theme.text,
            Qt.AlignmentFlag.AlignRight, font("mono"),
        )  # fmt: skip

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the class under the cursor."""
        kind = self.class_at(event.position())
        if kind is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the class above or below with Up and Down; its next example with Enter."""
        key = Qt.Key(event.key())
        if not len(self._order) or key not in self.own_keys:
            super().keyPressEvent(event)
            return
        now = np.flatnonzero(self._order == self._chosen)
        place = int(now[0]) + _MOVES.get(key, 0) if len(now) else 0
        self.picked.emit(int(self._order[min(max(place, 0), len(self._order) - 1)]))
