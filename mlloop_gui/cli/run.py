"""``mlloop run``: train an experiment without a window."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from core.errors import InputError
from core.experiment import Experiment, parse_assignment
from core.export import TrainedModel, numpy_script, torch_script
from core.flights import Stop
from core.loop import LearningLoop
from core.metrics import Evaluation
from core.run_report import json_bytes, model_bytes, run_ending, run_report
from core.settings.base import LARGEST_COUNT, LARGEST_SEED
from core.settings.file import parse_toml, read_text
from core.stopping import Ending, ending, updates_left
from mlloop_gui.cli.arguments import Parser, whole
from mlloop_gui.cli.output import Output

MOST_NOTES = 12
STOP_FIELDS = ("stop.epochs", "stop.updates")


def run(words: list[str]) -> int:
    """Train, report, write what was asked for; 1 when the run failed."""
    parser = Parser("mlloop run", description="Train an experiment without a window.")
    parser.add_argument("file", metavar="FILE", help="an experiment file (TOML)")
    count = parser.add_mutually_exclusive_group()
    count.add_argument("--updates", metavar="N", help="end after N updates")
    count.add_argument("--epochs", metavar="N", help="end after N passes over the training part")
    parser.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], dest="assignments",
        help="change a setting, as if the file said so; may be given again",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="N", help="the seed of everything but [data] seed")
    parser.add_argument("--test", action="store_true", help="open the sealed test part")
    parser.add_argument("--json", metavar="OUT", help="write the report; - is standard output")
    parser.add_argument("--model", metavar="OUT.npz", help="write the trained parameters")
    parser.add_argument("--script", metavar="OUT.py", help="write the model as a numpy script")
    parser.add_argument("--torch", metavar="OUT.py", help="write the model as PyTorch code")
    parser.add_argument("--figure", metavar="OUT.png", help="draw what was learned, and how")
    given = parser.parse_args(words)
    overrides = {
        "seed": whole("--seed", given.seed, 0, LARGEST_SEED),
        "stop.updates": whole("--updates", given.updates, 0, LARGEST_COUNT),
        "stop.epochs": whole("--epochs", given.epochs, 0, LARGEST_COUNT),
    }
    flags = ("json", "model", "script", "torch", "figure")
    output = Output({f"--{flag}": getattr(given, flag) for flag in flags})
    if given.figure not in (None, "-") and not given.figure.lower().endswith(".png"):
        raise InputError(
            "pictures are PNG", field="--figure", value=given.figure, allowed="a name in .png"
        )
    experiment = read_experiment(given.file, given.assignments, overrides)
    loop = new_loop(experiment, given.file)
    found = train(loop, progress=sys.stderr.isatty())
    status, reason = run_ending(loop, found)
    names = ("train", "validation", "test") if given.test else ("train", "validation")
    parts = {name: loop.evaluate(name) for name in names}
    if "--json" in output:
        output.write("--json", json_bytes(run_report(loop, status, reason, parts)))
    if "--model" in output:
        output.write("--model", model_bytes(loop))
    for flag, write in (("--script", numpy_script), ("--torch", torch_script)):
        if flag in output:
            output.write(flag, write(TrainedModel.of(loop)).encode("utf-8"))
    lines = summary(loop, status, reason, parts)
    if "--figure" in output:
        from mlloop_gui.cli.figure import run_figure

        output.write("--figure", run_figure(loop, parts, lines[:3]))
    output.say([*lines, *output.notes])
    return 1 if status == "failed" else 0


def read_experiment(
    file: str, assignments: list[str], overrides: Mapping[str, int | None]
) -> Experiment:
    """The experiment in a file, with settings put in as if the file said so.

    Parameters
    ----------
    file : str
    assignments : list of str
        ``FIELD=VALUE`` each; a later one wins.
    overrides : mapping of str to (int or None)
        By field, from the flags of its own; one of the two counts replaces both.
    """
    values: dict[str, Any] = {}
    for text in assignments:
        try:
            path, value = parse_assignment(text)
        except InputError as error:
            raise error.in_file("--set") from None
        values[path] = value
    flags = {path: value for path, value in overrides.items() if value is not None}
    counts = any(path in flags for path in STOP_FIELDS)
    for path in (*flags, *(STOP_FIELDS if counts else ())):
        if path in values:
            raise InputError(
                "--set and another flag both say it", field=path, value=values[path],
                allowed="one of them",
            )  # fmt: skip
    if counts:
        values |= dict.fromkeys(STOP_FIELDS)
    tables = parse_toml(read_text(file), file)
    directory = Path(file).absolute().parent
    try:
        return Experiment.from_dict(_with(tables, {**values, **flags}), file, directory)
    except InputError as error:
        # Where the file alone is wrong, that is what to say.
        Experiment.from_dict(tables, file, directory)
        raise error.in_file(f"{file} with --set") from None


def _with(tables: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the tables with values put in; events of a count that is put in are dropped."""
    merged = dict(tables)
    for path, value in values.items():
        table, _, name = path.rpartition(".")
        if not table:
            merged[name] = value
        elif isinstance(merged.get(table, {}), Mapping):
            merged[table] = {**merged.get(table, {}), name: value}
    events = merged.get("change")
    if STOP_FIELDS[0] in values and isinstance(events, list):
        merged["change"] = [
            event
            for event in events
            if not (isinstance(event, Mapping) and event.get("field") in STOP_FIELDS)
        ]
    return merged


