"""``mlloop [FILE]``: the window, opened only where it can live."""

from __future__ import annotations

import re
import sys

from core.errors import InputError
from core.experiment import load

# Once Qt is there, the source of every module that is imported is read for its name, so what
# needs no Qt comes before it: the engine.
from mlloop_gui import driver as driver


def open_window(file: str | None) -> int:
    """Open the window on an experiment file, or on the default experiment.

    Raises
    ------
    InputError
        If the file is no experiment, or this Qt would crash this Python.
    """
    if file is not None:
        load(file)
    from PySide6 import __version__ as version

    refuse_broken_qt(version, sys.version_info[:2])
    from mlloop_gui.application import main

    return main(file)


def refuse_broken_qt(version: str, python: tuple[int, ...]) -> None:
    """Raise for PySide6 6.12 on Python before 3.12, which it crashes within seconds."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers >= (6, 12) and python < (3, 12):
        raise InputError(
            f"crashes Python {'.'.join(map(str, python))} within seconds",
            field="PySide6",
            value=version,
            allowed="6.10 or 6.11: pip install 'pyside6-essentials>=6.10,<6.12'"
            " 'shiboken6>=6.10,<6.12'",
        )
