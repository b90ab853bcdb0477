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
    more = ("representation.text", "representation.vocabulary", "representation.target_scaling")

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path == "representation.target_scaling":
            return task(self.session) != "classification"
        if path in ("representation.text", "representation.vocabulary"):
            return self._holds("text")
        return True

    def _holds(self, kind: str) -> bool:
        """Whether the data have columns of a kind."""
        problem = self.session.problem
        return problem is not None and any(c.kind == kind for c in problem.dataset.columns)
