"""Numbers that a chapter may name: read from the frame's own arrays, never written in a file.

Those marked * are made only while their stage is the one inspected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from core.stages import Stage
from mlloop_gui.frames import Frame
from mlloop_gui.guide import readers
from mlloop_gui.plots import numbers

_NAME = re.compile(r"([a-z_]+?)(?:_(\d{1,3}))?(?:\[(\d{1,6})(?:,(\d{1,6}))?\])?", re.ASCII)
UNKNOWN = "…"


Write = Callable[[float], str]


def _four(value: float) -> str:
    return numbers.short(value, 4)


def _exact(value: float) -> str:
    return numbers.fixed(value, 10)


def _whole(value: float) -> str:
    return numbers.count(round(value))


@dataclass(frozen=True)
class Quantity:
    """A number by name.

    Attributes
    ----------
    told : str
        What it is, for whoever writes a chapter.
    read : callable
        ``read(frame, place)``; an error of lookup where the frame has no such number.
    layered : bool
        Whether a layer, counted from 0, follows the name: ``z_0``.
    indices : int
        How many stand in brackets after it.
    write : callable
        The number as text.
    """

    told: str
    read: readers.Read
    layered: bool = False
    indices: int = 0
    write: Write = _four

    def spelled(self, name: str) -> str:
        """How it is written in a chapter."""
        marks = ("", "[j]", "[i,j]")[self.indices]
        return f"{name}{'_0' if self.layered else ''}{marks}"


def known(name: str) -> bool:
    """Return whether a chapter may write this name."""
    return _parse(name) is not None


def spelled() -> list[str]:
    """Return every name as a chapter writes it."""
    return [quantity.spelled(name) for name, quantity in QUANTITIES.items()]


def value_of(name: str, frame: Frame | None) -> float | None:
    """Return a number, None while there is none; KeyError for an unknown name."""
    parsed = _parse(name)
    if parsed is None:
        raise KeyError(name)
    quantity, place = parsed
    if frame is None:
        return None
    try:
        with np.errstate(all="ignore"):
            value = float(quantity.read(frame, place))
        return value if isfinite(value) else None
    except (LookupError, AttributeError, TypeError):
        # The turn has not come so far, or the model has no such part.
        return None


def text_of(name: str, frame: Frame | None) -> str:
    """Return a number as text, an ellipsis while there is none."""
    value = value_of(name, frame)
    parsed = _parse(name)
    return UNKNOWN if value is None or parsed is None else parsed[0].write(value)


def _parse(name: str) -> tuple[Quantity, readers.Place] | None:
    if name in QUANTITIES and not (QUANTITIES[name].layered or QUANTITIES[name].indices):
        return QUANTITIES[name], readers.Place()
    found = _NAME.fullmatch(name.replace(" ", ""))
    if found is None or found[1] not in QUANTITIES:
        return None
    quantity = QUANTITIES[found[1]]
    at = tuple(int(index) for index in (found[3], found[4]) if index is not None)
    if quantity.layered != (found[2] is not None) or quantity.indices != len(at):
        return None
    return quantity, readers.Place(int(found[2] or 0), at)


def _families() -> dict[str, Quantity]:
    """Weights and biases: before the step, now, and what belongs to them."""
    vectors: dict[str, tuple[str, readers.Vector, Write]] = {
        "{}": ("as it is now", readers.now, _four),
        "old_{}": ("before this turn's step", readers.before_step, _four),
        "gradient_{}": ("its gradient, penalty included", readers.gradient, _four),
        "new_{}": ("its value minus rate × gradient, also before stage 7", readers.planned, _four),
        "step_{}": ("what the update added", readers.step_made, _four),
        "loss_up_{}": ("the objective with it nudged up *", readers.nudged("objective_up"), _exact),
        "loss_down_{}": (
            "the objective with it nudged down *",
            readers.nudged("objective_down"),
            _exact,
        ),
        "nudged_{}": ("its slope found by nudging *", readers.nudged("nudged_gradient"), _four),
    }
    kinds = (("weight", 2), ("bias", 1))
    return {
        name.format(kind): Quantity(
            f"{kind} of a layer: {told}", readers.parameter(kind, vector), True, n, write
        )
        for name, (told, vector, write) in vectors.items()
        for kind, n in kinds
    }


QUANTITIES: dict[str, Quantity] = {
    "update": Quantity("updates made", readers.of_frame(lambda f: f.position.update), write=_whole),
    "epoch": Quantity(
        "epochs finished", readers.of_frame(lambda f: f.position.epoch), write=_whole
    ),
    "parameters": Quantity(
        "weights and biases", readers.of_frame(lambda f: f.parameters), write=_whole
    ),
    "weights": Quantity(
        "weights", readers.of_frame(lambda f: float(f.layout.is_weight.sum())), write=_whole
    ),
    "biases": Quantity("biases", readers.of_frame(lambda f: sum(f.layout.sizes[1:])), write=_whole),
    "passes": Quantity(
        "forward passes that nudge every parameter both ways",
        readers.of_frame(lambda f: 2 * f.parameters),
        write=_whole,
    ),
    "rate": Quantity(
        "learning rate in force",
        readers.of_frame(lambda f: f.settings.optimizer.learning_rate or 0.0),
        write=lambda value: numbers.signed(f"{value:g}"),
    ),
    "batch_size": Quantity(
        "samples in a batch",
        readers.of_frame(lambda f: f.settings.optimizer.batch_size),
        write=_whole,
    ),
    "batches": Quantity(
        "batches in an epoch", readers.of_frame(lambda f: f.batches_per_epoch), write=_whole
    ),
    "train_rows": Quantity(
        "samples to learn from",
        readers.of_frame(lambda f: len(f.problem.parts.train)),
        write=_whole,
    ),
    "validation_rows": Quantity(
        "samples kept unseen",
        readers.of_frame(lambda f: len(f.problem.parts.validation)),
        write=_whole,
    ),
    "test_rows": Quantity(
        "samples under seal", readers.of_frame(lambda f: len(f.problem.parts.test)), write=_whole
    ),
    "features": Quantity(
        "numbers in a sample", readers.of_frame(lambda f: f.problem.features), write=_whole
    ),
    "loss": Quantity("mean loss of the batch", readers.from_record(Stage.LOSS, lambda r: r.loss)),
    "penalty": Quantity(
        "penalty of the batch", readers.from_record(Stage.LOSS, lambda r: r.penalty)
    ),
    "batch_right": Quantity("right guesses in the batch", readers.batch_right, write=_whole),
    "gradient_norm": Quantity(
        "length of the gradient", readers.from_record(Stage.GRADIENTS, lambda r: r.gradient_norm)
    ),
    "promised": Quantity(
        "change of the objective that the slope promised *",
        readers.told(Stage.UPDATE, "promised"),
    ),
    "delivered": Quantity(
        "change of the objective that the step brought *",
        readers.told(Stage.UPDATE, "delivered"),
    ),
    "worsened": Quantity(
        "watched steps that made the whole worse",
        readers.of_frame(lambda f: f.worsened),
        write=_whole,
    ),
    "stepped": Quantity("watched steps", readers.of_frame(lambda f: f.stepped), write=_whole),
    "train_loss": Quantity(
        "loss on the training part", readers.of_frame(lambda f: f.check.train.loss)
    ),
    "validation_loss": Quantity(
        "loss on unseen data", readers.of_frame(lambda f: f.check.validation.loss)
    ),
    "gap": Quantity(
        "validation loss minus training loss",
        readers.of_frame(lambda f: f.check.validation.loss - f.check.train.loss),
    ),
    "train_accuracy": Quantity(
        "share of right guesses on the training part",
        readers.of_frame(lambda f: f.check.train.metrics["accuracy"]),  # type: ignore[arg-type, return-value]
        write=numbers.percent,
    ),
    "validation_accuracy": Quantity(
        "share of right guesses on unseen data",
        readers.of_frame(lambda f: f.check.validation.metrics["accuracy"]),  # type: ignore[arg-type, return-value]
        write=numbers.percent,
    ),
    "x": Quantity(
        "a number of the sample in hand",
        readers.of_sample(Stage.REPRESENT, lambda s: s.x),
        indices=1,
    ),
    "target": Quantity(
        "its truth as the loss wants it", readers.of_sample(Stage.REPRESENT, lambda s: s.y[:, 0])
    ),
    "score": Quantity(
        "its (first) score", readers.of_sample(Stage.TRANSFORM, lambda s: s.scores[:, 0])
    ),
    "output_probability": Quantity(
        "p of the second class, where there is one output", readers.output_probability
    ),
    "truth_probability": Quantity("probability that its true class got", readers.truth_probability),
    "sample_loss": Quantity("its loss", readers.of_sample(Stage.LOSS, readers.sample_loss)),
    "vote": Quantity("its weight in the mean", readers.of_sample(Stage.LOSS, lambda s: s.vote)),
    "loss_share": Quantity(
        "vote × loss: what it adds to the mean",
        readers.of_sample(Stage.LOSS, lambda s: s.vote * readers.sample_loss(s)),
    ),
    "z": Quantity("sum of a unit for the sample in hand", readers.unit_sum, True, 1),
    "a": Quantity(
        "what the unit makes of it", readers.by_layer(Stage.TRANSFORM, lambda s: s.a), True, 1
    ),
    "unit_slope": Quantity("slope of the unit's activation there", readers.unit_slope, True, 1),
    "delta": Quantity(
        "slope of the sample's own loss by a unit's z",
        readers.by_layer(Stage.GRADIENTS, lambda s: s.delta),
        True,
        1,
    ),
    "share_weight": Quantity(
        "input × delta × vote: its share in a slope", readers.weight_share, True, 2
    ),
    **_families(),
}
