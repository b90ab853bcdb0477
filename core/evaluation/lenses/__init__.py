"""What the views of stage 9 need beyond its explanation, beside the lenses of all stages."""

from __future__ import annotations

from core.evaluation.lenses.calibration import calibration
from core.evaluation.lenses.classes import classes
from core.evaluation.lenses.residuals import residuals
from core.evaluation.lenses.shift import shift
from core.evaluation.lenses.threshold import threshold
from core.explain.lenses import LENSES as OF_ALL_STAGES
from core.explain.lenses import Lens
from core.stages import Stage

__all__ = ["LENSES"]

LENSES: dict[str, Lens] = OF_ALL_STAGES | {
    "threshold": Lens(Stage.EVALUATE, threshold),
    "classes": Lens(Stage.EVALUATE, classes),
    "calibration": Lens(Stage.EVALUATE, calibration),
    "residuals": Lens(Stage.EVALUATE, residuals),
    "shift": Lens(Stage.EVALUATE, shift),
}
