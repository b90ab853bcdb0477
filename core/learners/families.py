"""The registered model families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.experiment import Experiment
from core.learners.network import NetworkLearner
from core.problem import Problem
from core.registry import Registry


@dataclass(frozen=True)
class Family:
    """A kind of model; ``build(experiment, problem)`` gives its learner at update 0."""

    name: str
    label: str
    explanation: str
    formula: str
    build: Callable[[Experiment, Problem], NetworkLearner]
    basic: bool = True


FAMILIES = Registry(
    "model family",
    Family(
        "network",
        "Network",
        "Layers of sums, each bent by an activation; learns by gradient descent.",
        "a = f(x W + b), layer after layer",
        NetworkLearner,
    ),
)
