"""Where results go: files written whole, or standard output; checked before the work begins."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable

from core.errors import InputError
from core.settings.file import write_whole

PIPE = "-"


class Output:
    """The files that a command was asked to write.

    Parameters
    ----------
    paths : dict of str to (str or None)
        By flag; ``"-"`` is standard output, None is not asked for.

    Raises
    ------
    InputError
        If one cannot be written, or two are the same.
    """

    def __init__(self, paths: dict[str, str | None]) -> None:
        self.paths = {flag: path for flag, path in paths.items() if path is not None}
        seen: dict[str, str] = {}
        for flag, path in self.paths.items():
            place = path if path == PIPE else os.path.realpath(path)
            if place in seen:
                raise InputError(
                    f"{seen[place]} already writes there", field=flag, value=path,
                    allowed="another file",
                )  # fmt: skip
            seen[place] = flag
            if path != PIPE:
                _require_writable(flag, path)
        self.piped = PIPE in seen
        self.notes: list[str] = []

    def say(self, lines: Iterable[str]) -> None:
        """Text for a person: on standard output, unless a result goes there."""
        stream = sys.stderr if self.piped else sys.stdout
        for line in lines:
            stream.write(line + "\n")
        stream.flush()

    def write(self, flag: str, content: bytes) -> None:
        """Write a result to where its flag says; `notes` then names the file."""
        path = self.paths[flag]
        if path == PIPE:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        write_whole(path, content)
        self.notes.append(f"wrote {path}")

    def __contains__(self, flag: str) -> bool:
        return flag in self.paths


def _require_writable(flag: str, path: str) -> None:
    """Fail now, and not after the training."""
    directory = os.path.dirname(os.path.realpath(path)) if path else ""
    problem = ""
    if not path:
        problem = "no name"
    elif os.path.isdir(path):
        problem = "this is a directory"
    elif not os.path.isdir(directory):
        problem = "no such directory"
    elif not os.path.exists(path) or os.path.isfile(path):
        try:
            with tempfile.TemporaryFile(dir=directory):
                pass
        except OSError as error:
            problem = f"cannot be written: {error.strerror or error}"
    if problem:
        raise InputError(
            problem,
            field=flag,
            value=path,
            allowed="a file in a directory that exists and may be written to, or -",
        )
