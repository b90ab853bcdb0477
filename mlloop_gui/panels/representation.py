"""Stage 1, second half: how an object becomes numbers."""

from __future__ import annotations

from core.experiment import Experiment
from mlloop_gui.panels.base import Panel
from mlloop_gui.panels.fields.loss import task


class RepresentationPanel(Panel):
    """Which inputs the model sees, and how they are scaled."""

    title = "1 Representation"
    name = "representation"
    basic = ("representation.features", "representation.scaling")
    more = ("representation.target_scaling",)

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path == "representation.target_scaling":
            return task(self.session) != "classification"
        return True
