"""All parameters of a network as cells, its layers side by side, coloured by one number each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.keys import ARROWS
from mlloop_gui.plots.layers import to_image
from mlloop_gui.theme import diverging_lut

_GAP = 12.0
_BIAS_GAP = 3.0
_WIDEST, _TALLEST = 58.0, 26.0
_LEAST_SIGN = 9.0


class ParameterMap(Canvas):
    """A grid a layer: a row an input, a column a unit, the biases apart under them.

    Signals
    -------
    picked : int
        A place in the flat vector.
    """

    own_keys = ARROWS

    picked = Signal(int)

    def __init__(self, title: str = "All parameters", parent: QWidget | None = None) -> None:
        self._sizes: tuple[int, ...] = ()
        self._offsets: list[int] = [0]
        self._names: Sequence[str] = ()
        self._values: NDArray[np.float64] = np.empty(0)
        self._word = "value"
        self._chosen: int | None = None
        self._images: list[QImage] = []
        super().__init__(title, parent)
        self.setObjectName("plot.parameter_map")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_values(
        self,
        sizes: Sequence[int],
        values: ArrayLike,
        names: Sequence[str],
        chosen: int | None = None,
        word: str = "value",
    ) -> None:
        """Show a number for each parameter.

        Parameters
        ----------
        sizes : sequence of int
            Units of each layer, inputs first.
        values : array, shape (parameters,)
            Green above 0, purple below it; of each layer its weights (inputs, units) row by row,
            then its biases.
        names : sequence of str
            Of the parameters.
        chosen : int, optional
            The one outlined.
        word : str
            What the numbers are.
        """
        self._sizes, self._names = tuple(sizes), names
        self._word, self._chosen = word, chosen
        self._values = np.asarray(values, np.float64)
        self._offsets = [0]
        for inputs, units in pairwise(self._sizes):
            self._offsets.append(self._offsets[-1] + (inputs + 1) * units)
        if not len(self._values) == len(names) == self._offsets[-1]:
            raise ValueError(f"{len(self._values)} values for {self._offsets[-1]} parameters")
        self.refresh()

    def _layers(self) -> int:
        return max(len(self._sizes) - 1, 0)

    def _layer_of(self, index: int) -> int:
        return bisect_right(self._offsets, index) - 1

    def refresh(self) -> None:
        """Make the pictures of the layers anew."""
        self._images = []
        if self._sizes:
            limit = self.limit()
            share = np.nan_to_num(self._values / limit, nan=0.0, posinf=1.0, neginf=-1.0)
            codes = np.clip(np.rint((share + 1.0) * 127.5), 0, 255).astype(np.uint8)
            lut = diverging_lut(self.theme)
            for layer in range(self._layers()):
                cells = codes[self._offsets[layer] : self._offsets[layer + 1]]
                matrix = cells.reshape(-1, self._sizes[layer + 1])
                self._images.append(to_image(matrix[::-1], lut))
        super().refresh()

    def limit(self) -> float:
        """Return the size of the largest finite number."""
        finite = np.abs(self._values[np.isfinite(self._values)])
        return float(finite.max(initial=0.0)) or 1.0

    def describe(self) -> str:
        """Return the numbers in words."""
        if not self._sizes:
            return "No parameters yet."
        said = f"{numbers.count(len(self._values))} parameters in {self._layers()} layers"
        largest = int(np.abs(np.nan_to_num(self._values)).argmax())
        said += f"; largest {self._word}: {self._words(largest)}."
        if self._chosen is not None:
            said += f" In hand: {self._words(self._chosen)}."
        return said

    def _words(self, index: int) -> str:
        return f"{self._names[index]} {numbers.short(float(self._values[index]))}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return every parameter's number."""
        return [self._word], [self._values]

    def row_names(self) -> list[str] | None:
        """Return the parameters' names."""
        return list(self._names) if self._sizes else None

    def tip(self, at: QPointF) -> str:
        """Return the parameter under the cursor, at full precision."""
        index = self.index_at(at)
        if index is None:
            return ""
        return f"{self._names[index]}: {self._word} = {float(self._values[index])!r}"

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(260, 140)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(120, 80)

    # Geometry

    def _blocks(self) -> list[tuple[QRectF, QRectF]]:
        """Return where each layer's weights and biases are."""
        sizes, head = self._sizes, self.line_height() + 1.0
        top = self.title_height() + head
        room = QRectF(0.5, top, self.width() - 1.0, self.height() - top - 2.0)
        widths = np.sqrt(np.asarray(sizes[1:], np.float64))
        widths *= (room.width() - _GAP * (len(widths) - 1)) / widths.sum()
        made, left = [], room.left()
        for inputs, units, share in zip(sizes, sizes[1:], widths.tolist(), strict=False):
            cell = min((room.height() - _BIAS_GAP) / (inputs + 1), _TALLEST)
            width = min(share, _WIDEST * units)
            weights = QRectF(left, room.top(), width, cell * inputs)
            made.append((weights, QRectF(left, weights.bottom() + _BIAS_GAP, width, cell)))
            left += width + _GAP
        return made

    def index_at(self, at: QPointF) -> int | None:
        """Return the parameter at a pixel, None beside the grids."""
        if not self._sizes:
            return None
        for layer, (weights, biases) in enumerate(self._blocks()):
            units = self._sizes[layer + 1]
            for box, rows, first in (
                (weights, self._sizes[layer], 0),
                (biases, 1, self._sizes[layer]),
            ):
                if box.contains(at) and box.height() > 0:
                    row = min(int((at.y() - box.top()) / box.height() * rows), rows - 1)
                    column = min(int((at.x() - box.left()) / box.width() * units), units - 1)
                    return self._offsets[layer] + (first + row) * units + column
        return None

    def cell_rect(self, index: int) -> QRectF:
        """Return where a parameter's cell is."""
        layer = self._layer_of(index)
        inputs, units = self._sizes[layer : layer + 2]
        row, column = divmod(index - self._offsets[layer], units)
        weights, biases = self._blocks()[layer]
        width = weights.width() / units
        if row == inputs:
            return QRectF(biases.left() + column * width, biases.top(), width, biases.height())
        height = weights.height() / inputs
        top = weights.top() + row * height
        return QRectF(weights.left() + column * width, top, width, height)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the grids, signs or numbers in cells that have room, and the chosen one's frame."""
        if not self._sizes:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        line = self.line_height()
        for layer, (weights, biases) in enumerate(self._blocks()):
            image, inputs = self._images[layer], self._sizes[layer]
            shape = f"{inputs} × {self._sizes[layer + 1]} + b"
            head = QRectF(weights.left(), weights.top() - line - 1.0, weights.width() + 6.0, line)
            if self.text_width(shape) <= head.width():
                self.write(painter, head, shape, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            painter.setPen(QColor(self.theme.border))
            for box, first, rows in ((weights, 0, inputs), (biases, inputs, 1)):
                painter.drawImage(box, image, QRectF(0.0, first, image.width(), rows))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)
            self._write_cells(painter, layer)
        if self._chosen is not None:
            box = self.cell_rect(self._chosen)
            grow = max(0.0, (5.0 - min(box.width(), box.height())) / 2.0)
            painter.setPen(QPen(QColor(self.theme.accent), 2.0))
            painter.drawRect(box.adjusted(-grow, -grow, grow, grow))

    def _write_cells(self, painter: QPainter, layer: int) -> None:
        first, end = self._offsets[layer : layer + 2]
        cell = self.cell_rect(first)
        if cell.width() < _LEAST_SIGN or cell.height() < 0.75 * self.line_height():
            return
        texts = [numbers.short(float(value), 2) for value in self._values[first:end]]
        if max(map(self.text_width, texts)) + 4.0 > cell.width():
            texts = [_sign(float(value)) for value in self._values[first:end]]
        for index, text in enumerate(texts, first):
            self.write(painter, self.cell_rect(index), text, self.theme.text)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the parameter under the cursor."""
        index = self.index_at(event.position())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the next cell: Left and Right in the order of the vector, Up and Down by rows."""
        to = self._next(Qt.Key(event.key()))
        if to is None:
            super().keyPressEvent(event)
        elif 0 <= to < len(self._values):
            self.picked.emit(to)

    def _next(self, key: Qt.Key) -> int | None:
        if not self._sizes:
            return None
        now = self._chosen or 0
        layer = self._layer_of(now)
        units = self._sizes[layer + 1]
        moves = {
            Qt.Key.Key_Left: now - 1,
            Qt.Key.Key_Right: now + 1,
            Qt.Key.Key_Up: now - units,
            Qt.Key.Key_Down: now + units,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._values) - 1,
        }
        return moves.get(key)


def _sign(value: float) -> str:
    if np.isnan(value):
        return "?"
    return "0" if value == 0.0 else ("+" if value > 0.0 else numbers.MINUS)
