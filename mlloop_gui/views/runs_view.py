"""The runs tab: every kept run in a table, and its curve beside the live one's."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetricsF, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.runs import RunSummary
from mlloop_gui.frames import RunState
from mlloop_gui.plots import numbers
from mlloop_gui.plots.run_curves import RunCurves, RunLine
from mlloop_gui.plots.table import TableWindow
from mlloop_gui.session import Session
from mlloop_gui.settings import LEAST_MEMORY, MOST_MEMORY
from mlloop_gui.theme import Theme, font, font_px
from mlloop_gui.views.runs_model import DIFFERS, HEADINGS, NAME, ORIGIN, RunsModel

#: The widest that a column of words grows by itself.
_WIDEST = {NAME: 150, DIFFERS: 290, ORIGIN: 190}


class RunsTable(QTableView):
    """The runs; keys: Enter goes to one, Delete forgets it, F2 renames it, T opens the table.

    Signals
    -------
    wanted, unwanted : int
        The number of the run that a person wants to go to, or to forget.
    """

    wanted = Signal(int)
    unwanted = Signal(int)
    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsModel(self)
        self.setModel(self.runs)
        self.setObjectName("runs.table")
        self.setAccessibleName("Runs")
        self.setAccessibleDescription(
            "Enter goes to a run, Delete forgets it, F2 renames it, T opens the table"
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            header.setHighlightSections(False)
        self.activated.connect(self._go)
        self.selectionModel().selectionChanged.connect(self.chosen)
        self._add_action("Open as table", QKeySequence("T"), self.open_table)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.restyle()

    def _add_action(self, text: str, keys: QKeySequence, slot: object) -> None:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.addAction(action)

    def set_runs(self, runs: tuple[RunSummary, ...], live: int) -> None:
        """Show these runs; the one that was selected stays so."""
        selected = self.selected()
        before = self.runs.rowCount()
        self.runs.set_runs(runs, live)
        if selected is None or self.runs.row_of(selected.number) is None:
            self.select(live)
        elif self.selected() is None:
            self.select(selected.number)
        if before != self.runs.rowCount():
            self._fit_columns()

    def selected(self) -> RunSummary | None:
        """The run of the selected row."""
        rows = self.selectionModel().selectedRows()
        return self.runs.run(rows[0].row()) if rows else None

    def select(self, number: int) -> None:
        """Select the row of a run."""
        row = self.runs.row_of(number)
        if row is not None:
            self.setCurrentIndex(self.runs.index(row, NAME))

    def rename(self) -> None:
        """Write another name for the selected run."""
        if self.selected() is not None:
            index = self.runs.index(self.currentIndex().row(), NAME)
            self.setCurrentIndex(index)
            self.edit(index)

    def open_table(self) -> TableWindow:
        """Open all runs at full precision in a window of its own, and return it."""
        window = TableWindow("Runs: table", *self.runs.as_table(), parent=self.window())
        window.show()
        return window

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        run = self.runs.run(index.row())
        if run is not None:
            self.wanted.emit(run.number)

    # -- keys and looks ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep F2, which is a shortcut of the window elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_F2 and not event.modifiers():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Rename with F2, forget with Delete; the rest is the table's."""
        selected = self.selected()
        if event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() == Qt.Key.Key_Delete and selected is not None:
            self.unwanted.emit(selected.number)
        else:
            super().keyPressEvent(event)

    def restyle(self) -> None:
        """Take the text sizes of the theme."""
        self.setStyleSheet(f"QHeaderView::section {{ font-size: {font_px('small')}px; }}")
        height = int(QFontMetricsF(font()).height()) + 6
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self._fit_columns()
        if self.runs.rowCount():
            last = self.runs.index(self.runs.rowCount() - 1, len(HEADINGS) - 1)
            self.runs.dataChanged.emit(self.runs.index(0, 0), last)

    def _fit_columns(self) -> None:
        plain, heads = QFontMetricsF(font(bold=True)), QFontMetricsF(font("small"))
        for column, (heading, _) in enumerate(HEADINGS):
            texts = [self.runs.text(row, column) for row in range(self.runs.rowCount())]
            widest = max((plain.horizontalAdvance(text) for text in texts), default=0.0)
            widest = min(widest, _WIDEST.get(column, widest))
            self.setColumnWidth(column, int(max(widest, heads.horizontalAdvance(heading))) + 16)


