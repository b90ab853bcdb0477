"""The engine against trajectories of PyTorch, to 1e-10."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.loop import LearningLoop
from core.problem import prepare
from core.stages import Stage
from tests.core.network.building import KERNELS, dataset, experiment

CASES = sorted((Path(__file__).parents[1] / "reference").glob("*.npz"))


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


class Case:
    def __init__(self, path: Path, kernel: str) -> None:
        self.kernel = kernel
        self.arrays = dict(np.load(path, allow_pickle=False))
        self.meta = json.loads(str(self.arrays["meta"]))

    def loop(self, **settings: Any) -> LearningLoop:
        """The case as a loop that starts from its weights, by way of events at update 0."""
        meta, x, y = self.meta, self.arrays["x"], self.arrays["y"]
        settings = {
            "representation__scaling": "none",
            "representation__target_scaling": "none",
            "model__hidden": meta["shape"][1:-1],
            "model__activation": meta["activation"],
            "loss__name": meta["loss"],
            "loss__l2": meta["l2"],
            "loss__class_weights": meta.get("class_weights"),
            "optimizer__name": meta["optimizer"],
            "optimizer__learning_rate": meta["learning_rate"],
            "optimizer__batch_size": meta["batch_size"],
            "optimizer__shuffle": False,
            "optimizer__clip_norm": meta.get("clip_norm"),
            "evaluation__validation_fraction": 0,
            "evaluation__test_fraction": 0,
            "change": self.events(),
            "model__kernel": self.kernel,
        } | settings
        is_class = meta["loss"] in ("cross_entropy", "binary_cross_entropy", "hinge")
        classes = max(2, meta["shape"][-1]) if is_class else 0
        made = experiment(
            **{
                name: value
                for name, value in settings.items()
                if value is not None and not (classes and name == "representation__target_scaling")
            }
        )
        problem = prepare(dataset(x, y if y.ndim == 1 else y[:, 0], classes), made)
        if not classes:
            # A table has one target column; these cases have two.
            problem = replace(problem, y=y)
        return LearningLoop(made, problem)

    def events(self) -> list[dict[str, Any]]:
        found = []
        for i in range(len(self.meta["shape"]) - 1):
            for kind in ("weight", "bias"):
                for at, value in np.ndenumerate(self.arrays[f"initial_{kind}_{i}"]):
                    place = ",".join(map(str, at))
                    field = f"{kind}_{i}[{place}]"
                    found.append({"update": 0, "field": field, "value": float(value)})
        return found


@pytest.fixture(params=product(CASES, KERNELS), ids=lambda pair: f"{pair[0].stem}-{pair[1]}")
def case(request: pytest.FixtureRequest) -> Case:
    return Case(*request.param)


def test_that_all_cases_are_there() -> None:
    assert len(CASES) == 24


def test_initial_output_losses_and_gradient(case: Case) -> None:
    loop = case.loop(optimizer__batch_size=case.meta["samples"])
    for _ in range(5):
        loop.step()
    record, arrays = loop.record, case.arrays
    assert record is not None
    assert record.done is Stage.GRADIENTS
    close(record.scores, arrays["initial_output"])
    close(loop.learner.scores(loop.problem.inputs(record.rows)), arrays["initial_output"])
    weight = loop.problem.weight
    close(record.price * (1 if weight is None else weight), arrays["initial_sample_loss"])
    close(record.loss, arrays["initial_loss"])
    close(loop.evaluate("train").loss, arrays["initial_loss"])
    gradient = record.gradient + record.penalty_gradient
    for i in range(loop.learner.layout.layers):
        close(loop.learner.layout.weight(gradient, i), arrays[f"gradient_weight_{i}"])
        close(loop.learner.layout.bias(gradient, i), arrays[f"gradient_bias_{i}"])


def test_trajectory(case: Case) -> None:
    loop = case.loop()
    assert loop.run(case.meta["updates"]) == case.meta["updates"]
    close(loop.updates.column("batch_loss")[1], case.arrays["batch_loss"])
    for i in range(loop.learner.layout.layers):
        theta = loop.learner.kernel.theta
        close(loop.learner.layout.weight(theta, i), case.arrays[f"final_weight_{i}"])
        close(loop.learner.layout.bias(theta, i), case.arrays[f"final_bias_{i}"])
