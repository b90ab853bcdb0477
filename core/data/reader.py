"""Reading a text table, and naming the line of what is wrong in it."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data.columns import RawColumn
from core.data.scan import ParserError, read_columns
from core.data.sniff import Dialect, sniff
from core.data.source import Each, Progress
from core.errors import InputError

OFTEN = 4096  # texts or lines between two looks at whether the work is still wanted


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as read.

    Parameters
    ----------
    shown : str
        The path as the person wrote it.
    path : Path
    dialect : Dialect
    columns : mapping of str to RawColumn
        By name, in the file's order.
    look_up : callable
        Called now and then in long work on the table; raises to cancel it.
    """

    shown: str
    path: Path
    dialect: Dialect
    columns: Mapping[str, RawColumn]
    look_up: Callable[[], None]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).values)


def read_table(
    path: Path, shown: str, progress: Progress | None = None, each: Each = map
) -> RawTable:
    """Read the table at `path`.

    Parameters
    ----------
    path : Path
    shown : str
        The path as the person wrote it, for messages.
    progress : callable, optional
        Called with the share read, in [0, 1]; may raise to cancel.
    each : callable, optional
        What reads the pieces of a large table.

    Raises
    ------
    InputError
        For anything that is not a table with one row at least, all rows of one length.
    """
    dialect = sniff(path, shown)
    if len(dialect.names) < 2:
        raise InputError(
            "only one column was found",
            file=shown,
            allowed="at least two, separated by comma, semicolon, tab or |",
        )
    reached = 0.0

    def told(share: float) -> None:
        nonlocal reached
        reached = max(reached, share)  # what is read once more has been told of
        if progress is not None:
            progress(reached)

    def look_up() -> None:
        told(reached)

    guesses = [dialect.encoding, "cp1252", "latin-1"]
    for encoding in guesses[guesses.index(dialect.encoding) :]:
        dialect = replace(dialect, encoding=encoding)
        try:
            return _read(RawTable(shown, path, dialect, {}, look_up), told, each)
        except UnicodeError:
            # The first 64 KB may be plain where a later line is not.
            continue
    raise InputError(f"the text is not {dialect.encoding}", file=shown, allowed="UTF-8, UTF-16")


def _read(table: RawTable, progress: Progress, each: Each) -> RawTable:
    try:
        columns = read_columns(table.path, table.dialect, progress, each)
    except ParserError as error:
        raise _explained(table, error) from None
    if not columns:
        raise InputError(
            "a header and no rows", file=table.shown, allowed="at least 4 rows below the header"
        )
    # The parser pads short rows, so that the last column has gaps then.
    if columns[table.dialect.names[-1]].gaps.any():
        _refuse_ragged(table)
    return replace(table, columns=columns)


def _explained(table: RawTable, error: Exception) -> InputError:
    """What the parser stumbled over, in our words and with the line."""
    if "EOF inside string" in str(error):
        line = max((line for line, _ in records(table)), default=1)
        return InputError(
            "a quotation mark is opened and never closed", file=table.shown, field=f"line {line}"
        )
    try:
        _refuse_ragged(table)
    except InputError as found:
        return found
    return InputError(f"the table cannot be read: {error}", file=table.shown)


def _refuse_ragged(table: RawTable) -> None:
    """Raise an `InputError` for the first row with another number of fields, if there is one."""
    dialect = table.dialect
    if _plainly_even(table):
        return
    for line, record in records(table):
        if len(record) != len(dialect.names):
            fields = len(record)
            where = "the header" if dialect.header else "the first line"
            raise InputError(
                f"{fields} {'field' if fields == 1 else 'fields'} where {where} has "
                f"{len(dialect.names)}",
                file=table.shown,
                field=f"line {line}",
                allowed="the same number of fields in each line",
            )


def _plainly_even(table: RawTable) -> bool:
    """Whether each line has as many delimiters, as fast as the file can be read.

    False also where that cannot be told without parsing: with quotes, blank lines or 16-bit text.
    """
    dialect = table.dialect
    if not dialect.encoding.startswith(("utf-8", "cp1252", "latin-1")):
        return False
    delimiter, expected, pending = ord(dialect.delimiter), len(dialect.names) - 1, 0
    with table.path.open("rb") as file:
        while block := file.read(1 << 20):
            table.look_up()
            if b'"' in block:
                return False
            text = np.frombuffer(block, np.uint8)
            places = np.flatnonzero(text == delimiter)
            before = np.searchsorted(places, np.flatnonzero(text == ord("\n")))
            if len(before):
                counts = np.diff(before, prepend=-pending)
                if (counts != expected).any():
                    return False
                pending = len(places) - int(before[-1])
            else:
                pending += len(places)
    # What follows the last line's end: nothing, or one more line.
    return pending in (0, expected)


def records(table: RawTable) -> Iterator[tuple[int, list[str]]]:
    """Line number (from 1) and fields of each record with something in it, the header too."""
    dialect = table.dialect
    with table.path.open(encoding=dialect.encoding, newline="") as file:
        reader: Any = csv.reader(file, delimiter=dialect.delimiter, skipinitialspace=True)
        line = 1
        for count in itertools.count():
            if count % OFTEN == 0:
                table.look_up()
            try:
                record = next(reader)
            except (StopIteration, csv.Error):
                return
            if len(record) > 1 or (record and record[0].strip()):
                yield line, record
            line = reader.line_num + 1


def line_of_row(table: RawTable, row: int) -> int:
    """The line in the file on which row `row` (0-based, header not counted) begins."""
    skip = row + (1 if table.dialect.header else 0)
    for count, (line, _) in enumerate(records(table)):
        if count == skip:
            return line
    return skip + 1
