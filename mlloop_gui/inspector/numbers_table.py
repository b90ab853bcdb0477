"""Many rows of named numbers, each column in its own unit: parameters, samples, epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QImage, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.problem import Problem
from mlloop_gui.plots import cells
from mlloop_gui.plots.table import TableWindow, exact
from mlloop_gui.theme import Theme, current, diverging_lut, font, font_px

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
#: Rows whose texts are measured to find the width of a column.
_MEASURED = 200


@dataclass(frozen=True, eq=False)
class Column:
    """A column of numbers or texts.

    Parameters
    ----------
    name, tip : str
        Heading, and what it means in words.
    values : array (n,) or sequence of str
    digits : int
        Significant digits of its largest number.
    signed : bool
        Whether the sign colours the cell.
    form : Format, optional
        How its numbers are written, where two columns are to be compared.
    exact : sequence of str, optional
        The values at full precision, where they are given as texts.
    pictures : sequence of QImage, optional
        Small pictures before the texts.
    """

    name: str
    values: Any
    tip: str = ""
    digits: int = 3
    signed: bool = False
    form: cells.Format | None = None
    exact: Sequence[str] | None = None
    pictures: Sequence[QImage] | None = None


class _Written:
    """A column with its one format, and the colours of its signs."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.values: Any = column.values
        self.is_text = not isinstance(column.values, np.ndarray)
        self.limit = 1.0
        self.format = cells.Format(0)
        if not self.is_text:
            self.values = np.asarray(column.values)
            floats: NDArray[Any] = self.values.astype(np.float64, copy=False)
            self.format = column.form or cells.format_for(floats, column.digits)
            finite = np.abs(floats[np.isfinite(floats)])
            self.limit = float(finite.max(initial=0.0)) or 1.0

    @property
    def heading(self) -> str:
        return self.column.name + ("" if self.is_text else self.format.note)

    def text(self, row: int) -> str:
        if self.is_text:
            return str(self.values[row])
        return self.format.text(float(self.values[row]))

    def exact(self, row: int) -> str:
        return exact(self.values[row]) if self.column.exact is None else self.column.exact[row]

    def share(self, row: int) -> float | None:
        """The value as a share of the column's largest, None where it has no colour."""
        if self.is_text or not self.column.signed:
            return None
        value = float(self.values[row])
        return value / self.limit if np.isfinite(value) else None


class NumbersModel(QAbstractTableModel):
    """Columns as given, written when they are looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[_Written] = []
        self._names: Sequence[str] = ()
        self._length = 0
        self.theme = current()

    def set_columns(self, names: Sequence[str], columns: Sequence[Column]) -> bool:
        """Take new numbers; whether the shape of the table changed with them."""
        shape = [len(names), *(column.name for column in columns)]
        before = [self._length, *(written.column.name for written in self._columns)]
        made = [_Written(column) for column in columns]
        heads = [written.heading for written in made]
        reheaded = heads != [written.heading for written in self._columns]
        renamed = names != self._names
        if shape != before:
            self.beginResetModel()
        self._names, self._columns, self._length = names, made, len(names)
        if shape != before:
            self.endResetModel()
        elif self._length and made:
            last = self.index(self._length - 1, len(made) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            if reheaded:
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(made) - 1)
            if renamed:
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self._length - 1)
        return shape != before

    def repaint(self) -> None:
        """Have every cell painted anew."""
        if self._length and self._columns:
            last = self.index(self._length - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else self._length

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def columns(self) -> list[Column]:
        """Return the columns as they were given."""
        return [written.column for written in self._columns]

    def names(self) -> Sequence[str]:
        """Return the names of the rows."""
        return self._names

    def text(self, row: int, column: int) -> str:
        """Return a cell as it is written."""
        return self._columns[column].text(row)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return text, colour, alignment or full value of a cell."""
        if not index.isValid():
            return None
        written = self._columns[index.column()]
        row = index.row()
        if role == _Role.DisplayRole:
            return written.text(row)
        if role in (_Role.ToolTipRole, _Role.AccessibleDescriptionRole):
            return f"{written.column.name} of {self._names[row]} = {written.exact(row)}"
        if role == _Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if written.is_text else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.DecorationRole:
            pictures = written.column.pictures
            return None if pictures is None else pictures[row]
        if role == _Role.ForegroundRole:
            return QColor(self.theme.text)
        if role == _Role.BackgroundRole:
            share = written.share(row)
            if share is None:
                return None
            color = diverging_lut(self.theme)[min(max(round((share + 1.0) * 127.5), 0), 255)]
            return QColor(int(color[0]), int(color[1]), int(color[2]))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return the name of a column or row, and the column's meaning as a tooltip."""
        if orientation == Qt.Orientation.Vertical:
            named = role == _Role.DisplayRole and section < len(self._names)
            return self._names[section] if named else None
        if section >= len(self._columns):
            return None
        if role == _Role.DisplayRole:
            return self._columns[section].heading
        if role == _Role.ToolTipRole:
            return self._columns[section].column.tip
        return None


