"""Live changes that are refused leave everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.loop import LearningLoop
from tests.core.network.building import assert_same, bits, curves, drawn, loop_on


@pytest.fixture
def loop() -> LearningLoop:
    return LearningLoop(Experiment())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("optimizer.learning_rate", -1.0),
        ("optimizer.learning_rate", "fast"),
        ("optimizer.name", "adamm"),
        ("optimizer.batch_size", 0),
        ("loss.name", "cross_entropy"),
        ("loss.class_weights", [1.0]),
        ("loss.class_weights", [1.0, 2.0, 3.0]),
        ("model.dropout", 1.0),
        ("model.hidden", [9]),
        ("data.noise", 0.3),
        ("seed", 4),
        ("weight_0[2,0]", 1.0),
        ("weight_5[0,0]", 1.0),
        ("bias_0[4]", 1.0),
        ("weight_0[0,0]", float("nan")),
        ("weight_0[0]", 1.0),
        ("nonsense", 1.0),
    ],
)
@pytest.mark.parametrize("steps", [0, 3])
def test_a_refused_change_leaves_everything_untouched(
    loop: LearningLoop, path: str, value: Any, steps: int
) -> None:
    loop.run(30)
    loop.go_to(20)
    for _ in range(steps):
        loop.step()
    before, history, record = bits(loop), curves(loop), loop.record
    made, check, kept = loop.experiment, loop.last_check, len(loop.checkpoints)
    with pytest.raises(InputError):
        loop.change([("optimizer.momentum", 0.5), (path, value)])
    assert_same(bits(loop), before)
    assert_same(curves(loop), history)
    assert loop.record is record
    assert loop.experiment is made
    assert loop.last_check is check
    assert (loop.head, len(loop.checkpoints)) == (30, kept)


# -- what only the data can tell ---------------------------------------------------------------


def two_classes(**settings: Any) -> LearningLoop:
    return loop_on(drawn(40, 2, 2), **{"loss__name": "binary_cross_entropy", **settings})


def numbers(**settings: Any) -> LearningLoop:
    return loop_on(drawn(40, 2), **{"loss__name": "mse", **settings})


@pytest.mark.parametrize(
    ("build", "path", "value", "match"),
    [
        (two_classes, "loss.name", "cross_entropy", "outputs from 1 to 2"),
        (numbers, "loss.name", "hinge", "does not fit a target of numbers"),
        (two_classes, "loss.class_weights", [1.0, 2.0, 3.0], "one weight for each class"),
        (two_classes, "weight_0[2,0]", 1.0, "no such parameter"),
        (two_classes, "bias_1[1]", 1.0, "no such parameter"),
    ],
)
def test_a_table_refuses_what_only_it_can_tell(
    build: Callable[..., LearningLoop], path: str, value: Any, match: str
) -> None:
    loop = build()
    loop.run(3)
    before = bits(loop)
    with pytest.raises(InputError, match=match):
        loop.change([(path, value)])
    assert_same(bits(loop), before)
    assert not loop.experiment.change
    # In a file it is refused before anything runs, however late it would come.
    with pytest.raises(InputError, match=match):
        build(change=[{"update": 10**6, "field": path, "value": value}])


def test_a_weight_that_the_number_format_cannot_hold_is_refused() -> None:
    loop = two_classes(model__dtype="float32")
    with pytest.raises(InputError, match="too large for float32"):
        loop.change([("weight_0[0,0]", 1e200)])
    two_classes().change([("weight_0[0,0]", 1e200)])
