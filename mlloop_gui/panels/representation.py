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
    more = (
        "representation.degree",
        "representation.interactions",
        "representation.rbf",
        "representation.rbf_width",
        "representation.encoding",
        "representation.picture",
        "representation.text",
        "representation.vocabulary",
        "representation.components",
        "representation.target_scaling",
    )

    def applies(self, path: str, experiment: Experiment) -> bool:
        table = experiment.representation
        match path.removeprefix("representation."):
            case "target_scaling":
                return task(self.session) != "classification"
            case "interactions":  # a higher degree makes them anyway
                return self._holds("number") and table.degree == 1
            case "degree" | "rbf":
                return self._holds("number")
            case "rbf_width":
                return self._holds("number") and table.rbf > 0
            case "encoding":
                return self._holds("category")
            case "text" | "vocabulary":
                return self._holds("text")
            case "picture":
                problem = self.session.problem
                return problem is not None and problem.dataset.picture_shape is not None
        return True

    def _holds(self, kind: str) -> bool:
        """Whether the data have columns of a kind; numbers where they have not been read yet."""
        problem = self.session.problem
        if problem is None:
            return kind == "number"
        return any(column.kind == kind for column in problem.dataset.columns)
