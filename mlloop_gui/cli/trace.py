"""``mlloop trace``: the nine stages of one turn, for one sample."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from core.errors import InputError
from core.explain import Context, StageExplanation, explain, sample_index
from core.loop import LearningLoop
from core.run_report import json_bytes
from core.settings.base import LARGEST_COUNT
from core.stages import StepSize
from mlloop_gui.cli.arguments import Parser, required, whole
from mlloop_gui.cli.output import Output
from mlloop_gui.cli.run import new_loop, progress_line, read_experiment


def trace(words: list[str]) -> int:
    """Train up to a turn and print what it did; 1 when the run failed on the way."""
    parser = Parser(
        "mlloop trace", description="Print the nine stages of one turn, for one sample."
    )
    parser.add_argument("file", metavar="FILE", help="an experiment file (TOML)")
    parser.add_argument("--update", metavar="N", help="the turn that makes update N, from 1")
    parser.add_argument("--sample", metavar="K", help="the sample's row in the source, from 0")
    parser.add_argument("--json", metavar="OUT", help="write all arrays; - is standard output")
    given = parser.parse_args(words)
    turn = required("--update", whole("--update", given.update, 1, LARGEST_COUNT))
    sample = required("--sample", whole("--sample", given.sample, 0, LARGEST_COUNT))
    output = Output({"--json": given.json})
    loop = new_loop(read_experiment(given.file, [], {}), given.file)
    row = _row(loop, sample, given.file)
    _go(loop, turn)
    failure = loop.failure
    stages: list[StageExplanation] = []
    in_batch = False
    if failure is None or failure.turn == turn:
        context = Context.of(loop, failure.record if failure else None)
        in_batch = bool((context.record.rows == row).any())
        with np.errstate(all="ignore"):
            stages = explain(context, row)
    if "--json" in output:
        report: dict[str, Any] = {
            "update": turn,
            "sample": sample,
            "in_batch": in_batch,
            "stages": [stage_report(stage) for stage in stages],
        }
        if failure:
            report["reason"] = f"update {failure.turn}: {failure.message}"
        output.write("--json", json_bytes(report))
    output.say([*text_lines(stages), *output.notes])
    if failure:
        sys.stderr.write(f"mlloop: the run failed at update {failure.turn}: {failure.message}\n")
    return 1 if failure else 0


def _row(loop: LearningLoop, sample: int, file: str) -> int:
    try:
        return sample_index(loop.problem.dataset, sample)
    except InputError as error:
        raise InputError(
            error.problem, file=file, field="--sample", value=sample, allowed=error.allowed
        ) from None


def _go(loop: LearningLoop, turn: int) -> None:
    """Stand at a turn's end, its last step watched."""
    progress = progress_line(loop, turn, sys.stderr.isatty())

    def enough() -> bool:
        progress()
        return False

    loop.run(turn - 1, enough=enough)
    loop.step(StepSize.UPDATE)
    progress(clear=True)
    if not loop.failure:
        loop.look()


def stage_report(stage: StageExplanation) -> dict[str, Any]:
    """A stage as JSON values."""
    return {
        "stage": stage.stage.key,
        "number": int(stage.stage),
        "sentence": stage.sentence,
        "formula": stage.formula,
        "worked": stage.worked,
        "arrays": stage.arrays,
    }


def text_lines(stages: Iterable[StageExplanation]) -> list[str]:
    """The stages for a person: a heading, the sentence, and the formula with its numbers."""
    lines = []
    for stage in stages:
        lines.append(f"{int(stage.stage)} {stage.stage.key}: {stage.stage.question}")
        lines.append(f"  {stage.sentence}")
        lines += [f"    {line}" for line in (stage.formula, stage.worked) if line]
    return lines
