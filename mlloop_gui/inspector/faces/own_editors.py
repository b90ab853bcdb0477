"""What an object of one's own is made with: a pad, a line of text, or a table of values."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.dataset import Column, Dataset
from core.data.handwriting import as_picture
from core.explain.trial import Value
from mlloop_gui.plots.digit_pad import DigitPad
from mlloop_gui.plots.picture import PictureView
from mlloop_gui.theme import Theme


class Editor(QWidget):
    """Makes one object.

    Signals
    -------
    changed
        It has other values now.
    """

    changed = Signal()

    def values(self) -> tuple[Value, ...]:
        """The object: a value for each column."""
        raise NotImplementedError

    def begin(self, dataset: Dataset, row: int) -> None:
        """Take the values of a sample."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""


def editor_for(dataset: Dataset) -> Editor:
    """The editor that suits a data set."""
    if dataset.picture_shape == (8, 8):
        return PictureEditor()
    if len(dataset.columns) == 1 and dataset.columns[0].kind == "text":
        return TextEditor()
    return ValuesEditor(dataset.columns)


class PictureEditor(Editor):
    """A pad, and beside it the picture of 8 x 8 numbers that is made of the ink."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = np.zeros((8, 8))
        self.pad = DigitPad("Draw a digit")
        self.pad.setObjectName("face.own.pad")
        self.shown = PictureView("what it becomes")
        clear = QPushButton("Clear")
        clear.setObjectName("face.own.clear")
        clear.setToolTip("Take all ink away")
        clear.clicked.connect(self.pad.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.pad)
        row.addWidget(self.shown)
        row.addWidget(clear, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self.pad.drawn.connect(self._drawn)

    def values(self) -> tuple[Value, ...]:
        """The picture's numbers, row by row."""
        return tuple(self._picture.ravel().tolist())

    def begin(self, dataset: Dataset, row: int) -> None:
        """Show a sample's picture; the pad is empty."""
        with QSignalBlocker(self.pad):
            self.pad.clear()
        self._show(np.asarray(dataset.inputs[row]).reshape(8, 8))

    def _drawn(self) -> None:
        self._show(as_picture(self.pad.ink))
        self.changed.emit()

    def _show(self, picture: np.ndarray) -> None:
        self._picture = picture.astype(np.float64)
        self.shown.set_picture(self._picture, (0.0, 16.0))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self.pad.set_theme(theme)
        self.shown.set_theme(theme)


class TextEditor(Editor):
    """A line to type a sentence into; each letter counts at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setObjectName("face.own.text")
        self.line.setAccessibleName("a sentence of your own")
        self.line.setPlaceholderText("Type a sentence")
        self.line.setClearButtonEnabled(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.line)
        column.addStretch(1)
        self.line.textEdited.connect(self.changed)

    def values(self) -> tuple[Value, ...]:
        """The sentence."""
        return (self.line.text(),)

    def begin(self, dataset: Dataset, row: int) -> None:
        """Take a sample's text."""
        self.line.setText(dataset.columns[0].text(float(dataset.inputs[row][0])))
        self.line.setCursorPosition(0)


class ValuesEditor(Editor):
    """A line for each column: numbers are typed, categories too; empty is missing."""

    def __init__(self, columns: tuple[Column, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._values: list[Value] = [None] * len(columns)
        self.table = QTableWidget(len(columns), 1)
        self.table.setObjectName("face.own.values")
        self.table.setAccessibleName("values of your own, a line a column")
        self.table.setVerticalHeaderLabels([_named(column) for column in columns])
        self.table.setHorizontalHeaderLabels(["value"])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        self.error = QLabel()
        self.error.setObjectName("face.own.error")
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.hide()
        layout.addWidget(self.error)
        self.table.itemChanged.connect(self._edited)

    def values(self) -> tuple[Value, ...]:
        """One a column."""
        return tuple(self._values)

    def begin(self, dataset: Dataset, row: int) -> None:
        """Take the values of a sample."""
        raw = dataset.inputs[row]
        for place, column in enumerate(self._columns):
            number = float(raw[place])
            if math.isnan(number) or (column.kind != "number" and number < 0):
                self._values[place] = None
            else:
                is_number = column.kind == "number"
                self._values[place] = number if is_number else column.text(number)
            self._write(place)

    def _write(self, place: int) -> None:
        value = self._values[place]
        text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else value
        with QSignalBlocker(self.table):
            item = QTableWidgetItem(text)
            item.setToolTip(_allowed(self._columns[place]))
            self.table.setItem(place, 0, item)

    def _edited(self, item: QTableWidgetItem) -> None:
        place, text = item.row(), item.text().strip()
        column = self._columns[place]
        value: Value = text or None
        if text and column.kind == "number":
            try:
                value = float(text.replace(",", "."))
                if not math.isfinite(value):
                    raise ValueError(text)
            except ValueError:
                self._refuse(place, text)
                return
        elif text and column.kind == "category" and text not in column.categories:
            self._refuse(place, text)
            return
        self.error.hide()
        self._values[place] = value
        self._write(place)
        self.changed.emit()

    def _refuse(self, place: int, text: str) -> None:
        """Say why a value is not taken; the one before it stays."""
        column = self._columns[place]
        self.error.setText(f"{column.name}: {text!r} is not allowed; {_allowed(column)}.")
        self.error.show()
        self._write(place)


def _named(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _allowed(column: Column) -> str:
    if column.kind == "category":
        return ", ".join(column.categories[:12])
    return "a number; empty is missing" if column.kind == "number" else "a text"
