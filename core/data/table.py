"""A person's own CSV or TSV file as a data source, and its preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data.columns import Columns
from core.data.dataset import Column, Dataset
from core.data.reader import RawTable, read_table
from core.data.sniff import DELIMITER_NAMES
from core.data.source import Each, Progress, Source, within
from core.data.table_columns import KINDS, ColumnPlan, plan_input
from core.data.table_given import given_inputs, given_target, with_texts_of
from core.data.table_notes import notes_on_classes, notes_on_columns
from core.data.table_target import choose_target, plan_target, shown_names
from core.errors import InputError, nearest

FEWEST_ROWS = 4


@dataclass(frozen=True)
class TablePreview:
    """What is known of a table and what will happen to its columns.

    Parameters
    ----------
    path : str
        As the person wrote it.
    rows : int
        Rows below the header.
    encoding, delimiter, decimal : str
        Delimiter in words.
    header : bool
        Whether the first line names the columns.
    columns : tuple of ColumnPlan
        In the file's order.
    target : str
        Name of the column to predict.
    task : str
        ``"classification"`` or ``"regression"``.
    notes : tuple of str
        What else was done, a sentence each.
    """

    path: str
    rows: int
    encoding: str
    delimiter: str
    decimal: str
    header: bool
    columns: tuple[ColumnPlan, ...]
    target: str
    task: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table(Source):
    """The source whose rows come from a file."""

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        if not settings.path:
            raise InputError(
                "the table's file is not named", field="data.path", allowed="a CSV or TSV file"
            )
        test_path = getattr(settings, "test_path", None)
        first = within(progress, 0.0, 0.5) if test_path else progress
        table = read_table(Path(resolve(settings.path)), settings.path, first, each)
        inputs, target = plan(table, settings)
        used = [column for column in inputs if column.role == "input"]
        if not used:
            raise InputError(
                "no column is left to predict from: "
                + "; ".join(f"{c.name}: {c.sentence}" for c in inputs[:6]),
                file=table.shown,
                allowed="at least one column of numbers, of repeating categories or of texts",
            )
        dataset = _assemble(table, inputs, target, settings)
        if test_path:
            second = within(progress, 0.5, 1.0)
            test = read_table(Path(resolve(test_path)), test_path, second, each)
            dataset = _with_test(dataset, table, test, used, target, settings)
        return dataset


def preview(
    path: str, settings: Any, resolve: Callable[[str], Any] = str, progress: Progress | None = None
) -> TablePreview:
    """What would happen to the table at `path` under these settings.

    Parameters
    ----------
    path : str
        As the person wrote it.
    settings : DataSettings
        ``target``, ``columns`` and ``missing`` are used.
    resolve, progress
        As for `Source.load`.

    Raises
    ------
    InputError
        As loading would, except that a table without any usable input column is shown.
    """
    table = read_table(Path(resolve(path)), path, progress)
    inputs, target = plan(table, settings)
    by_name = {column.name: column for column in (*inputs, target)}
    dialect = table.dialect
    rare = notes_on_classes(target, target.values(table.columns[target.name]))
    return TablePreview(
        path=path,
        rows=len(table),
        encoding=dialect.encoding,
        delimiter=DELIMITER_NAMES[dialect.delimiter],
        decimal=dialect.decimal,
        header=dialect.header,
        columns=tuple(by_name[name] for name in dialect.names),
        target=target.name,
        task=_task(target),
        notes=(*dialect.renamed, *rare),
    )


def plan(table: RawTable, settings: Any) -> tuple[list[ColumnPlan], ColumnPlan]:
    """What becomes of every column: the inputs (used or ignored) in order, and the target."""
    if len(table) < FEWEST_ROWS:
        raise _too_few(table, len(table), "below the header" * table.dialect.header)
    names = table.dialect.names
    forced = dict(getattr(settings, "columns", None) or {})
    for name, kind in forced.items():
        if name not in names:
            raise InputError(
                f"{nearest(name, names)}no such column",
                file=table.shown,
                field="data.columns",
                value=name,
                allowed=shown_names(names),
            )
        if kind not in KINDS:
            raise InputError(
                "unknown kind of column",
                field=f"data.columns.{name}",
                value=kind,
                allowed=", ".join(KINDS),
            )
    target_name = choose_target(table, getattr(settings, "target", None))
    missing = getattr(settings, "missing", None) or "mean"
    target = plan_target(table, target_name, forced.get(target_name))
    inputs = []
    for name in names:
        table.look_up()
        if name != target_name:
            inputs.append(plan_input(table, name, forced.get(name), missing))
    return inputs, target


def _task(target: ColumnPlan) -> str:
    return "classification" if target.kind == "category" else "regression"


def _assemble(
    table: RawTable, inputs: list[ColumnPlan], target: ColumnPlan, settings: Any
) -> Dataset:
    """The data set of the first file, rows without a target left out."""
    table.look_up()
    used = [column for column in inputs if column.role == "input"]
    values = target.values(table.columns[target.name])
    columns = [column.values(table.columns[column.name]) for column in used]
    notes = [*table.dialect.renamed]
    notes += notes_on_columns(inputs)
    known = ~_gaps([values], [target])
    if not known.all():
        notes.append(f"{_rows(np.count_nonzero(~known))} without a target left out")
    missing = getattr(settings, "missing", None) or "mean"
    if missing == "drop":
        full = ~_gaps(columns, used)
        if not full.all():
            notes.append(f"{_rows(np.count_nonzero(known & ~full))} with a missing value left out")
        known &= full
    rows = np.flatnonzero(known)
    if len(rows) < FEWEST_ROWS:
        where = "with a target" + (" and no missing value" if missing == "drop" else "")
        raise _too_few(table, len(rows), where)
    if len(rows) < len(values):
        columns, values = [column[rows] for column in columns], values[rows]
    _check_target(table, target, values)
    notes += notes_on_classes(target, values)
    classes = target.kind == "category"
    what = ", ".join(column.name for column in used[:4])
    if len(used) > 4:
        what += f" and {len(used) - 4} more columns"
    return Dataset(
        name=Path(table.shown).name,
        task=_task(target),
        description=f"Predicts {target.name} from {what} ({len(values)} rows).",
        columns=_columns(used),
        inputs=Columns(columns),
        target=values.astype(np.int64 if classes else np.float64),
        target_name=target.name,
        class_names=target.categories,
        rows=rows.astype(np.int64, copy=False),
        missing="mean" if missing == "drop" else missing,
        notes=tuple(notes),
    )


def _columns(used: list[ColumnPlan]) -> tuple[Column, ...]:
    return tuple(Column(column.name, column.kind, column.categories) for column in used)


def _too_few(table: RawTable, rows: int, where: str) -> InputError:
    return InputError(
        f"only {_rows(rows)} {where}", file=table.shown, allowed=f"at least {FEWEST_ROWS} rows"
    )


def _rows(count: np.integer | int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _gaps(values: list[np.ndarray], columns: list[ColumnPlan]) -> np.ndarray:
    """Rows (n,) of k columns of values in which a number is NaN or a code is -1."""
    gaps = np.zeros(len(values[0]), dtype=bool)
    for part, column in zip(values, columns, strict=True):
        gaps |= np.isnan(part) if column.kind == "number" else part < 0
    return gaps


def _check_target(table: RawTable, target: ColumnPlan, values: np.ndarray) -> None:
    """Leaving rows out may leave a single class or number."""
    if (values == values[0]).all():
        raise InputError(
            "the rows that are left all have the same target: nothing to predict",
            file=table.shown,
            field="data.target",
            value=target.name,
            allowed='missing = "mean" keeps rows with gaps, or another target',
        )


def _with_test(
    dataset: Dataset,
    table: RawTable,
    test: RawTable,
    used: list[ColumnPlan],
    target: ColumnPlan,
    settings: Any,
) -> Dataset:
    """`dataset` with the rows of the person's own test file behind it."""
    used = with_texts_of(test, used)
    inputs = given_inputs(test, used)
    values = given_target(test, target)
    known = ~_gaps([values], [target])
    if getattr(settings, "missing", None) == "drop":
        known &= ~_gaps(inputs, used)
    rows = np.flatnonzero(known)
    if not len(rows):
        raise InputError(
            "no usable row", file=test.shown, field="data.test_path", allowed="at least 1 row"
        )
    notes = list(dataset.notes)
    if len(rows) < len(values):
        notes.append(f"{test.shown}: {_rows(len(values) - len(rows))} left out")
    given = np.zeros(len(dataset) + len(rows), dtype=bool)
    assert isinstance(dataset.inputs, Columns)
    given[len(dataset) :] = True
    added = values[rows].astype(dataset.target.dtype)
    return Dataset(
        name=dataset.name,
        task=dataset.task,
        description=dataset.description,
        columns=_columns(used),
        inputs=dataset.inputs.followed_by(Columns([column[rows] for column in inputs])),
        target=np.concatenate([dataset.target, added]),
        target_name=dataset.target_name,
        class_names=dataset.class_names,
        given_test=given,
        rows=np.concatenate([dataset.rows, len(table) + rows]),
        missing=dataset.missing,
        notes=tuple(notes),
    )


TABLE = Table(
    name="csv",
    label="Your own table",
    explanation="Predicts a column of your own CSV or TSV file from its other columns.",
    basic=True,
    suggested={
        "model.hidden": [8],
        "model.activation": "tanh",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
    },
)
