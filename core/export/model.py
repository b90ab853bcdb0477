"""What is exported: a model at one moment of its run, with what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.experiment import Experiment
from core.loop import LearningLoop
from core.network.layout import Layout
from core.problem import Problem


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network and its preprocessing, after some updates.

    Parameters
    ----------
    experiment : Experiment
        As its file would be, events included.
    settings : Experiment
        The settings in force: loss, optimizer and dropout may have changed since the start.
    problem : Problem
        The data, with the fitted representation and the loss in force.
    layout : Layout
    theta : ndarray of shape (parameters,)
        In the run's dtype.
    update, epoch : int
        Updates made, and epochs finished.
    """

    experiment: Experiment
    settings: Experiment
    problem: Problem
    layout: Layout
    theta: np.ndarray
    update: int
    epoch: int

    @classmethod
    def of(cls, loop: LearningLoop) -> TrainedModel:
        """The model of a loop where it stands."""
        learner = loop.learner
        return cls(
            loop.experiment,
            loop.settings,
            loop.problem,
            learner.layout,
            learner.kernel.theta.copy(),
            loop.update,
            loop.epoch,
        )

    @property
    def activations(self) -> tuple[str, ...]:
        """The name of each hidden layer's activation."""
        named, hidden = self.settings.model.activation, self.layout.layers - 1
        return (named,) * hidden if isinstance(named, str) else tuple(named)
