"""When a run ends by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment
from core.loop import LearningLoop
from core.stages import StepSize
from core.stopping import Ending, ending, updates_left

pytestmark = pytest.mark.usefixtures("kernel")


def build(**stop: Any) -> LearningLoop:
    """The default experiment: 25 updates an epoch."""
    return LearningLoop(Experiment().replace_many({f"stop.{k}": v for k, v in stop.items()}))


def run_to_end(loop: LearningLoop) -> Ending | None:
    left = updates_left(loop)
    loop.run(10**6 if left is None else left, enough=lambda: ending(loop) is not None)
    return ending(loop)


def test_so_many_epochs() -> None:
    loop = build(epochs=3)
    assert ending(loop) is None
    assert updates_left(loop) == 75
    assert run_to_end(loop) == Ending("finished", "3 epochs done")
    assert loop.update == 75


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ({"epochs": None, "updates": 30}, "30 updates done"),
        ({"epochs": 9, "updates": 30}, "30 updates done"),
        ({"epochs": 1, "updates": 30}, "1 epoch done"),
    ],
)
def test_so_many_updates_or_epochs_whichever_comes_first(
    stop: dict[str, int | None], reason: str
) -> None:
    assert run_to_end(build(**stop)) == Ending("finished", reason)


def test_none_at_all_is_finished_at_once() -> None:
    loop = build(epochs=0)
    assert updates_left(loop) == 0
    assert ending(loop) == Ending("finished", "0 epochs done")


def test_a_live_batch_size_moves_the_end() -> None:
    loop = build(epochs=2)
    loop.run(5)
    loop.change([("optimizer.batch_size", 100)])
    assert updates_left(loop) == 2 + 3
    found = run_to_end(loop)
    assert found is not None
    assert (loop.epoch, loop.update) == (2, 10)


@pytest.mark.parametrize(
    ("stop", "what"),
    [({"target_loss": 0.4}, "loss"), ({"target_metric": 0.9}, "metric")],
)
def test_a_target_is_met_by_the_first_check_that_reaches_it(
    stop: dict[str, float], what: str
) -> None:
    loop = build(**stop, epochs=500)
    found = run_to_end(loop)
    assert found is not None
    assert found.status == "stopped"
    assert f"the validation {what}" in found.reason
    assert loop.epoch < 500
    losses = loop.checks.column(f"validation_{what}")[1]
    reached = losses <= 0.4 if what == "loss" else losses >= 0.9
    assert reached.tolist() == [False] * (len(losses) - 1) + [True]


def test_without_a_validation_part_the_training_part_counts() -> None:
    made = Experiment().replace_many(
        {"evaluation.validation_fraction": 0.0, "stop.target_loss": 0.4}
    )
    found = run_to_end(LearningLoop(made))
    assert found is not None
    assert "the train loss" in found.reason


def worsening() -> LearningLoop:
    """The best validation loss comes early: later weights are blown about by a large rate."""
    return LearningLoop(
        Experiment().replace_many({"stop.patience": 4, "stop.epochs": 400,
                                   "optimizer.learning_rate": 3.0})
    )  # fmt: skip


def test_patience_counts_checks_since_the_best_validation_loss() -> None:
    loop = worsening()
    found = run_to_end(loop)
    assert found is not None
    assert found.reason == "no better validation loss for 4 checks (patience 4)"
    losses = loop.checks.column("validation_loss")[1]
    assert int(np.argmin(losses)) == len(losses) - 5
    for end in range(1, len(losses)):
        assert end - 1 - int(np.argmin(losses[:end])) < 4


def test_a_look_that_is_no_check_ends_nothing() -> None:
    loop = build(epochs=500)
    loop.run(25 * 100 + 3)
    loss = loop.last_check.validation.loss
    loop.change([("stop.target_loss", 2 * loss)])
    assert loop.last_check.update == 2503
    assert ending(loop) is None
    loop.step(StepSize.EPOCH)
    found = ending(loop)
    assert found is not None
    assert found.status == "stopped"


def test_checks_of_the_future_end_nothing() -> None:
    """After going back, only what lies before counts, and the run ends where it did."""
    loop = worsening()
    run_to_end(loop)
    end = loop.update
    loop.go_to(end - 50)
    assert ending(loop) is None
    found = run_to_end(loop)
    assert loop.update == end
    assert found is not None
    assert found.status == "stopped"


def test_a_better_check_of_the_future_grants_no_patience() -> None:
    loop = worsening()
    loop.run(25 * 60)
    losses = loop.checks.column("validation_loss")[1]
    first = next(k for k in range(len(losses)) if k - int(np.argmin(losses[: k + 1])) == 4)
    assert losses[first + 1 :].min() < losses[: first + 1].min()
    loop.go_to(0)
    run_to_end(loop)
    assert loop.update == 25 * first


def test_a_change_of_the_loss_after_the_check_does_not_meet_the_old_target() -> None:
    """Targets compare what the check recorded, not a look under other settings."""
    loop = build(epochs=500, target_loss=0.3)
    loop.run(25)
    recorded = loop.checks.column("validation_loss")[1][-1]
    loop.change([("bias_1[0]", 30.0)])
    assert loop.last_check.validation.loss != recorded
    assert (ending(loop) is not None) == (recorded <= 0.3)


def test_a_loss_that_is_not_finite_is_never_the_best() -> None:
    loop = build(epochs=5, patience=2)
    loop.run(100)
    values = loop.checks._values[
        :, : loop.checks.buckets, loop.checks.names.index("validation_loss")
    ]
    values[:] = np.nan
    assert ending(loop) is None
