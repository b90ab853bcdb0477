"""A run in words: what differs in its settings, where it left another, how well it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.experiment import Experiment, fields
from core.runs import RunSummary
from core.settings.paths import weight_place
from mlloop_gui.edits import differences
from mlloop_gui.panels.fields.words import label_of
from mlloop_gui.plots import numbers

#: Settings that are no part of what is learned, or how.
_BESIDE = ("stop.", "data.path", "data.test_path")
_SHOWN = 3


def differing(run: RunSummary, live: RunSummary) -> list[str]:
    """What differs from the live run, each as ``learning rate 0.03 instead of 0.3``.

    Settings are those in force where each run stands; edits of parameters are counted.
    """
    found = differences(live.settings, run.settings)
    said = [
        f"{_name(path)} {_written(value)} instead of {_written(live.settings.get(path))}"
        for path, value in found.items()
        if not path.startswith(_BESIDE)
    ]
    edited = len(_edits(run.experiment) - _edits(live.experiment))
    if edited:
        said.append(f"{edited} {'parameter' if edited == 1 else 'parameters'} edited")
    missing = len(_edits(live.experiment) - _edits(run.experiment))
    if missing:
        said.append(f"without {missing} {'edit' if missing == 1 else 'edits'} of parameters")
    return said


def shortened(said: Sequence[str]) -> str:
    """The first few differences in a line."""
    if not said:
        return "the same settings"
    shown = list(said[:_SHOWN])
    # The first says what it is compared with; the others need not.
    shown[1:] = [text.partition(" instead of ")[0] for text in shown[1:]]
    more = len(said) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def tree_order(runs: Sequence[RunSummary]) -> list[tuple[RunSummary, int]]:
    """Runs with their depth, each followed by those that were forked off it."""
    known = {run.number for run in runs}
    children: dict[int | None, list[RunSummary]] = {}
    for run in runs:
        parent = run.parent if run.parent in known else None
        children.setdefault(parent, []).append(run)
    ordered: list[tuple[RunSummary, int]] = []
    waiting = [(run, 0) for run in reversed(children.get(None, []))]
    while waiting:
        run, depth = waiting.pop()
        ordered.append((run, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(run.number, []))]
    return ordered


def origin(run: RunSummary, names: dict[int, str]) -> str:
    """Where a run began."""
    if run.parent is None or run.forked_at is None:
        return "from update 0"
    name = names.get(run.parent, f"run {run.parent} (forgotten)")
    return f"at {numbers.count(run.forked_at)} from {name}"


def duration(seconds: float) -> str:
    """A time of training: ``0.41 s``, ``12.3 s``, ``4 min 05 s``."""
    if seconds < 60.0:
        return f"{numbers.short(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


@dataclass(frozen=True)
class Look:
    """What a run's newest look at its validation part found."""

    update: int
    loss: float
    metric: float


def newest(run: RunSummary) -> Look | None:
    """The look nearest to a run's head, wherever it stands; None without a validation part.

    It is one of its checks, or the look at where it stands when that came later.
    """
    checks, here = run.curves.checks, run.check
    if not here.validation.rows:
        return None
    if len(checks.x) and checks.x[-1] > here.update:
        series = (checks.last[f"validation_{name}"][-1] for name in ("loss", "metric"))
        return Look(int(checks.x[-1]), *map(float, series))
    return Look(here.update, here.validation.loss, here.validation.headline)


def metric(run: RunSummary, look: Look | None) -> str:
    """The validation metric of a run: accuracy, or R²."""
    if look is None:
        return "–"
    if run.check.validation.correct is not None:
        return numbers.percent(look.metric)
    return f"R² {numbers.fixed(look.metric, 3)}"


def _name(path: str) -> str:
    label = label_of(fields()[path])
    # A name such as L2 penalty or Huber delta keeps its capital where it begins a word alone.
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[0].lower() + label[1:]


def _written(value: Any) -> str:
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return numbers.signed(f"{value:g}")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "–".join(_written(item) for item in value) or "none"
    return numbers.signed(str(value))


def _edits(experiment: Experiment) -> set[tuple[int, str, Any]]:
    return {
        (event.update, event.field, event.value)
        for event in experiment.change
        if weight_place(event.field) is not None
    }
