"""Stage 2: what the model does to the numbers."""

from __future__ import annotations

from core.experiment import Experiment
from mlloop_gui.panels.base import Panel


class ModelPanel(Panel):
    """Layers, their activation, and how they begin."""

    title = "2 Model"
    name = "model"
    basic = ("model.hidden", "model.activation")
    more = ("model.family", "model.initializer", "model.dropout", "model.dtype", "model.kernel")

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path in ("model.activation", "model.dropout"):
            return bool(experiment.model.hidden)
        return True
