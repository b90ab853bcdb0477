"""Stage 4: how wrong a guess is."""

from __future__ import annotations

from core.experiment import Experiment
from mlloop_gui.panels.base import Panel
from mlloop_gui.panels.fields.loss import task


class LossPanel(Panel):
    """The loss and its penalties."""

    title = "4 Loss"
    name = "loss"
    basic = ("loss.name", "loss.delta", "loss.l2")
    more = ("loss.l1", "loss.class_weights")

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path == "loss.delta":
            return experiment.loss.name == "huber"
        if path == "loss.class_weights":
            return task(self.session) != "regression"
        return True
