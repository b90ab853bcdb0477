"""The command line: which command is meant, and how it ends when the input is wrong."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Sequence

from core.errors import InputError
from mlloop_gui.cli.arguments import Parser, ShowVersion

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

COMMANDS = {
    "run": "train without a window",
    "validate": "train on folds of the data, or along a curve",
    "trace": "print the nine stages of one turn for one sample",
    "list": "list what can be chosen: data sources, activations, losses, optimizers, ...",
}


def run_command(words: Sequence[str]) -> int:
    """Do what the words after ``mlloop`` say.

    Returns
    -------
    int
        The exit status: 0 done, 1 the run failed, 2 the input is wrong (one line says why).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that has no minus sign or no Greek letters gets question marks.
            stream.reconfigure(errors="replace")
    try:
        return _dispatch(list(words))
    except InputError as error:
        print_line(f"mlloop: {error}")
        return WRONG
    except OSError as error:
        # Files are checked where they are used, so this is standard output; what Python still
        # holds for it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return DONE  # the reader has what it wanted: `mlloop list | head -1`
        print_line(f"mlloop: standard output: cannot be written: {error.strerror or error}")
        return WRONG
    except KeyboardInterrupt:
        print_line("mlloop: interrupted")
        return INTERRUPTED


def print_line(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(text + "\n")


def _dispatch(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        command = _command(words[0])
        gc.enable()
        return command(words[1:])
    parser = Parser(
        "mlloop",
        description="See machine learning as one loop: open the window on an experiment.",
        epilog="commands:\n"
        + "".join(f"  mlloop {name:8} {text}\n" for name, text in COMMANDS.items())
        + "`mlloop COMMAND --help` says more.",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="an experiment file (TOML); else the default one"
    )
    parser.add_argument("--version", action=ShowVersion)
    file = parser.parse_args(words).file
    from mlloop_gui.cli.window import open_window

    return open_window(file)


def _command(name: str) -> Callable[[list[str]], int]:
    """A command's function; each is imported with what it needs only when it is called."""
    if name == "run":
        from mlloop_gui.cli.run import run

        return run
    if name == "validate":
        from mlloop_gui.cli.validate import validate

        return validate
    if name == "trace":
        from mlloop_gui.cli.trace import trace

        return trace
    from mlloop_gui.cli.catalog import list_parts

    return list_parts
