"""What a run left behind, for other programs: the report as JSON and the model as npz."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import numpy as np

from core.experiment import FORMAT, Experiment
from core.loop import LearningLoop
from core.metrics import Evaluation
from core.network.layout import Layout
from core.stopping import Ending


def run_ending(loop: LearningLoop, ending: Ending | None) -> tuple[str, str]:
    """Status and reason of a run: of its failure, else of its ending, else of an interrupt."""
    if loop.failure is not None:
        return "failed", f"update {loop.failure.turn}: {loop.failure.message}"
    if ending is not None:
        return ending.status, ending.reason
    return "stopped", "interrupted"


def run_report(
    loop: LearningLoop, status: str, reason: str, parts: dict[str, Evaluation]
) -> dict[str, Any]:
    """The report of a run as JSON values.

    Parameters
    ----------
    loop : LearningLoop
        Where the run ended.
    status : str
        ``"finished"``, ``"stopped"`` or ``"failed"``.
    reason : str
    parts : dict of str to Evaluation
        ``"train"`` and ``"validation"``; ``"test"`` only where it was opened.

    Returns
    -------
    dict
        What is not finite is None; losses are without penalty, which stands beside them.
    """
    loss = loop.settings.loss
    penalized = bool(loss.l1 or loss.l2)
    penalty = loop.learner.kernel.penalty(loss.l1, loss.l2) if penalized else 0.0
    updates, train = loop.checks.column("train_loss")
    validation = loop.checks.column("validation_loss")[1]
    experiment = loop.experiment.to_json_dict()
    report = {
        "format": FORMAT,
        "status": status,
        "reason": reason,
        "experiment": experiment,
        "changes": experiment["change"],
        "updates": loop.update,
        "epochs": loop.epoch,
        "seconds": loop.seconds,
        "parameters": loop.learner.parameters,
        "kernel": loop.learner.choice.kernel,
        "kernel_reason": loop.learner.choice.reason,
        "train": part_report(parts["train"], penalty),
        "validation": part_report(parts["validation"], penalty),
        "test": part_report(parts["test"], penalty) if "test" in parts else None,
        "test_openings": int("test" in parts),
        "history": {
            "update": updates.tolist(),
            "train_loss": train.tolist(),
            "validation_loss": validation.tolist(),
        },
    }
    return finite(report)


def part_report(evaluation: Evaluation, penalty: float) -> dict[str, Any]:
    """A part's loss, the penalty, and its metrics."""
    return {"loss": evaluation.loss, "penalty": penalty, "metrics": dict(evaluation.metrics)}


def finite(value: Any) -> Any:
    """Nested plain values with None for what is not finite, and lists for arrays."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return finite(value.tolist())
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, np.generic):
        return finite(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def json_bytes(value: dict[str, Any]) -> bytes:
    """A report as valid JSON (UTF-8), a line for each entry; what is not finite is null."""
    entries = [f" {_as_json(key)}: {_as_json(item)}" for key, item in finite(value).items()]
    return ("{\n" + ",\n".join(entries) + "\n}\n").encode("utf-8", "replace")


def model_bytes(loop: LearningLoop) -> bytes:
    """The model as npz: ``weight_0``, ``bias_0``, ... and ``experiment``, a JSON string.

    Weights have shape (inputs, outputs); nothing in the file needs pickle.
    """
    return npz_bytes(loop.learner.layout, loop.learner.kernel.theta, loop.experiment)


def npz_bytes(layout: Layout, theta: np.ndarray, experiment: Experiment) -> bytes:
    """The same of parameters that lie in a flat vector."""
    arrays: dict[str, np.ndarray] = {}
    for i in range(layout.layers):
        arrays[f"weight_{i}"] = layout.weight(theta, i)
        arrays[f"bias_{i}"] = layout.bias(theta, i)
    arrays["experiment"] = np.array(_as_json(experiment.to_json_dict()))
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]  # the stub takes **arrays for allow_pickle
    return stream.getvalue()


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
