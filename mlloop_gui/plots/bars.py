"""What the model answers for one sample: a bar a class, the truth marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.samples import class_name
from mlloop_gui.theme import font

_TRUTH = "truth"


class ProbabilityBars(Canvas):
    """A bar for each class: marker and name, bar, number, and "truth" at the true one.

    Probabilities run from 0 to 1; scores from a middle line to both sides.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._values = np.empty(0)
        self._truth: int | None = None
        self._scores = False
        super().__init__(title, parent)
        if not title:
            self.setAccessibleName("prediction by class")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(
        self,
        names: Sequence[str],
        values: ArrayLike,
        truth: int | None = None,
        scores: bool = False,
    ) -> None:
        """Show a value for each class.

        Parameters
        ----------
        names : sequence of str
        values : array, shape (K,)
            Probabilities, or scores when ``scores`` is set.
        truth : int, optional
            The number of the true class.
        scores : bool
        """
        self._names = tuple(names)
        self._values = np.asarray(values, dtype=np.float64).ravel()
        self._truth, self._scores = truth, scores
        self.refresh()

    def value_text(self, index: int) -> str:
        """Return the number of a class as it is written."""
        value = float(self._values[index])
        if not np.isfinite(value):
            return "NaN"
        return numbers.short(value) if self._scores else numbers.fixed(value, 3)

    def describe(self) -> str:
        """Return the values in words, the greatest first."""
        if not len(self._values):
            return "No prediction yet."
        kind = "Scores" if self._scores else "Probabilities"
        order = np.argsort(-np.nan_to_num(self._values, nan=-np.inf), kind="stable")
        parts = [f"{class_name(self._names, i)} {self.value_text(i)}" for i in order.tolist()]
        said = f"{kind}: " + ", ".join(parts) + "."
        if self._truth is not None:
            said += f" The truth is {class_name(self._names, self._truth)}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return classes, values and the truth as columns."""
        names = [class_name(self._names, i) for i in range(len(self._values))]
        truth = [i == self._truth for i in range(len(self._values))]
        return ["class", "score" if self._scores else "probability", "truth"], [
            names,
            self._values,
            truth,
        ]

    def _row_height(self) -> float:
        return self.line_height() + 6.0

    def sizeHint(self) -> QSize:
        """Return the room for all classes."""
        rows = max(len(self._values), 1)
        height = self.title_height() + rows * self._row_height() + 2.0
        return QSize(260, int(height))

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the bars can be told apart."""
        return QSize(220, self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """Paint the bars."""
        if not len(self._values):
            box = QRectF(0.0, self.title_height(), self.width(), self._row_height())
            where = Qt.AlignmentFlag.AlignLeft
            self.write(painter, box, "no prediction yet", self.theme.muted, where)
            return
        names = [class_name(self._names, i) for i in range(len(self._values))]
        widest = max(self.text_width(name, bold=True) for name in names)
        left = 20.0 + min(widest, 0.32 * self.width()) + 8.0
        number = max(self.text_width(self.value_text(i), "mono") for i in range(len(names))) + 8.0
        truth = self.text_width(f"◂ {_TRUTH}") + 6.0 if self._truth is not None else 0.0
        room = max(self.width() - left - number - truth - 2.0, 20.0)
        for index, name in enumerate(names):
            top = self.title_height() + index * self._row_height()
            row = QRectF(0.0, top, self.width(), self._row_height())
            self._paint_row(painter, row, index, name, left, room, number)

    def _paint_row(
        self, painter: QPainter, row: QRectF, index: int, name: str, left: float, room: float,
        number: float,
    ) -> None:  # fmt: skip
        color, symbol = markers.class_style(self.theme, index)
        middle = QPointF(8.0, row.center().y())
        markers.draw_sample(painter, middle, color, symbol, markers.TRAIN, self.theme, 1.0)
        best = index == int(np.argmax(np.nan_to_num(self._values, nan=-np.inf)))
        box = QRectF(20.0, row.top(), left - 28.0, row.height())
        face = font("small", bold=best)
        self.write(painter, box, name, self.theme.text, Qt.AlignmentFlag.AlignLeft, face)
        track = QRectF(left, row.top() + 4.0, room, row.height() - 8.0)
        painter.fillRect(track, QColor(self.theme.grid))
        self._paint_bar(painter, track, index, color)
        box = QRectF(track.right(), row.top(), number, row.height())
        self.write(
            painter, box, self.value_text(index), self.theme.text,
            Qt.AlignmentFlag.AlignRight, font("mono"),
        )  # fmt: skip
        if index == self._truth:
            box = QRectF(box.right() + 6.0, row.top(), self.width() - box.right(), row.height())
            self.write(painter, box, f"◂ {_TRUTH}", self.theme.text, Qt.AlignmentFlag.AlignLeft)

    def _paint_bar(self, painter: QPainter, track: QRectF, index: int, color: QColor) -> None:
        value = float(self._values[index])
        if not np.isfinite(value):
            return
        if not self._scores:
            share = min(max(value, 0.0), 1.0)
            painter.fillRect(
                QRectF(track.left(), track.top(), share * track.width(), track.height()), color
            )
            return
        finite = self._values[np.isfinite(self._values)]
        limit = max(float(np.abs(finite).max()), 1e-12)
        half = track.width() / 2.0
        length = value / limit * half
        start = track.left() + half + min(length, 0.0)
        painter.fillRect(QRectF(start, track.top(), abs(length), track.height()), color)
        painter.setPen(QColor(self.theme.text))
        at = round(track.left() + half) + 0.5
        painter.drawLine(QPointF(at, track.top() - 2.0), QPointF(at, track.bottom() + 2.0))
