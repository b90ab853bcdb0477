"""``mlloop validate``: train on folds of the data, and say how sure the result is."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from time import monotonic
from typing import Any

from core.data.source import Progress
from core.errors import InputError
from core.evaluation.folds import MOST_REPEATS
from core.evaluation.summary import Summary
from core.evaluation.validation import (
    CrossValidation,
    Curve,
    cross_validate,
    learning_curve,
    validation_curve,
    with_value,
)
from core.experiment import FORMAT, Experiment, parse_assignment
from core.run_report import json_bytes
from core.settings.base import LARGEST_COUNT
from mlloop_gui.cli.arguments import Parser, whole
from mlloop_gui.cli.output import Output
from mlloop_gui.cli.run import read_experiment

PARTS = ("train", "held_out")
SAMPLES = "samples"


def validate(words: list[str]) -> int:
    """Train every fold and report; 1 when a fold failed."""
    parser = Parser(
        "mlloop validate",
        description="Train on folds of the data that are not sealed, and judge on the rest.",
    )
    parser.add_argument("file", metavar="FILE", help="an experiment file (TOML)")
    parser.add_argument("--folds", metavar="K", default="5", help="parts to hold out in turn (5)")
    parser.add_argument("--repeats", metavar="N", default="1", help="times to deal them out (1)")
    parser.add_argument(
        "--curve", metavar="samples|FIELD=V1,V2,...",
        help="against the number of training samples, or against values of one setting;"
        " values that are lists themselves stand between semicolons",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", help="write every fold; - is standard output")
    given = parser.parse_args(words)
    folds = whole("--folds", given.folds, 2, LARGEST_COUNT) or 0
    repeats = whole("--repeats", given.repeats, 1, MOST_REPEATS) or 0
    output = Output({"--json": given.json})
    experiment = read_experiment(given.file, [], {})
    path, values = _curve(given.curve, experiment)
    progress = _progress(sys.stderr.isatty())
    try:
        found = _train(experiment, path, values, folds, repeats, progress)
    except InputError as error:
        raise _with_flag(error, given.file) from None
    finally:
        progress(-1.0)
    if "--json" in output:
        output.write("--json", json_bytes(report(experiment, found, folds, repeats)))
    output.say([*text_lines(experiment, found, folds, repeats), *output.notes])
    return 1 if found.failures else 0


def _curve(text: str | None, experiment: Experiment) -> tuple[str | None, list[Any]]:
    """What ``--curve`` asks for: a path with its values, each known to be allowed."""
    if text is None or text == SAMPLES:
        return text, []
    path, equals, written = text.partition("=")
    if not equals:
        raise InputError(
            "not a curve", field="--curve", value=text, allowed=f"{SAMPLES}, or FIELD=V1,V2,..."
        )
    pieces = [piece for piece in written.split(";" if ";" in written else ",") if piece.strip()]
    if not pieces:
        raise InputError("no value is given", field="--curve", value=text, allowed="FIELD=V1,V2")
    try:
        values = [parse_assignment(f"{path}={piece}")[1] for piece in pieces]
        for value in values:
            with_value(experiment, path.strip(), value)
    except InputError as error:
        raise error.in_file("--curve") from None
    return path.strip(), values


def _train(
    experiment: Experiment,
    path: str | None,
    values: list[Any],
    folds: int,
    repeats: int,
    progress: Progress,
) -> CrossValidation | Curve:
    if path is None:
        return cross_validate(experiment, folds, repeats, progress)
    if path == SAMPLES:
        return learning_curve(experiment, None, folds * repeats, folds, progress)
    return validation_curve(experiment, path, values, folds, repeats, progress)


def _with_flag(error: InputError, file: str) -> InputError:
    """The error with the flag that it is about, or the file."""
    if error.field in ("folds", "repeats"):
        return InputError(
            error.problem, file=file, field=f"--{error.field}", value=error.value,
            allowed=error.allowed,
        )  # fmt: skip
    return error if error.file else error.in_file(file)


def _progress(wanted: bool) -> Progress:
    """Renews a line on the terminal, five times a second at most; below 0 clears it."""
    shown = monotonic()

    def show(share: float) -> None:
        nonlocal shown
        if wanted and (share < 0 or monotonic() - shown >= 0.2):
            shown = monotonic()
            sys.stderr.write(f"\r{'' if share < 0 else f'{share:.0%} of the training'}\033[K")
            sys.stderr.flush()

    return show


def report(
    experiment: Experiment, found: CrossValidation | Curve, folds: int, repeats: int
) -> dict[str, Any]:
    """Every fold and what they say together, as JSON values."""
    made: dict[str, Any] = {
        "format": FORMAT,
        "status": "failed" if found.failures else "finished",
        "failed_folds": len(found.failures),
        "experiment": experiment.to_json_dict(),
        "folds": folds,
        "repeats": repeats,
    }
    if isinstance(found, CrossValidation):
        return {**made, **_point(found)}
    points = [
        {"value": value, **_point(point)}
        for value, point in zip(found.values, found.points, strict=True)
    ]
    return {**made, "curve": found.path, "points": points}


def _point(found: CrossValidation) -> dict[str, Any]:
    return {
        "summary": {
            part: {name: vars(found.summary(name, part)) for name in found.metrics}
            for part in PARTS
        },
        "results": [vars(result) for result in found.results],
    }


def text_lines(
    experiment: Experiment, found: CrossValidation | Curve, folds: int, repeats: int
) -> list[str]:
    """The result in a few lines for a person."""
    times = "" if repeats == 1 else f", {repeats} times"
    lines = [f"{experiment.data.source}: {folds} folds{times}; the test part stays sealed"]
    if isinstance(found, CrossValidation):
        for name in found.metrics:
            shown = [_words(name, found.summary(name, part)) for part in PARTS[::-1]]
            lines.append(f"{name:18} held out {shown[0]};  train {shown[1]}")
    else:
        name = found.points[0].metrics[1]
        lines.append(f"{name} against {found.path}")
        for value, point in zip(found.values, found.points, strict=True):
            shown = [_words(name, point.summary(name, part)) for part in PARTS[::-1]]
            lines.append(f"{value!s:>10}  held out {shown[0]};  train {shown[1]}")
    lines += _failure_lines(found)
    return lines


def _words(name: str, found: Summary) -> str:
    """A mean with its deviation and interval; shares as percentages."""
    if not found.count:
        return "unknown"
    scale, unit = (100.0, " %") if "accuracy" in name else (1.0, "")
    text = f"{scale * found.mean:.4g}{unit}"
    if found.count == 1:
        return text
    return (
        f"{text} ± {scale * found.deviation:.2g}"
        f" (95 %: {scale * found.low:.4g} to {scale * found.high:.4g})"
    )


def _failure_lines(found: CrossValidation | Curve) -> Iterable[str]:
    """A line for each fold that is in no mean."""
    return [
        f"failed: repeat {result.repeat + 1}, fold {result.number + 1}: {result.reason}"
        for result in found.failures
    ]
