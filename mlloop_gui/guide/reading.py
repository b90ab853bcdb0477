"""Typed reading of a table of a chapter file; what is wrong is said with its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from core.errors import InputError, nearest
from core.settings.errors import dotted, printable
from core.stages import Stage
from mlloop_gui.guide.lines import Path, line_of

_UNSET = object()
STAGES = {stage.key: stage for stage in Stage}


class Table:
    """A table of the file, read field by field; `finish` refuses what nobody asked for.

    Parameters
    ----------
    values : dict
        As `tomllib` gives it.
    path : tuple of str and int
        Where it stands in the file.
    lines : mapping
        From `lines.field_lines`.
    file : str or None
    """

    def __init__(
        self, values: Mapping[str, Any], path: Path, lines: Mapping[Path, int], file: str | None
    ) -> None:
        self._values, self._path, self._lines, self._file = values, path, lines, file
        self._read: list[str] = []

    def fail(
        self, key: str, problem: str, allowed: str | None = None, value: object = _UNSET
    ) -> NoReturn:
        """Raise `InputError` with file, line, field, value and what is allowed."""
        path = (*self._path, key) if key else self._path
        given = {} if value is _UNSET else {"value": printable(value)}
        raise InputError(
            f"{problem} (line {line_of(path, self._lines)})",
            file=self._file,
            field=dotted(path) or None,
            allowed=allowed,
            **given,
        )

    def has(self, key: str) -> bool:
        """Return whether the field is given."""
        return key in self._values

    def _take(self, key: str, default: Any, allowed: str) -> Any:
        self._read.append(key)
        if key in self._values:
            return self._values[key]
        if default is _UNSET:
            self.fail(key, "is missing", allowed)
        return default

    def text(self, key: str, default: Any = _UNSET) -> Any:
        """Return a text, not empty."""
        allowed = "a text"
        found = self._take(key, default, allowed)
        if key in self._values and not (isinstance(found, str) and found.strip()):
            self.fail(key, "not a text", allowed, found)
        return found

    def texts(self, key: str, least: int = 1) -> tuple[str, ...]:
        """Return a list of different texts."""
        allowed = f"a list of {least} or more different texts"
        found = self._take(key, _UNSET, allowed)
        good = isinstance(found, list) and all(isinstance(t, str) and t.strip() for t in found)
        if not good or len(set(found)) != len(found) or len(found) < least:
            self.fail(key, "not such a list", allowed, found)
        return tuple(found)

    def whole(self, key: str, low: int, default: Any = _UNSET, high: int = 10**9) -> Any:
        """Return a whole number within bounds."""
        allowed = f"a whole number from {low:,} to {high:,}"
        found = self._take(key, default, allowed)
        if key in self._values:
            whole = isinstance(found, int) and not isinstance(found, bool)
            if not whole or not low <= found <= high:
                self.fail(key, "not such a number", allowed, found)
        return found

    def number(self, key: str, default: Any = _UNSET, low: float = -1e300) -> Any:
        """Return a finite number, no lower than `low`."""
        allowed = "a number" if low < -1e299 else f"a number, {low:g} or more"
        found = self._take(key, default, allowed)
        if key in self._values:
            good = isinstance(found, (int, float)) and not isinstance(found, bool)
            if not good or not low <= found <= 1e300:
                self.fail(key, "not such a number", allowed, found)
            found = float(found)
        return found

    def one_of(self, key: str, names: Collection[str], default: Any = _UNSET) -> Any:
        """Return one of some names."""
        allowed = ", ".join(names)
        found = self._take(key, default, allowed)
        if key in self._values and (not isinstance(found, str) or found not in names):
            near = nearest(found, names) if isinstance(found, str) else ""
            self.fail(key, f"{near}unknown name", allowed, found)
        return found

    def stage(self, key: str, default: Any = _UNSET) -> Any:
        """Return a stage by its key."""
        found = self.one_of(key, STAGES, default)
        return STAGES[found] if isinstance(found, str) else found

    def pair(self, key: str) -> tuple[int, int]:
        """Return two whole numbers from 0."""
        allowed = "two whole numbers from 0, [layer, unit]"
        found = self._take(key, _UNSET, allowed)
        good = isinstance(found, list) and len(found) == 2
        if not good or any(type(item) is not int or item < 0 for item in found):
            self.fail(key, "not such a pair", allowed, found)
        return found[0], found[1]

    def require_name(self, key: str, names: Collection[str]) -> None:
        """Refuse a field whose own name is not one of some."""
        self._read.append(key)
        if key not in names:
            near = nearest(key, names)
            self.fail(key, f"{near}unknown setting", "settings such as optimizer.learning_rate")

    def line(self, key: str) -> int:
        """Return the line of a field, or of this table where it is not given."""
        return line_of((*self._path, key), self._lines)

    def any(self, key: str, allowed: str) -> Any:
        """Return a value that must be given, of whatever kind."""
        return self._take(key, _UNSET, allowed)

    def table(self, key: str) -> Table | None:
        """Return a table within, None where it is not given."""
        allowed = f"a table [{dotted((*self._path, key))}]"
        found = self._take(key, None, allowed)
        if found is None:
            return None
        if not isinstance(found, Mapping):
            self.fail(key, "not a table", allowed, found)
        return Table(found, (*self._path, key), self._lines, self._file)

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables, one at least."""
        allowed = f"one [[{key}]] or more"
        found = self._take(key, _UNSET, allowed)
        good = isinstance(found, list) and all(isinstance(item, Mapping) for item in found)
        if not good or not found:
            self.fail(key, "not a list of tables", allowed, found)
        path = (*self._path, key)
        return [Table(item, (*path, at), self._lines, self._file) for at, item in enumerate(found)]

    @property
    def values(self) -> Mapping[str, Any]:
        """The table as it was written."""
        return self._values

    def finish(self) -> None:
        """Refuse a field that was not read."""
        for key in self._values:
            if key not in self._read:
                names = sorted(self._read)
                self.fail(key, f"{nearest(key, names)}unknown field", ", ".join(names))
