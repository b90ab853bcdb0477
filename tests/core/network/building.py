"""Loops over data given as arrays, and what the engine's tests ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.experiment import Experiment
from core.loop import LearningLoop
from core.problem import Problem, prepare
from core.stages import StepSize

KERNELS = ("numpy", "compiled") if find_spec("numba") else ("numpy",)


def experiment(**settings: Any) -> Experiment:
    """An experiment on a table; names have ``__`` for the dot: ``optimizer__name="adam"``."""
    tree: dict[str, Any] = {"data": {"source": "csv", "path": "arrays.csv"}}
    for name, value in settings.items():
        table, _, field = name.rpartition("__")
        (tree.setdefault(table, {}) if table else tree)[field] = value
    return Experiment.from_dict(tree)


def dataset(x: np.ndarray, target: np.ndarray, classes: int = 0) -> Dataset:
    """Rows of numbers `x` (n, d) with class numbers or numbers as `target` (n,)."""
    return Dataset(
        "arrays",
        "classification" if classes else "regression",
        "",
        tuple(Column(f"x{i + 1}") for i in range(x.shape[1])),
        np.array(x, np.float64),
        np.array(target, np.int64 if classes else np.float64),
        class_names=tuple("abcdefghijkl"[:classes]),
    )


def drawn(rows: int, features: int, classes: int = 0, seed: int = 3) -> Dataset:
    """Normal inputs with random classes (each occurs) or a smooth function as target."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, features))
    target = rng.permutation(np.arange(rows) % classes) if classes else np.sin(x.sum(axis=1))
    return dataset(x, target, classes)


def loop_on(data: Dataset, **settings: Any) -> LearningLoop:
    """A loop at update 0 on `data`."""
    made = experiment(**settings)
    return LearningLoop(made, prepare(data, made))


def fresh(loop: LearningLoop) -> LearningLoop:
    """Another loop of the same experiment and data, at update 0."""
    return LearningLoop(loop.experiment, _initial(loop))


def _initial(loop: LearningLoop) -> Problem:
    return loop.problem.with_loss(loop.experiment.at(-1).loss)


def bits(loop: LearningLoop) -> dict[str, Any]:
    """Everything that decides how the run goes on, and what it shows of itself."""
    kernel, place = loop.learner.kernel, loop.position
    return {
        "update": place.update,
        "epoch": place.epoch,
        "stage": place.stage,
        "layer": place.layer,
        "place": loop.place,
        "theta": kernel.theta.copy(),
        "slots": kernel.slots.copy(),
        "count": loop.learner.count,
        "settings": loop.settings,
    }


def assert_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Bit for bit the same, NaN like NaN."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        if isinstance(value, np.ndarray):
            assert value.dtype == other[name].dtype, name
            assert np.array_equal(value, other[name], equal_nan=True), name
        else:
            assert value == other[name], name


def assert_same_record(one: Any, other: Any) -> None:
    """Two turn records, array by array."""
    assert (one is None) == (other is None)
    if one is None:
        return
    for name, value in vars(one).items():
        theirs = getattr(other, name)
        if isinstance(value, np.ndarray):
            assert np.array_equal(value, theirs, equal_nan=True), name
        elif isinstance(value, tuple):
            assert len(value) == len(theirs), name
            for mine, its in zip(value, theirs, strict=True):
                assert np.array_equal(mine, its, equal_nan=True), name
        elif isinstance(value, float):
            assert np.array_equal(value, theirs, equal_nan=True), name
        else:
            assert value == theirs, name


def curves(loop: LearningLoop) -> dict[str, Any]:
    """The recorded history, column by column."""
    found = {}
    for kind, history in (("updates", loop.updates), ("checks", loop.checks)):
        for name in history.names:
            x, y = history.column(name)
            found[f"{kind} at"], found[f"{kind} {name}"] = x, y
    return found


def drive(loop: LearningLoop, update: int, size: StepSize) -> None:
    """Step until `update` is reached and its turn is over."""
    while loop.update < update or loop.in_turn:
        loop.step(size)
        assert loop.failure is None
