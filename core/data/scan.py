"""Reading a text table's columns with pandas' C parser, some thousand rows at a time.

A small file is read as one stream. A large one is cut where rows end, and its pieces are read
each for itself: several at once where that can be, and past what pandas does with each block of a
stream. Where a piece is no table of its own, the stream is read after all.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from core.data.columns import Growing, GrowingTexts, RawColumn, narrowed
from core.data.pieces import LINES_ALONE, Bytes, UncutError, as_utf8, first_fields, pieces
from core.data.sniff import MISSING, SAMPLE_BYTES, Dialect
from core.data.source import Each, Progress, within

ROWS = 2**15  # read together
LARGE = 2**22  # bytes from which a file is cut into pieces
PROBED = 1000
SPARE = 1.06  # room for so many times the rows that the first ones promise
FIRST = 0.9  # the share of a first pass, if some columns need a second one
_NO_TEXTS = sorted(MISSING | {f(name) for name in MISSING for f in (str.upper, str.title)})


class ParserError(Exception):
    """What pandas' parser stumbled over, in its own words."""


class _SpacesError(Exception):
    """A cell begins with a blank, which must be skipped then."""


class _Watched:
    """A text file that reports how far it has been read; pandas reads it in blocks."""

    def __init__(self, file: IO[str], size: int, progress: Progress | None) -> None:
        self._file, self._size, self._progress = file, size, progress
        self.error: BaseException | None = None

    @property
    def share(self) -> float:
        done = self._file.buffer.tell()  # type: ignore[attr-defined]  # text files have one
        return min(done / self._size, 1.0)

    def read(self, size: int = -1) -> str:
        if self._progress is not None:
            try:
                self._progress(self.share)
            except BaseException as error:
                # The parser would wrap it; kept, so that the caller's own exception comes out.
                self.error = error
                raise
        return self._file.read(size)

    def __iter__(self) -> Iterator[str]:
        return iter(self._file)


@dataclass(frozen=True)
class _Some:
    """Some of a column's rows: numbers in a narrow type, or places in `texts`.

    Texts without places are those of a column that was taken for numbers.
    """

    values: np.ndarray | None
    whole: bool = False
    texts: Any = ()


@dataclass(frozen=True)
class _Rows:
    """Some rows of all columns that are asked for, and the share of the file up to their end."""

    count: int
    share: float
    last: bool
    columns: Mapping[str, _Some]


def read_columns(
    path: Path, dialect: Dialect, progress: Progress | None = None, each: Each = map
) -> dict[str, RawColumn]:
    """All columns of the table at `path`, by name.

    Parameters
    ----------
    path : Path
    dialect : Dialect
    progress : callable, optional
        Called with the share read, in [0, 1]; may raise to cancel.
    each : callable, optional
        What reads the pieces of a large file.

    Raises
    ------
    ParserError
        For what is no table.
    UnicodeError
        Where the text is not in the dialect's encoding.
    """
    with path.open(encoding=dialect.encoding, newline="") as file:
        spaced = dialect.delimiter + " " in file.read(SAMPLE_BYTES)
    # Skipping blanks makes the parser slow; where none stand before a cell, it need not.
    for skipping in (False, True) if not spaced else (True,):
        try:
            return _Scan(path, dialect, skipping, progress, each).read()
        except _SpacesError:
            continue
        except ParserError:
            if skipping:
                raise
    raise AssertionError("unreachable: blanks that are skipped are not found")


