"""Experiment files as text: TOML in and out, and writing whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

from core.errors import InputError

LARGEST_FILE = 16 * 2**20


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a small UTF-8 file; raises `InputError` where that cannot be had."""
    name = os.fspath(path)
    try:
        with open(name, "rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError("no such file", file=name, allowed="an experiment file (TOML)") from None
    except IsADirectoryError:
        raise InputError(
            "this is a directory", file=name, allowed="an experiment file (TOML)"
        ) from None
    except (OSError, ValueError) as error:
        problem = "this is a directory" if os.path.isdir(name) else f"cannot be read: {error}"
        raise InputError(problem, file=name, allowed="an experiment file (TOML)") from None
    if len(content) > LARGEST_FILE:
        raise InputError("too large for an experiment", file=name, allowed="16 MB at most")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"not UTF-8 text (line {line})", file=name, allowed="a TOML file in UTF-8"
        ) from None


def parse_toml(text: str, file: str | None = None) -> dict[str, Any]:
    """The tables in `text`; raises `InputError` that names the line."""
    import tomllib  # the window's start reads no file

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise InputError("not an experiment: nested too deeply", file=file) from None
    except ValueError as error:
        place = f"at line {text.count(chr(10)) + 1}, the end"
        problem = str(error).replace("at end of document", place)
        raise InputError(f"not valid TOML: {problem}", file=file) from None


def _value(value: Any) -> str:
    import tomli_w

    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return "[\n" + "".join(f"    {_value(item)},\n" for item in value) + "]"
        return f"[{', '.join(map(_value, value))}]"
    if type(value) in (int, float) and isfinite(value):
        return repr(value)  # what tomli-w writes too, at a tenth of its cost
    return tomli_w.dumps({"v": value}).removeprefix("v = ").rstrip("\n")


def _table(table: Mapping[str, Any], name: str = "") -> list[str]:
    import tomli_w

    lines, inner = [], []
    for key, value in table.items():
        shown = tomli_w.dumps({key: 0}).removesuffix(" = 0\n")
        if isinstance(value, Mapping):
            path = f"{name}.{shown}" if name else shown
            inner += ["", f"[{path}]", *_table(value, path)]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for item in value:
                inner += ["", f"[[{shown}]]", *_table(item, shown)]
        else:
            lines.append(f"{shown} = {_value(value)}")
    return lines + inner


def format_toml(tables: Mapping[str, Any]) -> str:
    """`tables` as TOML: a list on one line, one of lists a line each, of tables as ``[[name]]``.

    tomli-w writes each scalar and key; it would spread every list over many lines.
    """
    return "\n".join(_table(tables)) + "\n"


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write `content` to `path`, whole or not at all; raises `InputError`.

    A link is followed; a device or pipe is written to, never replaced.
    """
    temporary = ""
    try:
        target = Path(os.path.realpath(path))
        if isinstance(content, str):
            content = content.encode("utf-8")
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(content)
            return
        handle, temporary = tempfile.mkstemp(
            prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent
        )
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes a private file; a new file gets the usual rights, an old one keeps its own.
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot be written: {reason}",
            file=os.fspath(path),
            allowed="a file in a directory that exists and may be written to",
        ) from None


def _mode(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    # The process's mask can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask
