"""The experiment: one frozen, validated tree, the source for file, command line and panels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Self

import pydantic
from pydantic import PrivateAttr, field_validator, model_validator

from core import resolution
from core.errors import InputError, nearest
from core.experiment_file import format_toml, parse_toml, read_text, write_whole
from core.fields import Field, describe, setting
from core.registry import registry
from core.resolution import weight_place
from core.settings import (
    LARGEST_SEED,
    Change,
    DataSettings,
    EvaluationSettings,
    LossSettings,
    ModelSettings,
    OptimizerSettings,
    RepresentationSettings,
    Settings,
    StopSettings,
)
from core.settings_errors import printable

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

FORMAT = 1


class Experiment(Settings):
    """Everything that decides a run.

    ``Experiment()`` is the default experiment. Missing values that follow from others (samples,
    noise, features, the loss's name, the learning rate, ...) are filled in, so that a validated
    tree is concrete; for a table of one's own the loss's name and the target's scaling stay None
    until the table is read.
    """

    format: int = setting(FORMAT, "Version of the file's format.", ge=1)
    seed: int = setting(
        7,
        "Everything random follows from it: the same seed, the same run.",
        basic=True,
        ge=0,
        le=LARGEST_SEED,
    )
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
        resolution.check_model(self.model)
        resolution.check_evaluation(self.evaluation)
        data = resolution.resolve_data(self.data)
        # The tree is frozen for everyone else; filling in what was missing is part of making it.
        self.__dict__.update(
            data=data,
            representation=resolution.resolve_representation(self.representation, data),
            loss=resolution.resolve_loss(self.loss, data),
            optimizer=resolution.resolve_optimizer(self.optimizer),
            stop=resolution.resolve_stop(self.stop),
        )
        self.__dict__["change"] = tuple(change for change, _ in self._replayed())
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
        return resolution.task_of(self.data)

    def resolve_path(self, path: str) -> Path:
        """`path` as written in [data], from the experiment file's directory."""
        return (self._directory or Path.cwd()) / path

    def get(self, path: str) -> Any:
        """The value of the field at a dotted path; raises `InputError` for an unknown one."""
        field = _field(path)
        table, _, name = field.path.rpartition(".")
        return getattr(getattr(self, table) if table else self, name)

    def to_json_dict(self) -> dict[str, Any]:
        """All settings as JSON values; None where there is none."""
        return self.model_dump(mode="json")

    def to_dict(self) -> dict[str, Any]:
        """All settings as JSON values, those that are None left out."""
        return self.model_dump(mode="json", exclude_none=True)

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
            table, _, name = _field(path).path.rpartition(".")
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
        """Further changes that setting `path` to `value` should bring, each to be made openly.

        A new optimizer brings its own learning rate if the present one was the old one's default;
        another count of layers trims or extends a list of activations.
        """
        if path == "optimizer.name" and value in registry("optimizers"):
            old = resolution.default_learning_rate(self.optimizer.name)
            new = resolution.default_learning_rate(value)
            if self.optimizer.learning_rate == old != new:
                return [("optimizer.learning_rate", new)]
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
            Other fields of [data]; ``csv`` needs ``path``.
        """
        tree, notes = self.to_json_dict(), []
        part = registry("sources")[name]
        task = part.task or None
        tree["data"] = {"source": name, "seed": self.data.seed, **data}
        if task != "regression":
            tree["data"].setdefault("label_noise", self.data.label_noise)
        tree["representation"] |= {"features": None, "target_scaling": None}
        tree["change"] = []
        old = self.loss.name
        if task is None:
            tree["loss"]["name"] = None
        elif old and not resolution.loss_fits(old, task):
            tree["loss"]["name"] = part.loss
            kind = "a number" if task == "regression" else "a class"
            notes.append(
                f"The loss is now {part.loss}: {name} predicts {kind}, which {old} does not fit."
            )
        weights = tree["loss"]["class_weights"]
        tree["loss"]["class_weights"] = None
        found = self.from_dict(tree, directory=self._directory)
        if weights is not None:
            count = resolution.class_count(found.data)
            if count == len(weights):
                found = found.replace("loss.class_weights", weights)
            else:
                notes.append("The class weights are gone: they belonged to other classes.")
        return found, notes

    def suggested(self, name: str) -> Experiment:
        """A copy that learns from another source at the settings suggested for it."""
        return self.with_source(name)[0].replace_many(registry("sources")[name].suggested)

    # -- events --------------------------------------------------------------------------------

    def at(self, update: int) -> Experiment:
        """The settings in force for the turn after update `update`, without events.

        Edits of weights and biases are not settings and leave no trace in it.
        """
        tables: dict[str, Settings] = {}
        for change, after in self._replayed():
            if change.update > update:
                break
            tables = after
        return self.model_copy(update={**tables, "change": ()})

    def _replayed(self) -> Iterator[tuple[Change, dict[str, Settings]]]:
        """Each event with its value as the field takes it, and the live tables after it."""
        tables: dict[str, Settings] = {}
        outputs = resolution.output_count(self.loss, self.data)
        latest = 0
        for index, change in enumerate(self.change):
            place = f"change[{index}]"
            if change.update < latest:
                raise InputError(
                    "events stand in the order of their updates",
                    field=f"{place}.update",
                    value=change.update,
                    allowed=f"a whole number >= {latest}",
                )
            latest = change.update
            weight = weight_place(change.field)
            if weight is not None:
                problem = resolution.check_weight(weight, self.model, outputs)
                if problem:
                    raise InputError(problem, field=f"{place}.field", value=change.field)
                yield _checked_weight(change, place), tables
                continue
            _require_live(change.field, place)
            table, name = change.field.split(".")
            try:
                new = tables.get(table, getattr(self, table)).with_values(**{name: change.value})
                if isinstance(new, LossSettings):
                    new = resolution.resolve_loss(new, self.data)
                    self._require_outputs(new, outputs)
                field = fields()[change.field]
                if change.value is None and not field.optional:
                    raise InputError("missing", allowed=field.allowed)
            except InputError as error:
                raise InputError(
                    f"{change.field}: {error.problem}",
                    field=f"{place}.value",
                    value=change.value if error.value is None else error.value,
                    allowed=error.allowed,
                ) from None
            tables = {**tables, table: new}
            yield change.model_copy(update={"value": getattr(new, name)}), tables

    def _require_outputs(self, loss: LossSettings, outputs: int | None) -> None:
        now = resolution.output_count(loss, self.data)
        if now != outputs:
            raise InputError(
                f"would change the number of outputs from {outputs} to {now},"
                " which takes a new run",
                value=loss.name,
            )


def _require_live(path: str, place: str) -> None:
    if is_live(path):
        return
    live = [name for name, field in fields().items() if field.live]
    problem = "cannot change during a run" if path in fields() else "unknown field"
    raise InputError(
        f"{nearest(path, live)}{problem}",
        field=f"{place}.field",
        value=path,
        allowed="a field of [loss], [optimizer] or [stop], model.dropout, weight_0[1,3], bias_0[3]",
    )


def _checked_weight(change: Change, place: str) -> Change:
    value = change.value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or abs(value) > 1e300 or not isfinite(value):
        raise InputError(
            f"{change.field} cannot take it",
            field=f"{place}.value",
            value=printable(value),
            allowed="a finite number",
        )
    return change.model_copy(update={"value": float(value)})


@cache
def fields() -> dict[str, Field]:
    """Every setting by its dotted path, in file order; `format` and the events are none."""
    found = {"seed": describe("seed", Experiment.model_fields["seed"])}
    for table, info in Experiment.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
            for name, inner in kind.model_fields.items():
                found[f"{table}.{name}"] = describe(f"{table}.{name}", inner)
    return found


def _field(path: str) -> Field:
    known = fields()
    if path not in known:
        raise InputError(f"{nearest(path, known)}unknown field", field=path)
    return known[path]


def is_live(path: str) -> bool:
    """Whether the field, or the weight or bias, may change during a run."""
    field = fields().get(path)
    return field.live if field else weight_place(path) is not None


def parse_assignment(text: str) -> tuple[str, Any]:
    """``"optimizer.learning_rate=0.1"`` as path and value, for ``--set``.

    Values are written as in the file; texts and names need no quotes, lists no brackets, and
    ``none`` clears an optional setting. The value is checked when it is put in place.
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError("not an assignment", value=text, allowed="FIELD=VALUE")
    field = _field(path)
    return path, _parse_value(field, written)


def _parse_value(field: Field, text: str) -> Any:
    if text.lower() == "none" and (field.optional or field.default is None):
        return None
    quoted = text[:1] in ("'", '"', "[", "{")
    if field.kind in ("text", "choice") and not quoted:
        return text
    many = field.kind in ("integers", "numbers", "texts", "choices")
    if many and not quoted:
        items = [item.strip() for item in text.split(",") if item.strip()]
        if field.kind == "choices" and len(items) == 1:
            return items[0]
        if field.kind in ("choices", "texts"):
            return items
        text = f"[{text}]"
    try:
        found = parse_toml(f"value = {text}")
    except InputError:
        return text
    return found["value"] if list(found) == ["value"] else text


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
