"""Any plot as a table: a virtual model over its columns, in a window from which it is copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mlloop_gui.plots import numbers
from mlloop_gui.theme import font_px

_Index = QModelIndex | QPersistentModelIndex


def exact(value: Any) -> str:
    """Return a value at full precision, or a text as it is."""
    if isinstance(value, float | np.floating):
        return repr(float(value))
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value)


class ColumnsModel(QAbstractTableModel):
    """Columns of equal or unequal length, read where they are and copied nowhere.

    Parameters
    ----------
    headers : sequence of str
    columns : sequence of one-dimensional arrays or lists, one a header
    rows : sequence of str, optional
        Names of the rows; else they are numbered from 0.
    """

    def __init__(
        self,
        headers: Sequence[str],
        columns: Sequence[Any],
        rows: Sequence[str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if len(headers) != len(columns):
            raise ValueError(f"{len(headers)} headers for {len(columns)} columns")
        self._headers = list(headers)
        self._columns = list(columns)
        self._rows = rows
        self._length = max((len(column) for column in columns), default=0)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else self._length

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell; a column that ended before has empty cells."""
        if not index.isValid():
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or index.row() >= len(column):
            return None
        return exact(column[index.row()])

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the name of a column or row."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._headers[section] if section < len(self._headers) else None
        if self._rows is not None and section < len(self._rows):
            return self._rows[section]
        return str(section)

    def as_text(self) -> str:
        """Return the whole table, tabs between columns, at full precision."""
        lines = ["\t".join(self._headers)]
        for row in range(self._length):
            cells = [exact(c[row]) if row < len(c) else "" for c in self._columns]
            lines.append("\t".join(cells))
        return "\n".join(lines) + "\n"


class TableWindow(QDialog):
    """A window with one table at full precision; Ctrl+C copies all of it."""

    def __init__(
        self,
        title: str,
        headers: Sequence[str],
        columns: Sequence[Any],
        rows: Sequence[str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = ColumnsModel(headers, columns, rows, self)
        self.view = QTableView(self)
        self.view.setModel(self.model)
        self.view.setAccessibleName(title)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.view.horizontalHeader().setDefaultSectionSize(12 * font_px())
        count = QLabel(
            f"{numbers.count(self.model.rowCount())} rows, "
            f"{numbers.count(self.model.columnCount())} columns, full precision"
        )
        copy = QPushButton("Copy table")
        copy.setToolTip("Copy the whole table, with tabs between columns (Ctrl+C)")
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy)
        foot = QHBoxLayout()
        foot.addWidget(count, 1)
        foot.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self.resize(640, 420)

    def copy(self) -> None:
        """Put the whole table on the clipboard."""
        QGuiApplication.clipboard().setText(self.model.as_text())
