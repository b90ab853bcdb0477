"""Stage 8: where the batch stands in the epoch, what changed, and which batch comes next."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.epoch_bar import EpochBar
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable, truth_column
from mlloop_gui.plots import numbers


class IterateInspector(Inspector):
    """The epoch's bar, this batch with its losses, and the next batch."""

    stage: ClassVar[Stage] = Stage.ITERATE
    side_width: tuple[float, int, int] = (0.2, 240, 300)

    def build(self) -> None:
        """Make the bar, the two batches and the account of the turn."""
        self.bar = EpochBar()
        self.this = NumbersTable("this batch")
        self.next = NumbersTable("next batch")
        self.this.row_chosen.connect(self._pick_this)
        self.next.row_chosen.connect(self._pick_next)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.this, 1)
        row.addWidget(self.next, 1)
        row.addStretch(0)
        column.addLayout(row, 1)
        column.addStretch(0)
        self.add(middle, 1)
        self.register(self.bar, self.this, self.next)
        self.account = Facts("What changed")
        self.add_side(self.account)

    def fill(self, moment: Moment) -> None:
        """Show the place, the batches and what changed."""
        record, problem = moment.turn, moment.problem
        size, end = record.settings.optimizer.batch_size, record.place + len(record.rows)
        first, batches = record.place // size + 1, -(-record.size // size)
        self.bar.set_title(
            f"Epoch {numbers.count(record.epoch + 1)}, batch {numbers.count(first)} of"
            f" {numbers.count(batches)}: samples {numbers.count(record.place + 1)} to"
            f" {numbers.count(end)} of {numbers.count(record.size)}"
        )
        self.bar.set_place(record.size, size, record.place, end)
        assert record.next_rows is not None
        rows = problem.dataset.rows
        self.this.set_numbers(
            [str(place + 1) for place in range(len(record.rows))],
            [
                Column("this batch: row", rows[record.rows], "Row of the data"),
                truth_column(problem, record.rows),
                Column("loss", record.price, "What the guess cost in this turn"),
            ],
            moment.place,
        )
        coming = np.flatnonzero(record.next_rows == moment.sample)
        self.next.set_numbers(
            [str(place + 1) for place in range(len(record.next_rows))],
            [
                Column("next batch: row", rows[record.next_rows], "Row of the data"),
                truth_column(problem, record.next_rows),
            ],
            int(coming[0]) if len(coming) else None,
        )
        self.account.set_facts(*self._account(moment))

    @staticmethod
    def _account(moment: Moment) -> tuple[list[Fact], str]:
        record = moment.turn
        facts = [
            Fact("update", numbers.count(record.turn)),
            Fact.of("loss of this batch", record.loss, numbers.short(record.loss, 4)),
        ]
        arrays = moment.explanation.arrays if moment.explanation is not None else {}
        for name, key in (
            ("loss of the one before", "previous_batch_loss"),
            ("length of the step", "moved"),
            ("distance from the start", "distance"),
        ):
            if key in arrays:
                value = float(arrays[key])
                facts.append(Fact.of(name, value, numbers.short(value, 4)))
        over = record.next_epoch > record.epoch
        shuffled = record.settings.optimizer.shuffle
        drawn = "a new order has been drawn" if shuffled else "the order begins again"
        note = f"Epoch {numbers.count(record.next_epoch)} is over; {drawn}." if over else ""
        return facts, note

    def _pick_this(self, row: int) -> None:
        if self.moment is not None and self.moment.record is not None:
            self.pick(self.moment.record.rows, row)

    def _pick_next(self, row: int) -> None:
        record = self.moment.record if self.moment is not None else None
        if record is not None and record.next_rows is not None:
            self.pick(record.next_rows, row)
