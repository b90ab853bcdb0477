"""The experiment: one frozen, validated tree, the source for file, command line and panels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr, field_validator, model_validator

from core.errors import InputError
from core.registry import registry
from core.settings import rules
from core.settings.base import FORMAT, Header
from core.settings.errors import printable
from core.settings.events import Tables, replay
from core.settings.fields import Field
from core.settings.file import format_toml, parse_toml, read_text, write_whole
from core.settings.learning import (
    Change,
    LossSettings,
    ModelSettings,
    OptimizerSettings,
    StopSettings,
)
from core.settings.paths import field_at, fields, is_live, parse_assignment, weight_place
from core.settings.problem import DataSettings, EvaluationSettings, RepresentationSettings

__all__ = [
    "Change",
    "Experiment",
    "Field",
    "dumps",
    "fields",
    "is_live",
    "load",
    "loads",
    "parse_assignment",
    "save",
    "weight_place",
]

LIVE_TABLES = ("model", "loss", "optimizer", "stop")


class Experiment(Header):
    """Everything that decides a run.

    ``Experiment()`` is the default experiment. Missing values that follow from others (samples,
    noise, features, the loss's name, the learning rate, ...) are filled in, so that a validated
    tree is concrete; for a table of one's own the loss's name and the target's scaling stay None
    until the table is read.
    """

    data: DataSettings = DataSettings()
    representation: RepresentationSettings = RepresentationSettings()
    model: ModelSettings = ModelSettings()
    loss: LossSettings = LossSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    stop: StopSettings = StopSettings()
    change: tuple[Change, ...] = ()

    _directory: Path | None = PrivateAttr(None)

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: int) -> int:
        if value > FORMAT:
            raise InputError("written by a newer version of this program", allowed=str(FORMAT))
        return value

    @model_validator(mode="after")
    def _resolve(self) -> Self:
        rules.check_model(self.model)
        rules.check_evaluation(self.evaluation)
        data = rules.resolve_data(self.data)
        # The tree is frozen for everyone else; filling in what was missing is part of making it.
        self.__dict__.update(
            data=data,
            representation=rules.resolve_representation(self.representation, data),
            loss=rules.resolve_loss(self.loss, data),
            optimizer=rules.resolve_optimizer(self.optimizer),
            stop=rules.resolve_stop(self.stop),
        )
        self.__dict__["change"] = tuple(change for change, _ in self._events())
        return self

    def __eq__(self, other: object) -> bool:
        """Same settings; the directory counts only where paths hang on it."""
        if not isinstance(other, Experiment):
            return NotImplemented
        same = all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)
        return same and (self.data.path is None or self._directory == other._directory)

    def __hash__(self) -> int:
        return hash(json.dumps(self.to_json_dict(), sort_keys=True))

    # -- reading -------------------------------------------------------------------------------

    @property
    def directory(self) -> Path | None:
        """Where the file lies that it was loaded from."""
        return self._directory

    @property
    def data_seed(self) -> int:
        """The seed of data and split: `data.seed`, or the experiment's own."""
        return self.seed if self.data.seed is None else self.data.seed

    @property
    def task(self) -> str | None:
        """``"classification"``, ``"regression"``, or None until a table has been read."""
        return rules.task_of(self.data)

    def resolve_path(self, path: str) -> Path:
        """`path` as written in [data], from the experiment file's directory."""
        return (self._directory or Path.cwd()) / path

    def get(self, path: str) -> Any:
        """The value of the field at a dotted path; raises `InputError` for an unknown one."""
        field = field_at(path)
        table, _, name = field.path.rpartition(".")
        return getattr(getattr(self, table) if table else self, name)

    def to_json_dict(self) -> dict[str, Any]:
        """All settings as JSON values; None where there is none."""
        return self.model_dump(mode="json")

    def to_dict(self) -> dict[str, Any]:
        """All settings as JSON values; what is None, and an empty list of events, left out."""
        tree = self.model_dump(mode="json", exclude_none=True)
        if not self.change:
            del tree["change"]
        return tree

    @classmethod
    def from_dict(
        cls, values: Any, file: str | None = None, directory: Path | None = None
    ) -> Experiment:
        """The experiment made of nested dictionaries; raises `InputError`, naming `file`."""
        if not isinstance(values, Mapping):
            raise InputError("not a table of settings", file=file, value=printable(values))
        try:
            experiment = cls.checked(values)
        except InputError as error:
            raise error.in_file(file) if file else error from None
        experiment._directory = directory
        return experiment

    # -- changing ------------------------------------------------------------------------------

    def replace(self, path: str, value: Any) -> Experiment:
        """A validated copy with one setting changed, and nothing else."""
        return self.replace_many({path: value})

    def replace_many(self, values: Mapping[str, Any]) -> Experiment:
        """A validated copy with several settings changed at once."""
        tree = self.to_json_dict()
        for path, value in values.items():
            table, _, name = field_at(path).path.rpartition(".")
            (tree[table] if table else tree)[name] = value
        return self.from_dict(tree, directory=self._directory)

    def with_changes(self, changes: Iterable[Change | Mapping[str, Any]]) -> Experiment:
        """A validated copy with these events in place of its own."""
        plain = [item.model_dump() if isinstance(item, Change) else item for item in changes]
        return self.from_dict({**self.to_json_dict(), "change": plain}, directory=self._directory)

    def with_new_seed(self, seed: int) -> Experiment:
        """A copy with another seed, data and split kept."""
        return self.replace_many({"data.seed": self.data_seed, "seed": seed})

    def consequences(self, path: str, value: Any) -> list[tuple[str, Any]]:
        """Further changes that setting `path` to `value` should bring, to be shown as such.

        A new optimizer brings its own learning rate if the present one was the old one's default;
        another count of layers trims or extends a list of activations; another count of classes
        drops the class weights. Made together: ``replace_many({path: value, **dict(found)})``.
        """
        if path == "optimizer.name" and value in registry("optimizers"):
            old = rules.default_learning_rate(self.optimizer.name)
            new = rules.default_learning_rate(value)
            if self.optimizer.learning_rate == old != new:
                return [("optimizer.learning_rate", new)]
        if path in ("data.classes", "data.arms") and value != self.get(path):
            return [("loss.class_weights", None)] if self.loss.class_weights else []
        if path == "model.hidden" and isinstance(self.model.activation, tuple):
            names, count = self.model.activation, len(value)
            if count != len(names):
                last = names[-1] if names else "tanh"
                return [("model.activation", (*names, *[last] * count)[:count])]
        return []

    def with_source(self, name: str, **data: Any) -> tuple[Experiment, list[str]]:
        """A copy that learns from another source, and a sentence for each thing that followed.

        Parameters
        ----------
        name : str
            The source.
        **data
            Other fields of [data]; ``csv`` needs ``path``, ``drawn`` needs ``points``.
        """
        tree, notes = self.to_json_dict(), []
        task = registry("sources")[name].task
        tree["data"] = {"source": name, "seed": self.data.seed, **data}
        if task != "regression":
            tree["data"].setdefault("label_noise", self.data.label_noise)
        tree["representation"] |= rules.of_other_data()
        tree["change"] = []
        old, weights = self.loss.name, self.loss.class_weights
        tree["loss"] |= {"name": None, "class_weights": None}
        found = self.from_dict(tree, directory=self._directory)
        problem = rules.misfit(old, found.data) if old else ""
        if old and not problem:
            found = found.replace("loss.name", old)
        elif problem and found.loss.name:
            notes.append(f"The loss is now {found.loss.name}: {problem}.")
        if weights is not None and rules.class_count(found.data) == len(weights):
            found = found.replace("loss.class_weights", weights)
        elif weights is not None:
            notes.append("The class weights are gone: they belonged to other classes.")
        return found, notes

    def suggested(self, source: str) -> Experiment:
        """The settings with which a source is learned well; seeds, parts and stop are kept."""
        own = self.to_json_dict()
        tree = {name: own[name] for name in ("seed", "evaluation", "stop")}
        tree["data"] = {"source": source, "seed": self.data.seed}
        if source == self.data.source:  # what a person drew or opened is no setting
            kept = (*rules.TABLE_FIELDS, *rules.DRAWN_FIELDS)
            tree["data"] |= {name: own["data"][name] for name in kept}
        plain = self.from_dict(tree, directory=self._directory)
        return plain.replace_many(registry("sources")[source].suggested)

    # -- events --------------------------------------------------------------------------------

    def at(self, update: int) -> Experiment:
        """The settings in force for the turn after update `update`, without events.

        Edits of weights and biases are not settings and leave no trace in it.
        """
        tables: Tables = {}
        for change, after in self._events():
            if change.update > update:
                break
            tables = after
        return self.model_copy(update={**tables, "change": ()})

    def _events(self) -> Iterator[tuple[Change, Tables]]:
        start: Tables = {name: getattr(self, name) for name in LIVE_TABLES}
        return replay(self.change, self.data, start)


def loads(text: str, file: str | None = None) -> Experiment:
    """The experiment written in `text` (TOML); raises `InputError`, naming `file` if given."""
    return Experiment.from_dict(parse_toml(text, file), file)


def load(path: str | os.PathLike[str]) -> Experiment:
    """The experiment in a file; raises `InputError` naming the file, field, value, allowed."""
    file = os.fspath(path)
    tables = parse_toml(read_text(path), file)
    return Experiment.from_dict(tables, file, Path(file).absolute().parent)


def dumps(experiment: Experiment) -> str:
    """The experiment as TOML, every setting written out."""
    return format_toml(experiment.to_dict())


def save(experiment: Experiment, path: str | os.PathLike[str]) -> Experiment:
    """Write the experiment to a file, whole or not at all.

    Returns
    -------
    Experiment
        As the file would load: paths in [data] are rewritten to start from its directory.
    """
    directory = Path(path).absolute().parent
    moved = {
        f"data.{name}": _moved(experiment, written, directory)
        for name in ("path", "test_path")
        if (written := getattr(experiment.data, name)) is not None
    }
    placed = experiment.replace_many(moved)
    placed._directory = directory
    write_whole(path, dumps(placed))
    return placed


def _moved(experiment: Experiment, written: str, directory: Path) -> str:
    """A relative path, counted from another directory; an absolute one where there is none."""
    here = experiment.directory or Path.cwd()
    if os.path.isabs(written) or here == directory:
        return written
    try:
        return Path(os.path.relpath(here / written, directory)).as_posix()
    except ValueError:
        return str(here / written)