def new_loop(experiment: Experiment, file: str) -> LearningLoop:
    """A loop at update 0; what only the data can tell is wrong names the file too."""
    try:
        return LearningLoop(experiment)
    except InputError as error:
        raise (error if error.file else error.in_file(file)) from None


def train(loop: LearningLoop, progress: bool = False) -> Ending | None:
    """Run to the end that [stop] says; None where an interrupt or a failure came first."""
    found = ending(loop)
    left = updates_left(loop)
    shown = progress_line(loop, None if left is None else loop.update + left, progress)

    def enough() -> bool:
        nonlocal found
        shown()
        found = ending(loop)
        return found is not None

    with interruptible() as interrupted:
        loop.learner.prepare(compiling_line(progress), interrupted)
        while found is None and not interrupted() and loop.failure is None:
            left = updates_left(loop)
            loop.run(LARGEST_COUNT if left is None else left, interrupted, enough)
            found = found or (None if loop.failure else ending(loop))
    shown(clear=True)
    return found


@contextmanager
def interruptible() -> Iterator[Stop]:
    """Ctrl-C asks, and is answered between two updates; a second one interrupts at once."""
    asked = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def compiling_line(wanted: bool) -> Callable[[float], None]:
    """A function that tells on the terminal what one waits for, where that takes long."""
    started = monotonic()

    def show(share: float) -> None:
        if wanted and monotonic() - started > 1.0:
            sys.stderr.write(f"\rcompiling, this once: {share:.0%}\033[K")
            sys.stderr.flush()

    return show


def progress_line(loop: LearningLoop, end: int | None, wanted: bool) -> Callable[..., None]:
    """A function that renews a line on the terminal, five times a second at most."""
    shown = monotonic()
    total = "" if end is None else f" of {end:,}"

    def show(clear: bool = False) -> None:
        nonlocal shown
        if not wanted or (not clear and monotonic() - shown < 0.2):
            return
        shown = monotonic()
        loop.look()
        check = loop.last_check
        text = (
            f"update {loop.update:,}{total}, epoch {loop.epoch:,}:"
            f" train loss {check.train.loss:.4g}, validation {check.validation.text()}"
        )
        sys.stderr.write(f"\r{'' if clear else text}\033[K")
        sys.stderr.flush()

    return show


def summary(
    loop: LearningLoop, status: str, reason: str, parts: Mapping[str, Evaluation]
) -> list[str]:
    """The run in a few lines for a person."""
    problem, learner = loop.problem, loop.learner
    rows = ", ".join(
        f"{len(problem.rows(part)):,} {part}" for part in ("train", "validation", "test")
    )
    sizes = "-".join(map(str, learner.layout.sizes))
    lines = [
        f"{problem.dataset.name}: {len(problem.dataset):,} samples ({rows})",
        f"network {sizes}: {learner.parameters:,} parameters, seed {loop.experiment.seed}",
        f"{status}: {reason}",
        f"{loop.update:,} updates in {loop.epoch:,} whole epochs, {loop.seconds:.2f} s"
        f" ({learner.choice.kernel} kernel: {learner.choice.reason})",
    ]
    for name, part in parts.items():
        shown = f"loss {part.loss:.4g}, {part.text()}" if part.rows else "no samples"
        lines.append(f"{name:10} {shown}")
    if "test" not in parts:
        lines.append("test       sealed; --test opens it")
    notes = problem.dataset.notes
    lines += [f"note       {note}" for note in notes[:MOST_NOTES]]
    if len(notes) > MOST_NOTES:
        lines.append(f"note       and {len(notes) - MOST_NOTES} more of the kind")
    return lines