class RunsView(QWidget):
    """Kept runs: what differs between them, how they do, and the way back to each."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs")
        self.setAccessibleName("Runs")
        self.setProperty("sheet", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._shown: object = None
        self._live: int | None = None
        self.table = RunsTable()
        self.table.wanted.connect(self._switch)
        self.table.unwanted.connect(self._forget)
        self.table.chosen.connect(self._enable)
        self.table.runs.renamed.connect(session.rename_run)
        self.switch = self._button("switch", "Go to it", "Make it the live run (Enter)")
        self.rename = self._button("rename", "Rename", "Write another name for it (F2)")
        self.forget = self._button("forget", "Forget", "Let its curve and states go (Delete)")
        self.switch.clicked.connect(self._switch_selected)
        self.rename.clicked.connect(self.table.rename)
        self.forget.clicked.connect(self._forget_selected)
        self.plot = RunCurves("Validation loss")
        self.plot.setObjectName("plot.runs")
        self.plot.setMinimumSize(260, 96)
        self.memory = self._memory_field()
        self._used = QLabel()
        self._used.setObjectName("runs.used")
        self._used.setProperty("role", "muted")
        self._used.setAccessibleName("Memory used")
        buttons = QVBoxLayout()
        buttons.setSpacing(4)
        for button in (self.switch, self.rename, self.forget):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(QLabel("Memory to go back"))
        buttons.addWidget(self.memory)
        buttons.addWidget(self._used)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.table, 1)
        row.addLayout(buttons)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(left)
        across.addWidget(self.plot)
        across.setStretchFactor(0, 1)
        across.setStretchFactor(1, 0)
        across.setSizes([10_000, 320])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.addWidget(across)
        session.runs_changed.connect(self._follow)
        session.frame_changed.connect(self._follow)
        self._enable()

    def _memory_field(self) -> QSpinBox:
        field = QSpinBox()
        field.setObjectName("runs.memory")
        field.setAccessibleName("Memory for going back, in megabytes")
        field.setToolTip(
            "What the states of all runs that are kept for going back may take together; with less,"
            " a way back takes longer, and leads to the same place"
        )
        field.setRange(LEAST_MEMORY, MOST_MEMORY)
        field.setSuffix(" MB")
        field.setKeyboardTracking(False)
        field.valueChanged.connect(self._limit)
        return field

    @Slot(int)
    def _limit(self, megabytes: int) -> None:
        self._session.limit_memory(megabytes * 2**20)

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"runs.{name}")
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while it was hidden."""
        super().showEvent(event)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        frame, runs = self._session.frame, self._session.runs
        if frame is None or not self.isVisible():
            return
        self._tell_memory(*frame.memory)
        if runs is self._shown and frame.run == self._live:
            return
        self._shown, self._live = runs, frame.run
        editing = self.table.state() is QAbstractItemView.State.EditingState
        if not (editing and frame.state is RunState.RUNNING):
            self.table.set_runs(runs, frame.run)
        self._draw(runs, frame.run)
        self._enable()

    def _tell_memory(self, used: int, budget: int) -> None:
        with QSignalBlocker(self.memory):
            if not self.memory.hasFocus():
                self.memory.setValue(budget // 2**20)
        text = f"{numbers.short(used / 2**20, 2)} MB used"
        if text != self._used.text():
            self._used.setText(text)

    def _draw(self, runs: tuple[RunSummary, ...], live: int) -> None:
        """The validation loss of every run; where nothing is set aside for it, training's."""
        measured = all(run.check.validation.rows for run in runs)
        series = "validation_loss" if measured else "train_loss"
        title = "Validation loss" if measured else "Training loss"
        if title != self.plot.title():
            self.plot.set_title(title)
        of_live = next((run for run in runs if run.number == live), None)
        lines: list[RunLine] = []
        for run in runs:
            checks = run.curves.checks
            # Losses of another kind are not to be compared: the name says so.
            name = run.name
            if of_live is not None and run.settings.loss.name != of_live.settings.loss.name:
                name += f" ({(run.settings.loss.name or '').replace('_', ' ')})"
            if any(line.name == name for line in lines):
                name += f" ({run.number})"
            y = np.asarray(checks.last[series])
            lines.append(RunLine(name, checks.x, y, run.number == live))
        self.plot.set_runs(lines)

    # -- doing ---------------------------------------------------------------------------------

    @Slot()
    def _enable(self) -> None:
        run = self.table.selected()
        is_live = run is not None and self.table.runs.is_live(run)
        self.switch.setEnabled(run is not None and run.alive and not is_live)
        self.forget.setEnabled(run is not None and not is_live)
        self.rename.setEnabled(run is not None)

    @Slot(int)
    def _switch(self, number: int) -> None:
        row = self.table.runs.row_of(number)
        run = None if row is None else self.table.runs.run(row)
        if run is None or self.table.runs.is_live(run):
            return
        if not run.alive:
            self._session.message.emit("note", f"Of {run.name} only the curve is kept.")
            return
        self._session.switch_run(number)

    @Slot(int)
    def _forget(self, number: int) -> None:
        row = self.table.runs.row_of(number)
        run = None if row is None else self.table.runs.run(row)
        if run is not None and self.table.runs.is_live(run):
            self._session.message.emit("note", "The live run cannot be forgotten.")
        elif run is not None:
            self._session.forget_run(number)

    @Slot()
    def _switch_selected(self) -> None:
        run = self.table.selected()
        if run is not None:
            self._switch(run.number)

    @Slot()
    def _forget_selected(self) -> None:
        run = self.table.selected()
        if run is not None:
            self._forget(run.number)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.table.restyle()
        self.plot.set_theme(theme)
