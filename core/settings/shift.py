"""The table [data.shift]: how a copy of the test part differs from what was trained on."""

from __future__ import annotations

from typing import Annotated

import pydantic
from pydantic import field_validator

from core.errors import InputError
from core.settings.base import Settings
from core.settings.fields import setting

Spreads = Annotated[float, pydantic.Field(ge=-100, le=100)]
Share = Annotated[float, pydantic.Field(ge=0)]


class ShiftSettings(Settings):
    """[data.shift]: what is done to the test part; nothing by default.

    Three kinds of shift are kept apart. *Covariate* shift changes which inputs come: `move`,
    `turn`, `scale` and `noise`. *Label* shift changes how often each class comes:
    `class_shares`. *Concept* shift changes what belongs to an input: `concept` and
    `label_flips`. A spread is a column's standard deviation in the training part.
    """

    table = "data.shift"

    move: tuple[Spreads, ...] = setting(
        (0.0,),
        "How far the number columns move: one number for all, or one for each.",
        unit="spreads of the column",
        formula="x + move · spread",
        min_length=1,
    )
    turn: float = setting(
        0.0,
        "Turns the number columns about their mean, the first with the second and so on.",
        unit="degrees",
        ge=-360,
        le=360,
    )
    scale: float = setting(
        1.0,
        "Stretches the number columns about their mean; below 1 it draws them together.",
        unit="times",
        formula="mean + scale · (x − mean)",
        gt=0,
        le=100,
    )
    noise: float = setting(
        0.0,
        "Adds Gaussian noise to the number columns.",
        unit="spreads of the column",
        formula="x + noise · spread · N(0, 1)",
        ge=0,
        le=100,
    )
    class_shares: tuple[Share, ...] | None = setting(
        None,
        "How often each class comes, in any unit; rows are repeated and left out for it.",
        min_length=2,
    )
    label_flips: float = setting(
        0.0,
        "Share of the labels replaced by another class.",
        unit="share of the test part",
        ge=0,
        le=1,
    )
    concept: float = setting(
        0.0,
        "Share of the samples, on one side of a line, whose class becomes the next one;"
        " numbers are mirrored about their mean.",
        unit="share of the test part",
        ge=0,
        le=1,
    )
    concept_angle: float = setting(
        0.0,
        "Towards which side that is, from the first number column towards the second.",
        unit="degrees",
        ge=-360,
        le=360,
    )

    @field_validator("class_shares")
    @classmethod
    def _not_all_zero(cls, value: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if value is not None and not sum(value) > 0:
            raise InputError("no class is left", value=list(value), allowed="one share above 0")
        return value

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of ``"covariate"``, ``"label"`` and ``"concept"`` it is; none changes nothing."""
        covariate = any(self.move) or self.turn or self.scale != 1 or self.noise
        label = self.class_shares is not None
        concept = self.concept or self.label_flips
        found = {"covariate": covariate, "label": label, "concept": concept}
        return tuple(kind for kind, is_so in found.items() if is_so)
