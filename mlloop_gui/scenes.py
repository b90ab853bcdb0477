"""Prepared scenes: where a lesson stands, so that a presenter gets there with one key.

A scene is a TOML file with ``format = 1``, the fields of `Scene`, and ``[experiment]`` with the
tables of an experiment file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InputError, nearest
from core.experiment import Experiment
from core.resources import asset
from core.settings.file import parse_toml, read_text
from core.stages import Stage, StepSize

PICTURES: Final = ("boundary", "network", "curves", "loss", "confusion")
FORMAT: Final = 1
#: A scene is there at once: so many updates of a small network take a fraction of a second.
MOST_UPDATES: Final = 3000
_REQUIRED: Final = ("format", "title", "line", "experiment")
_OPTIONAL: Final[Mapping[str, Any]] = {
    "update": 0,
    "stage": "evaluate",
    "step_size": "stage",
    "picture": "boundary",
    "speed": 20,
}


@dataclass(frozen=True)
class Scene:
    """One prepared moment of a lesson.

    Attributes
    ----------
    name : str
        The file's name, without its ending.
    title, line : str
        What is written over it: a few words, and one sentence.
    experiment : Experiment
    update : int
        Turns that have been made.
    stage : Stage
        What is shown: 1 to 8 of the next turn, which has come that far, or the 9 of this one.
    step_size : StepSize
        How far a step goes from here.
    picture : str
        One of `PICTURES`.
    speed : float
        Updates a second of a run; 0 is as fast as possible.
    """

    name: str
    title: str
    line: str
    experiment: Experiment
    update: int
    stage: Stage
    step_size: StepSize
    picture: str
    speed: float


def load_scenes() -> tuple[Scene, ...]:
    """The scenes that come with the program, in the order of their files' names."""
    return tuple(load_scene(path) for path in sorted(asset("scenes").glob("*.toml")))


def load_scene(path: str | os.PathLike[str]) -> Scene:
    """The scene in a file; raises `InputError` that names the file, the field and the value."""
    file = os.fspath(path)
    values = parse_toml(read_text(file), file)
    try:
        return _scene(os.path.splitext(os.path.basename(file))[0], values)
    except InputError as error:
        raise error.in_file(file) from None


def _scene(name: str, values: Mapping[str, Any]) -> Scene:
    known = (*_REQUIRED, *_OPTIONAL)
    for key in values:
        if key not in known:
            guess = nearest(key, known)
            raise InputError(f"{guess}unknown field", field=key, allowed=", ".join(known))
    for key in _REQUIRED:
        if key not in values:
            raise InputError("missing", field=key, allowed="a scene says it")
    given = {**_OPTIONAL, **values}
    if given["format"] != FORMAT:
        raise InputError(
            "another format", field="format", value=given["format"], allowed=str(FORMAT)
        )
    try:
        experiment = Experiment.from_dict(given["experiment"])
    except InputError as error:
        field = f"experiment.{error.field}" if error.field else "experiment"
        # The whole value is shown where the error has none of its own.
        raise InputError(
            error.problem, field=field, value=error.value, allowed=error.allowed
        ) from None
    return Scene(
        name=name,
        title=_text(given, "title"),
        line=_text(given, "line"),
        experiment=experiment,
        update=int(_number(given, "update", MOST_UPDATES, whole=True)),
        stage=Stage[_one_of(given, "stage", [stage.key for stage in Stage]).upper()],
        step_size=StepSize(_one_of(given, "step_size", list(StepSize))),
        picture=_one_of(given, "picture", PICTURES),
        speed=_number(given, "speed", 1e6),
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values[key]
    if not isinstance(value, str) or not value.strip():
        raise InputError("no text", field=key, value=value, allowed="a few words")
    return value


def _number(values: Mapping[str, Any], key: str, most: float, whole: bool = False) -> float:
    value = values[key]
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value <= most:
        what = "a whole number" if whole else "a number"
        raise InputError("not so", field=key, value=value, allowed=f"{what} from 0 to {most:g}")
    return value


def _one_of(values: Mapping[str, Any], key: str, known: tuple[str, ...] | list[Any]) -> str:
    value = values[key]
    if not isinstance(value, str) or value not in known:
        guess = nearest(value, known) if isinstance(value, str) else ""
        raise InputError(
            f"{guess}unknown", field=key, value=value, allowed=", ".join(map(str, known))
        )
    return value
