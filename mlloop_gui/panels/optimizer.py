"""Stage 7: how the gradient changes the parameters."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from core.experiment import Experiment
from mlloop_gui.panels.base import Panel
from mlloop_gui.panels.fields.written import format_number

OWNERS = {
    "optimizer.momentum": ("momentum", "nesterov"),
    "optimizer.beta1": ("adam", "adamw"),
    "optimizer.beta2": ("rmsprop", "adam", "adamw"),
    "optimizer.epsilon": ("adagrad", "rmsprop", "adam", "adamw"),
    "optimizer.weight_decay": ("adamw",),
}
SCHEDULES = {
    "optimizer.step_epochs": "step",
    "optimizer.factor": "step",
    "optimizer.decay": "exponential",
    "optimizer.period": "cosine",
    "optimizer.warmup_epochs": "warmup",
}


class OptimizerPanel(Panel):
    """The method and its numbers; learning rate and batch size are always there."""

    title = "7 Optimizer"
    name = "optimizer"
    basic = (
        "optimizer.name",
        "optimizer.learning_rate",
        "optimizer.batch_size",
        "optimizer.momentum",
    )
    more = (
        "optimizer.beta1",
        "optimizer.beta2",
        "optimizer.epsilon",
        "optimizer.weight_decay",
        "optimizer.schedule",
        *SCHEDULES,
        "optimizer.shuffle",
        "optimizer.clip_norm",
    )

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path in OWNERS:
            return experiment.optimizer.name in OWNERS[path]
        if path in SCHEDULES:
            return experiment.optimizer.schedule == SCHEDULES[path]
        return True

    @Slot()
    def refresh(self) -> None:
        """Show the fields that apply, empty ones with the optimizer's own number."""
        super().refresh()
        optimizer = self.session.experiment.optimizer
        for path, own in (
            ("optimizer.beta2", optimizer.effective_beta2),
            ("optimizer.epsilon", optimizer.effective_epsilon),
        ):
            editor = self.rows[path].editor
            if isinstance(editor, QLineEdit):
                editor.setPlaceholderText(format_number(own))