class _Scan:
    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        skipping: bool,
        progress: Progress | None,
        each: Each,
    ) -> None:
        self.path, self.dialect, self.skipping = path, dialect, skipping
        self.progress, self.each = progress, each
        self.size = max(path.stat().st_size, 1)
        self.cut = self.size >= LARGE and dialect.encoding in LINES_ALONE

    def read(self) -> dict[str, RawColumn]:
        """One pass; a second one for columns of numbers where a text turned up further down."""
        with self._open(None, nrows=PROBED) as (_, frame):
            texts = {name for name in frame if frame[name].dtype.kind not in "iuf"}
        if frame.empty:
            return {}
        names = self.dialect.names
        found = self._pass(names, texts, within(self.progress, 0.0, FIRST))
        odd = [name for name in names if name not in found]
        if odd:
            found |= self._pass(odd, set(odd), within(self.progress, FIRST, 1.0))
        return found

    def _pass(
        self, names: Collection[str], texts: Collection[str], progress: Progress | None
    ) -> dict[str, RawColumn]:
        """The columns `names`, those in `texts` as such; without those that turn out to be."""
        options: dict[str, Any] = {}
        if len(names) < len(self.dialect.names):
            options["usecols"] = list(names)  # no row is too long for the parser then
        if self.cut:
            try:
                with closing(self._pieces(names, texts, progress, options)) as found:
                    return self._joined(names, texts, found)
            except (ParserError, UncutError):
                # A cell with a line's end in it may have been cut, or something is wrong: what it
                # is, and whether it is, only the stream tells.
                self.cut = False
        with closing(self._stream(names, texts, progress, options)) as found:
            return self._joined(names, texts, found)

    def _joined(
        self, names: Collection[str], texts: Collection[str], found: Iterator[_Rows]
    ) -> dict[str, RawColumn]:
        growing: dict[str, Growing | GrowingTexts] | None = None
        for rows in found:
            if growing is None:
                room = rows.count
                if not rows.last:
                    room += int(SPARE * rows.count / rows.share)
                growing = {n: (GrowingTexts if n in texts else Growing)(room) for n in names}
            for name, column in list(growing.items()):
                some = rows.columns[name]
                self._check_spaces(some.texts)
                if some.values is None:
                    del growing[name]
                elif isinstance(column, GrowingTexts):
                    column.add(some.values, some.texts)
                else:
                    column.put(some.values, some.whole)
        return {name: column.finished() for name, column in (growing or {}).items()}

    def _stream(
        self,
        names: Collection[str],
        texts: Collection[str],
        progress: Progress | None,
        options: dict[str, Any],
    ) -> Generator[_Rows, None, None]:
        """The whole file, some rows after some."""
        kinds = dict.fromkeys(texts, str)
        with self._open(progress, chunksize=ROWS, dtype=kinds, **options) as (watched, frames):
            for frame in frames:
                last = len(frame) < ROWS
                yield _Rows(len(frame), watched.share, last, _columns(frame, names, texts))

    def _pieces(
        self,
        names: Collection[str],
        texts: Collection[str],
        progress: Progress | None,
        options: dict[str, Any],
    ) -> Generator[_Rows, None, None]:
        """The whole file, some pieces of it at a time."""
        dialect = self.dialect
        spelled: set[str] = set()

        def read(job: tuple[bytes, bool, int]) -> _Rows:
            text, first, end = job
            # As categories, each different text is made once, not once a row.
            kinds = {name: str if name in spelled else "category" for name in texts}
            utf8 = as_utf8(text, dialect.encoding)
            if not first and first_fields(utf8, dialect.delimiter) > len(dialect.names):
                raise UncutError
            try:
                frame = self._parsed(Bytes(utf8), first, {"dtype": kinds, **options})
            except UnicodeError:
                raise
            except (ValueError, OverflowError, Warning) as error:
                raise ParserError(str(error)) from None
            if lost := [name for name in names if _without_spelling(frame[name])]:
                spelled.update(lost)
                return read(job)
            return _Rows(
                len(frame), end / self.size, end >= self.size, _columns(frame, names, texts)
            )

        def jobs() -> Iterator[tuple[bytes, bool, int]]:
            end = 0
            for text in pieces(file):
                yield text, not end, (end := end + len(text))

        told = progress or (lambda share: None)
        told(0.0)
        with self.path.open("rb") as file, _parser_warnings_raised():
            for rows in self.each(read, jobs()):
                told(rows.share)
                yield rows

    def _check_spaces(self, texts: Any) -> None:
        if not self.skipping and any(str(text)[:1] == " " for text in texts):
            raise _SpacesError

    def _parsed(self, text: Any, first: bool, options: Mapping[str, Any]) -> Any:
        """What pandas makes of a text: a table, or with a ``chunksize`` one after another."""
        import pandas as pd

        dialect = self.dialect
        return pd.read_csv(
            text,  # has what the parser uses
            sep=dialect.delimiter,
            names=list(dialect.names),
            header=0 if dialect.header and first else None,
            index_col=False,
            decimal=dialect.decimal,
            thousands=dialect.thousands,
            skipinitialspace=self.skipping,
            na_values=_NO_TEXTS,
            low_memory=False,
            **options,
        )

    @contextmanager
    def _open(self, progress: Progress | None, **options: Any) -> Iterator[tuple[_Watched, Any]]:
        """The file as a stream, and what pandas makes of it."""
        with self.path.open(encoding=self.dialect.encoding, newline="") as file:
            watched = _Watched(file, self.size, progress)
            try:
                with _parser_warnings_raised():
                    yield watched, self._parsed(watched, True, options)
            except UnicodeError:
                raise
            except (ValueError, OverflowError, Warning) as error:
                if watched.error is not None:
                    raise watched.error from None
                raise ParserError(str(error)) from None


@contextmanager
def _parser_warnings_raised() -> Iterator[None]:
    """Where pandas would only warn that it loses something."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        yield


def _columns(frame: Any, names: Collection[str], texts: Collection[str]) -> dict[str, _Some]:
    return {name: _some(frame[name], name in texts) for name in names}


def _some(series: Any, text: bool) -> _Some:
    import pandas as pd

    if hasattr(series, "cat"):
        return _Some(series.cat.codes.to_numpy(), texts=series.cat.categories)
    if series.dtype.kind in "iuf":
        return _Some(narrowed(series.to_numpy()), series.dtype.kind != "f")
    if text:
        codes, different = pd.factorize(series)
        return _Some(codes, texts=different)
    return _Some(None, texts=series.dropna())


def _without_spelling(series: Any) -> bool:
    """Whether a column's categories became numbers or truths, as they do if all of them can."""
    if not hasattr(series, "cat"):
        return False
    kinds = series.cat.categories
    return len(kinds) > 0 and kinds.inferred_type != "string"
