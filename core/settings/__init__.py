"""The tables of an experiment: what each setting is, and the rules between them."""

from __future__ import annotations

from core.settings.fields import Field
from core.settings.learning import (
    Change,
    LossSettings,
    ModelSettings,
    OptimizerSettings,
    StopSettings,
)
from core.settings.problem import DataSettings, EvaluationSettings, RepresentationSettings

__all__ = [
    "Change",
    "DataSettings",
    "EvaluationSettings",
    "Field",
    "LossSettings",
    "ModelSettings",
    "OptimizerSettings",
    "RepresentationSettings",
    "StopSettings",
]
