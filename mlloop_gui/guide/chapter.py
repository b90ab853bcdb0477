"""A chapter as a frozen tree, read from a TOML file; what is wrong in one is said with its line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import experiment as experiment_files
from core.errors import InputError
from core.experiment import Experiment, fields, weight_place
from core.resources import asset
from core.settings.file import parse_toml, read_text
from core.stages import Stage, StepSize
from mlloop_gui.guide import quantities
from mlloop_gui.guide.checks import CHECKS, Check, Setting
from mlloop_gui.guide.lines import field_lines, line_of
from mlloop_gui.guide.markup import placeholders
from mlloop_gui.guide.reading import Table

FORMAT = 1
FOLDER = "guide"
SAMPLES = ("first", "dearest")
TABS = ("inspector", "film", "runs", "landscape", "by_hand")


@dataclass(frozen=True)
class Doing:
    """What the program does: where it goes, and what it opens.

    Attributes
    ----------
    update : int or None
        Go to the end of this update.
    stage : Stage or None
        Then do the stages of the next turn up to this one.
    run : int or None
        Run so many updates, to be watched.
    settings : tuple of (str, value)
        Settings to change, as a person would.
    inspect, tab, face : Stage, str
        What to open in the bottom dock.
    sample : str
        ``"first"`` or ``"dearest"`` of the batch.
    parameter : str
        ``weight_0[1,0]``.
    unit : tuple of (int, int) or None
        Layer and unit, from 0.
    """

    update: int | None = None
    stage: Stage | None = None
    run: int | None = None
    settings: tuple[tuple[str, Any], ...] = ()
    step_size: StepSize | None = None
    speed: float | None = None
    inspect: Stage | None = None
    tab: str = ""
    face: str = ""
    sample: str = ""
    parameter: str = ""
    unit: tuple[int, int] | None = None


@dataclass(frozen=True)
class Prediction:
    """A question, its choices, which of them is right, and why."""

    question: str
    choices: tuple[str, ...]
    answer: int
    because: str


@dataclass(frozen=True)
class Step:
    """One card of the guide.

    Attributes
    ----------
    text : str
        Small markup and numbers in braces; see `markup`.
    point : str
        objectName of the widget or action that it speaks of.
    do, show : Doing
        What the program does when the step opens, and when the person has predicted.
    line : int
        Where the step begins in its file, and where it says what it points at.
    """

    text: str
    point: str = ""
    do: Doing = Doing()
    predict: Prediction | None = None
    show: Doing = Doing()
    check: Check | None = None
    line: int = 1


@dataclass(frozen=True)
class Chapter:
    """A chapter of the guide.

    Attributes
    ----------
    key : str
        By which its progress is kept: the stage's, or a teacher's file.
    """

    title: str
    stage: Stage
    minutes: int
    experiment: Experiment
    steps: tuple[Step, ...]
    file: str = ""
    key: str = field(default="", compare=False)


def parse(text: str, file: str | None = None, directory: Path | None = None) -> Chapter:
    """The chapter written in `text`.

    Raises
    ------
    InputError
        If it is broken; says file, line, field, value and what is allowed.
    """
    values = parse_toml(text, file)
    lines = field_lines(text)
    top = Table(values, (), lines, file)
    if top.whole("format", 1, FORMAT) > FORMAT:
        top.fail("format", "written for a newer program", str(FORMAT), values["format"])
    experiment = _experiment(top, lines, file, directory)
    trial = Trial(experiment)
    made = Chapter(
        title=top.text("title"),
        stage=top.stage("stage"),
        minutes=top.whole("minutes", 1, high=60),
        experiment=experiment,
        steps=tuple(_step(table, trial) for table in top.tables("step")),
        file=file or "",
        key=file or "",
    )
    top.finish()
    return made


def load(path: str | os.PathLike[str]) -> Chapter:
    """The chapter in a file; raises `InputError`."""
    file = os.fspath(path)
    try:
        text = read_text(path)
    except InputError as error:
        raise InputError(
            error.problem, file=file, allowed="a chapter of the guide (TOML)"
        ) from None
    return parse(text, file, Path(file).absolute().parent)


def bundled() -> dict[Stage, Path]:
    """The nine chapters that come with the program, by their stages."""
    folder = asset(FOLDER)
    return {stage: folder / f"{int(stage)}-{stage.key}.toml" for stage in Stage}


def load_bundled(stage: Stage) -> Chapter:
    """One of the nine, which keeps its progress under its stage's name."""
    made = load(bundled()[stage])
    return Chapter(**{**vars(made), "key": stage.key})


