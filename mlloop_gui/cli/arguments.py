"""Words of the command line as values; what is wrong is an `InputError`, never a usage page."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

from core.errors import InputError


class ShowVersion(argparse.Action):
    """Prints the program's version, which is looked up for no other reason, and ends."""

    def __init__(self, option_strings: list[str], dest: str, **_: Any) -> None:
        text = "show program's version number and exit"
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=text)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print one line on standard output."""
        sys.stdout.write(f"{parser.prog} {version()}\n")
        parser.exit()


class Parser(argparse.ArgumentParser):
    """argparse, with its errors as one line, and no guessing of shortened flags."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(
            prog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **settings,
        )

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print."""
        usage = " ".join(self.format_usage().removeprefix("usage: ").split())
        raise InputError(message, allowed=usage)


def version() -> str:
    """The program's version: as installed, or as the checkout says."""
    from importlib import metadata  # and the many modules that it needs

    try:
        return metadata.version("mlloop")
    except metadata.PackageNotFoundError:
        import tomllib

        project = Path(__file__).parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def whole(flag: str, text: str | None, low: int, high: int) -> int | None:
    """A flag's whole number from `low` to `high`; None where it is not given."""
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise InputError("not a whole number", field=flag, value=text, allowed=f"{low} to {high}")
    if not low <= int(text) <= high:
        raise InputError("out of range", field=flag, value=int(text), allowed=f"{low} to {high}")
    return int(text)


def required(flag: str, value: int | None) -> int:
    """A number that has to be given."""
    if value is None:
        raise InputError("missing", field=flag, allowed="a whole number")
    return value
