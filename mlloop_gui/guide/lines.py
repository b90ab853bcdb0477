"""In which line of a TOML text a field stands, for errors that say so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""+'  # texts of many lines, of one line
    r"|'''.*?'''+"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*|[\[\]{}]|\n",
    re.DOTALL,
)


def field_lines(text: str) -> dict[Path, int]:
    """Return the line of every field and table of a valid TOML text.

    Lines count from 1; the second ``[[step]]``'s text is ``("step", 1, "text")``.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            many = statement.startswith("[[")
            names = _names(tomllib.loads(statement))
            table = _placed(names[:-1], counts)
            table = (*table, names[-1])
            if many:
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, line)
            table = _placed(names, counts)
        else:
            names = _names(tomllib.loads(f"{_key(statement)} = 0"))
            for end in range(len(names)):
                found.setdefault((*table, *names[: end + 1]), line)
            continue
        found.setdefault(table, line)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of a field, or of the nearest table around it; 1 if there is none."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each ``key = value``, with the line that it begins in."""
    begin, depth = 0, 0
    ends = [m for m in _TOKEN.finditer(text + "\n") if m[0] in "[]{}\n"]
    for token in ends:
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        elif depth == 0:
            raw = text[begin : token.start()]
            statement = raw.strip()
            if statement and not statement.startswith("#"):
                blank = len(raw) - len(raw.lstrip())
                yield text.count("\n", 0, begin + blank) + 1, statement
            begin = token.end()


def _key(statement: str) -> str:
    """What stands before the equals sign; a quoted key may hold one."""
    found = re.match(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^="'])+""", statement)
    return found[0] if found else statement


def _names(tree: Any) -> list[str]:
    """The one path in a nest of tables with one key each."""
    names = []
    while isinstance(tree, (dict, list)) and tree:
        if isinstance(tree, list):
            tree = tree[0]
        else:
            ((name, tree),) = tree.items()
            names.append(name)
    return names


def _placed(names: list[str], counts: Mapping[Path, int]) -> Path:
    """A path of names with the number of the newest item after each list of tables."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return path
