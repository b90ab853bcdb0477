"""Reading a text table's columns with pandas' C parser, some thousand rows at a time."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from core.data.columns import Growing, GrowingTexts, RawColumn
from core.data.sniff import MISSING, SAMPLE_BYTES, Dialect
from core.data.source import Progress, within

ROWS = 2**15  # read together
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


def read_columns(
    path: Path, dialect: Dialect, progress: Progress | None = None
) -> dict[str, RawColumn]:
    """All columns of the table at `path`, by name.

    Parameters
    ----------
    path : Path
    dialect : Dialect
    progress : callable, optional
        Called with the share read, in [0, 1]; may raise to cancel.

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
            return _Scan(path, dialect, skipping, progress).read()
        except _SpacesError:
            continue
        except ParserError:
            if skipping:
                raise
    raise AssertionError("unreachable: blanks that are skipped are not found")


class _Scan:
    def __init__(
        self, path: Path, dialect: Dialect, skipping: bool, progress: Progress | None
    ) -> None:
        self.path, self.dialect, self.skipping = path, dialect, skipping
        self.progress = progress

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
        import pandas as pd

        growing: dict[str, Growing | GrowingTexts] | None = None
        options: dict[str, Any] = {"chunksize": ROWS, "dtype": dict.fromkeys(texts, str)}
        if len(names) < len(self.dialect.names):
            options["usecols"] = list(names)  # no row is too long for the parser then
        with self._open(progress, **options) as (watched, frames):
            for frame in frames:
                if growing is None:
                    whole = len(frame) < ROWS
                    room = len(frame) if whole else int(SPARE * len(frame) / watched.share) + ROWS
                    growing = {n: (GrowingTexts if n in texts else Growing)(room) for n in names}
                for name, column in list(growing.items()):
                    series = frame[name]
                    if isinstance(column, GrowingTexts):
                        codes, different = pd.factorize(series)
                        self._check_spaces(different)
                        column.add(codes, different)
                    elif series.dtype.kind in "iuf":
                        column.add(series.to_numpy())
                    else:
                        self._check_spaces(series.dropna())
                        del growing[name]
        return {name: column.finished() for name, column in (growing or {}).items()}

    def _check_spaces(self, texts: Any) -> None:
        if not self.skipping and any(str(text)[:1] == " " for text in texts):
            raise _SpacesError

    @contextmanager
    def _open(self, progress: Progress | None, **options: Any) -> Iterator[tuple[_Watched, Any]]:
        """What pandas makes of the file: a table, or with a ``chunksize`` one after another."""
        import pandas as pd

        dialect = self.dialect
        size = max(self.path.stat().st_size, 1)
        with self.path.open(encoding=dialect.encoding, newline="") as file:
            watched = _Watched(file, size, progress)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", pd.errors.ParserWarning)
                    yield (
                        watched,
                        pd.read_csv(
                            watched,  # has what the parser uses
                            sep=dialect.delimiter,
                            names=list(dialect.names),
                            header=0 if dialect.header else None,
                            index_col=False,
                            decimal=dialect.decimal,
                            thousands=dialect.thousands,
                            skipinitialspace=self.skipping,
                            na_values=_NO_TEXTS,
                            low_memory=False,
                            **options,
                        ),
                    )
            except UnicodeError:
                raise
            except (ValueError, OverflowError, pd.errors.ParserWarning) as error:
                if watched.error is not None:
                    raise watched.error from None
                raise ParserError(str(error)) from None