class NumbersTable(QTableView):
    """A compact table of named rows; the chosen row is highlighted, a click or key chooses.

    Signals
    -------
    row_chosen : int
    """

    row_chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = NumbersModel(self)
        self.setModel(self.numbers)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        self.setMinimumWidth(160)
        self.setMinimumHeight(60)
        self._least_row = 0
        self.set_theme(current())
        self.selectionModel().currentRowChanged.connect(self._choose)
        self._add_action("Open as table", QKeySequence("T"), self.open_table)
        self._add_action("Copy table", QKeySequence(QKeySequence.StandardKey.Copy), self.copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _add_action(self, text: str, keys: QKeySequence, slot: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.addAction(action)

    def set_numbers(
        self, names: Sequence[str], columns: Sequence[Column], chosen: int | None = None
    ) -> None:
        """Show columns of numbers, with names at the rows, and highlight one row."""
        with QSignalBlocker(self.selectionModel()):
            self.numbers.set_columns(names, columns)
            self._fit_columns()
        self.set_chosen(chosen)

    def set_chosen(self, row: int | None) -> None:
        """Highlight a row and bring it into view; None takes the highlight away."""
        model = self.selectionModel()
        if row is None or not 0 <= row < self.numbers.rowCount():
            model.clear()
        elif row != self.currentIndex().row() or not model.hasSelection():
            flags = QItemSelectionModel.SelectionFlag
            index = self.numbers.index(row, 0)
            with QSignalBlocker(model):
                model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index)
        self.viewport().update()

    def set_row_height(self, least: int) -> None:
        """Give rows at least so many pixels; pictures need more than a line of text."""
        if least != self._least_row:
            self._least_row = least
            self.set_theme(self.numbers.theme)

    def open_table(self) -> TableWindow:
        """Open the whole table at full precision in a window of its own, and return it."""
        columns = self.numbers.columns()
        names = [column.name for column in columns]
        window = TableWindow(
            f"{self.accessibleName()}: table",
            names,
            [column.values if column.exact is None else column.exact for column in columns],
            self.numbers.names(),
            self.window(),
        )
        window.show()
        return window

    def copy(self) -> None:
        """Put the whole table on the clipboard, at full precision."""
        window = self.open_table()
        window.copy()
        window.close()

    def text_at(self, row: int, column: str) -> str:
        """Return a cell as it is written; KeyError for an unknown column."""
        names = [found.name for found in self.numbers.columns()]
        if column not in names:
            raise KeyError(column)
        return self.numbers.text(row, names.index(column))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.numbers.theme = theme
        families = ", ".join(f'"{family}"' for family in font("mono").families())
        self.setStyleSheet(
            f"QTableView {{ font-family: {families}; font-size: {font_px('mono')}px; }}"
            f" QHeaderView::section {{ font-size: {font_px('small')}px; padding: 1px 5px; }}"
        )
        height = max(int(QFontMetricsF(font("mono")).height()) + 5, self._least_row)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setMinimumSectionSize(height)
        self._fit_columns()
        self.numbers.repaint()

    def _fit_columns(self) -> None:
        """Make each column as wide as its texts, which grow but do not shrink in a run."""
        metrics, heads = QFontMetricsF(font("mono")), QFontMetricsF(font("small"))
        for at, written in enumerate(self.numbers._columns):
            rows = range(min(self.numbers.rowCount(), _MEASURED))
            # The font has one width for all letters.
            longest = max((written.text(row) for row in rows), key=len, default="")
            widest = metrics.horizontalAdvance(longest)
            if written.column.pictures:
                widest += written.column.pictures[0].width()
            width = int(max(widest, heads.horizontalAdvance(written.heading))) + 14
            if not 0 <= self.columnWidth(at) - width <= 24:
                self.setColumnWidth(at, width)
        self._limit_size()

    def _limit_size(self) -> None:
        """Grow no larger than the cells: what stands beside or below stands close."""
        columns, rows = self.numbers.columnCount(), self.numbers.rowCount()
        bars = self.verticalScrollBar().sizeHint().width()
        across = sum(map(self.columnWidth, range(columns))) + bars
        across += self.verticalHeader().sizeHint().width() + 2 * self.frameWidth()
        down = rows * self.verticalHeader().defaultSectionSize() + bars
        down += self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth()
        self.setMaximumSize(max(across, self.minimumWidth()), max(down, self.minimumHeight()))

    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid() and current.row() != previous.row():
            self.row_chosen.emit(current.row())


def truth_column(problem: Problem, rows: np.ndarray) -> Column:
    """Return the truth of some rows of the data: class names, or numbers in their own unit."""
    targets = problem.dataset.target[rows]
    if not problem.classes:
        return Column("truth", targets, "The target in the data", digits=4)
    names = [problem.dataset.class_names[k] for k in targets.tolist()]
    return Column("truth", names, "The class in the data")