def _experiment(
    top: Table, lines: Mapping[Any, int], file: str | None, directory: Path | None
) -> Experiment:
    """A table as in an experiment file, or the name of one."""
    allowed = "a table [experiment], or the name of an experiment file"
    given = top.any("experiment", allowed)
    if isinstance(given, str):
        path = (directory or Path.cwd()) / given
        if not path.is_file():
            top.fail("experiment", "no such file", "a file, from the chapter's folder", given)
        return experiment_files.load(path)
    if not isinstance(given, Mapping):
        top.fail("experiment", "not a table", allowed, given)
    try:
        return Experiment.from_dict(given, directory=directory)
    except InputError as error:
        parts = [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", error.field or "")]
        line = line_of(("experiment", *parts), lines)
        shown = {} if error.value is None else {"value": error.value}
        raise InputError(
            f"{error.problem} (line {line})",
            file=file,
            field=f"experiment.{error.field}" if error.field else "experiment",
            allowed=error.allowed,
            **shown,
        ) from None


def _step(table: Table, trial: Trial) -> Step:
    text = _words(table, "text")
    predict, check = table.table("predict"), table.table("check")
    do, show = table.table("do"), table.table("show")
    if show is not None and predict is None:
        table.fail("show", "nothing to show", "[step.show] after a [step.predict]")
    made = Step(
        text=text,
        point=table.text("point", ""),
        do=_doing(do, trial) if do else Doing(),
        predict=_prediction(predict) if predict else None,
        show=_doing(show, trial) if show else Doing(),
        check=_check(check) if check else None,
        line=table.line("point"),
    )
    table.finish()
    trial.person(made.check)
    return made


def _words(table: Table, key: str) -> str:
    """A text whose numbers in braces are all known."""
    text: str = table.text(key)
    for name in placeholders(text):
        if not quantities.known(name):
            table.fail(key, "unknown number in it", ", ".join(quantities.spelled()), f"{{{name}}}")
    return text


def _prediction(table: Table) -> Prediction:
    choices = table.texts("choices", least=2)
    answer = table.one_of("answer", choices)
    made = Prediction(
        _words(table, "question"), choices, choices.index(answer), _words(table, "because")
    )
    table.finish()
    return made


def _check(table: Table) -> Check:
    kind = CHECKS[table.one_of("kind", tuple(CHECKS))]
    made = kind.read(table)
    table.finish()
    return made


def _doing(table: Table, trial: Trial) -> Doing:
    settings = table.table("set")
    unit = None
    if table.has("unit"):
        unit = table.pair("unit")
    parameter = table.text("parameter", "")
    if parameter and weight_place(parameter) is None:
        table.fail("parameter", "no parameter", "weight_0[1,3] or bias_0[3]", parameter)
    size = table.one_of("step_size", tuple(StepSize), None)
    made = Doing(
        update=table.whole("update", 0, None),
        stage=table.stage("stage", None),
        run=table.whole("run", 1, None),
        settings=trial.settings(settings) if settings else (),
        step_size=StepSize(size) if size else None,
        speed=table.number("speed", None, low=0.0),
        inspect=table.stage("inspect", None),
        tab=table.one_of("tab", TABS, ""),
        face=table.text("face", ""),
        sample=table.one_of("sample", SAMPLES, ""),
        parameter=parameter,
        unit=unit,
    )
    if made.stage is Stage.EVALUATE:
        table.fail(
            "stage", "no part of a turn", "represent to iterate; else give update", "evaluate"
        )
    table.finish()
    return made


class Trial:
    """The settings as the chapter changes them, to see that the run will take each change."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment: Experiment | None = experiment

    def settings(self, table: Table) -> tuple[tuple[str, Any], ...]:
        """Paths and values of a table of settings."""
        for path, value in table.values.items():
            table.require_name(path, tuple(fields()))
            try:
                if self._experiment is not None:
                    self._experiment = self._experiment.replace(path, value)
            except InputError as error:
                table.fail(path, error.problem, error.allowed, value)
        return tuple(table.values.items())

    def person(self, check: Check | None) -> None:
        """Once a person has chosen other data, nobody knows what else has followed."""
        if isinstance(check, Setting) and check.field.startswith("data."):
            self._experiment = None
