"""The kept runs as a table: a row a run, forks under the run that they left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from core.runs import RunSummary
from mlloop_gui.plots import numbers
from mlloop_gui.plots.table import exact
from mlloop_gui.theme import font
from mlloop_gui.views import run_words as words

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
RUN, NAME, DIFFERS, LOSS, METRIC, UPDATES, TIME, PARAMETERS, STATE, ORIGIN = range(10)
HEADINGS = (
    ("Run", "● is the live run; └ one that was forked off the run above it"),
    ("Name", "F2 changes it"),
    ("What differs", "Its settings, where they are not the live run's"),
    ("Validation loss", "Without penalty, at its newest check"),
    ("Validation", "Accuracy, or R² for numbers, at its newest check"),
    ("Updates", "How many it has made"),
    ("Time", "Spent training"),
    ("Parameters", "Weights and biases"),
    ("State", "Whether one can go back to it, or only its curve is kept"),
    ("Began", "From update 0, or forked off another run"),
)
_RIGHT = (UPDATES, LOSS, METRIC, TIME, PARAMETERS)


class RunsModel(QAbstractTableModel):
    """Summaries of runs; texts are made when a run changes, not when a cell is painted.

    Signals
    -------
    renamed : int, str
        A person has written another name for the run of this number.
    """

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[RunSummary, int]] = []
        self._texts: list[list[str]] = []
        self._differing: list[list[str]] = []
        self._live = 0

    def set_runs(self, runs: Sequence[RunSummary], live: int) -> None:
        """Show these runs, `live` being the number of the live one."""
        ordered = words.tree_order(runs)
        same = [(r.number, d) for r, d in ordered] == [(r.number, d) for r, d in self._rows]
        known = {run.number: run for run in runs}
        names = {run.number: run.name for run in runs}
        if not same:
            self.beginResetModel()
        self._rows, self._live = ordered, live
        self._differing = [
            words.differing(run, known[live]) if live in known and run.number != live else []
            for run, _ in ordered
        ]
        self._texts = [
            self._written(run, depth, differing, names)
            for (run, depth), differing in zip(ordered, self._differing, strict=True)
        ]
        if not same:
            self.endResetModel()
        elif ordered:
            last = self.index(len(ordered) - 1, len(HEADINGS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _written(
        self, run: RunSummary, depth: int, differing: Sequence[str], names: dict[int, str]
    ) -> list[str]:
        is_live = run.number == self._live
        branch = "    " * (depth - 1) + "└ " if depth else ""
        look = words.newest(run)
        return [
            f"{branch}{run.number}{' ●' if is_live else ''}",
            run.name,
            "this run" if is_live else words.shortened(differing),
            numbers.short(look.loss) if look else "–",
            words.metric(run, look),
            numbers.count(run.head),
            words.duration(run.seconds),
            numbers.count(run.parameters),
            "live" if is_live else "kept" if run.alive else "curve only",
            words.origin(run, names),
        ]

    # -- reading -------------------------------------------------------------------------------

    def run(self, row: int) -> RunSummary | None:
        """The run in a row, None outside the table."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def row_of(self, number: int) -> int | None:
        """The row of a run."""
        return next((k for k, (run, _) in enumerate(self._rows) if run.number == number), None)

    def is_live(self, run: RunSummary) -> bool:
        """Whether a run is the live one."""
        return run.number == self._live

    def text(self, row: int, column: int) -> str:
        """A cell as it is written."""
        return self._texts[row][column]

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Headings and columns, numbers at full precision."""
        runs = [run for run, _ in self._rows]
        looks = [words.newest(run) for run in runs]
        columns: list[Any] = [list(column) for column in zip(*self._texts, strict=True)]
        for column, values in {
            DIFFERS: ["; ".join(said) for said in self._differing],
            UPDATES: [run.head for run in runs],
            LOSS: [look.loss if look else float("nan") for look in looks],
            METRIC: [look.metric if look else float("nan") for look in looks],
            TIME: [run.seconds for run in runs],
            PARAMETERS: [run.parameters for run in runs],
        }.items():
            if columns:
                columns[column] = values
        return [name for name, _ in HEADINGS], columns or [[] for _ in HEADINGS]

    # -- Qt's own ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return text, tooltip, font or alignment of a cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        run = self._rows[row][0]
        if role in (_Role.DisplayRole, _Role.EditRole):
            return self._texts[row][column]
        if role in (_Role.ToolTipRole, _Role.AccessibleDescriptionRole):
            return self._tip(run, row, column)
        if role == _Role.FontRole and run.number == self._live:
            return font(bold=True)
        if role == _Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _tip(self, run: RunSummary, row: int, column: int) -> str:
        look = words.newest(run)
        if column == DIFFERS:
            return "\n".join(self._differing[row]) or self._texts[row][column]
        if column in (LOSS, METRIC):
            if look is None:
                return "There is no validation part"
            value = look.loss if column == LOSS else look.metric
            return f"{exact(value)} at update {numbers.count(look.update)}"
        if column == TIME:
            return f"{exact(run.seconds)} s"
        if column == STATE and not run.alive:
            return "Its checkpoints are gone: only its curve and its numbers are kept"
        return f"{HEADINGS[column][0]}: {self._texts[row][column]}"

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Ask for another name; the table shows it once the run has it."""
        name = str(value).strip()
        if not index.isValid() or index.column() != NAME or role != _Role.EditRole or not name:
            return False
        if name != self._texts[index.row()][NAME]:
            self.renamed.emit(self._rows[index.row()][0].number, name)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that names can be written."""
        flags = super().flags(index)
        is_name = index.isValid() and index.column() == NAME
        return flags | Qt.ItemFlag.ItemIsEditable if is_name else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return a column's heading, and what it means as a tooltip."""
        if orientation == Qt.Orientation.Vertical or section >= len(HEADINGS):
            return None
        if role == _Role.DisplayRole:
            return HEADINGS[section][0]
        return HEADINGS[section][1] if role == _Role.ToolTipRole else None
