"""Reading a text table with pandas' C parser, once, and naming the line of what is wrong."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from core.data.sniff import MISSING, Dialect, sniff
from core.data.source import Progress
from core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as read: numbers where a whole column reads as such, else text."""

    shown: str
    path: Path
    dialect: Dialect
    frame: pd.DataFrame


class _Watched:
    """A text file that reports how far it has been read; pandas reads it in blocks."""

    def __init__(self, file: IO[str], size: int, progress: Progress | None) -> None:
        self._file, self._size, self._progress = file, size, progress
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> str:
        if self._progress is not None:
            try:
                done = self._file.buffer.tell() / self._size  # type: ignore[attr-defined]  # text
                self._progress(min(done, 1.0))
            except BaseException as error:
                # The parser would wrap it; kept, so that the caller's own exception comes out.
                self.error = error
                raise
        return self._file.read(size)

    def __iter__(self) -> Iterator[str]:
        return iter(self._file)


def read_table(path: Path, shown: str, progress: Progress | None = None) -> RawTable:
    """Read the table at `path`.

    Parameters
    ----------
    path : Path
    shown : str
        The path as the person wrote it, for messages.
    progress : callable, optional
        Called with the share read, in [0, 1]; may raise to cancel.

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
    guesses = [dialect.encoding, "cp1252", "latin-1"]
    for encoding in guesses[guesses.index(dialect.encoding) :]:
        dialect = replace(dialect, encoding=encoding)
        try:
            frame = _read(path, shown, dialect, progress)
            _check_lengths(path, shown, dialect, frame)
        except UnicodeError:
            # The first 64 KB may be plain where a later line is not.
            continue
        if len(frame) == 0:
            raise InputError(
                "a header and no rows", file=shown, allowed="at least 4 rows below the header"
            )
        return RawTable(shown, path, dialect, frame)
    raise InputError(f"the text is not {dialect.encoding}", file=shown, allowed="UTF-8, UTF-16")


def _read(path: Path, shown: str, dialect: Dialect, progress: Progress | None) -> pd.DataFrame:
    import pandas as pd

    with path.open(encoding=dialect.encoding, newline="") as file:
        watched = _Watched(file, max(path.stat().st_size, 1), progress)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                return pd.read_csv(
                    watched,  # has what the parser uses
                    sep=dialect.delimiter,
                    names=list(dialect.names),
                    header=0 if dialect.header else None,
                    index_col=False,
                    decimal=dialect.decimal,
                    thousands=dialect.thousands,
                    skipinitialspace=True,
                    na_values=sorted(
                        MISSING | {f(name) for name in MISSING for f in (str.upper, str.title)}
                    ),
                    low_memory=False,
                )
        except UnicodeError:
            raise
        except (ValueError, OverflowError, pd.errors.ParserWarning) as error:
            if watched.error is not None:
                raise watched.error from None
            raise _explained(path, shown, dialect, error) from None


def _explained(path: Path, shown: str, dialect: Dialect, error: Exception) -> InputError:
    """What the parser stumbled over, in our words and with the line."""
    if "EOF inside string" in str(error):
        line = max((line for line, _ in records(path, dialect)), default=1)
        return InputError(
            "a quotation mark is opened and never closed", file=shown, field=f"line {line}"
        )
    found = _ragged(path, dialect)
    if found is not None:
        return _ragged_error(shown, dialect, *found)
    return InputError(f"the table cannot be read: {error}", file=shown)


def _check_lengths(path: Path, shown: str, dialect: Dialect, frame: pd.DataFrame) -> None:
    """Refuse short rows: the parser pads them, so that the last column has gaps then."""
    if len(frame) and frame.iloc[:, -1].hasnans:
        found = _ragged(path, dialect)
        if found is not None:
            raise _ragged_error(shown, dialect, *found)


def _ragged_error(shown: str, dialect: Dialect, line: int, fields: int) -> InputError:
    where = "the header" if dialect.header else "the first line"
    return InputError(
        f"{fields} {'field' if fields == 1 else 'fields'} where {where} has {len(dialect.names)}",
        file=shown,
        field=f"line {line}",
        allowed="the same number of fields in each line",
    )


def _ragged(path: Path, dialect: Dialect) -> tuple[int, int] | None:
    """Line and number of fields of the first row with another length, if there is one."""
    if _plainly_even(path, dialect):
        return None
    for line, record in records(path, dialect):
        if len(record) != len(dialect.names):
            return line, len(record)
    return None


def _plainly_even(path: Path, dialect: Dialect) -> bool:
    """Whether each line has as many delimiters, as fast as the file can be read.

    False also where that cannot be told without parsing: with quotes, blank lines or 16-bit text.
    """
    if not dialect.encoding.startswith(("utf-8", "cp1252", "latin-1")):
        return False
    delimiter, expected, pending = ord(dialect.delimiter), len(dialect.names) - 1, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
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


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Line number (from 1) and fields of each record with something in it, the header too."""
    with path.open(encoding=dialect.encoding, newline="") as file:
        reader: Any = csv.reader(file, delimiter=dialect.delimiter, skipinitialspace=True)
        line = 1
        while True:
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
    for count, (line, _) in enumerate(records(table.path, table.dialect)):
        if count == skip:
            return line
    return skip + 1
