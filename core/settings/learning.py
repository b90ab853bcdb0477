"""How it is learned: the tables [model], [loss], [optimizer], [stop] and [[change]]."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

import pydantic

from core.registry import registry
from core.settings.base import LARGEST_COUNT, Settings
from core.settings.fields import setting

Width = Annotated[int, pydantic.Field(ge=1, le=LARGEST_COUNT)]
Positive = Annotated[float, pydantic.Field(gt=0)]


class ModelSettings(Settings):
    """[model]: what turns the input into a guess."""

    table = "model"

    family: str = setting("network", "The kind of model.", registry="families")
    hidden: tuple[Width, ...] = setting(
        (4,),
        "Units of each hidden layer; too few cannot bend enough, too many memorise and cost time.",
        unit="units",
        basic=True,
    )
    activation: str | tuple[str, ...] = setting(
        "tanh",
        "What bends each hidden layer's sums; linear everywhere leaves one straight line.",
        formula="a = f(z)",
        registry="activations",
        basic=True,
    )
    initializer: str = setting(
        "glorot_uniform",
        "How weights are drawn at first; too small starves deep layers, too large saturates them.",
        registry="initializers",
    )
    dtype: Literal["float64", "float32"] = setting(
        "float64",
        "Precision of the numbers; float32 is faster in large networks, float64 more exact.",
    )
    dropout: float = setting(
        0.0,
        "Chance that a hidden unit is silent in an update; some curbs memorising, much underfits.",
        unit="probability",
        formula="a ← a · mask / (1 − p)",
        live=True,
        ge=0,
        lt=1,
    )
    kernel: Literal["auto", "numpy", "compiled"] = setting(
        "auto", "Which code does the arithmetic; auto takes the fastest by a fixed rule."
    )


class LossSettings(Settings):
    """[loss]: how wrong a guess is."""

    table = "loss"

    name: str | None = setting(
        None,
        "Measures how wrong a guess is; changing it changes what counts as better.",
        registry="losses",
        basic=True,
        live=True,
        resolved=True,
    )
    l1: float = setting(
        0.0,
        "Pulls weights to exactly zero; too much and the model forgets its input.",
        formula="l1 · Σ|w|",
        live=True,
        ge=0,
    )
    l2: float = setting(
        0.0,
        "Keeps weights small and the boundary smooth; too much flattens everything.",
        formula="½ · l2 · Σw²",
        live=True,
        ge=0,
    )
    class_weights: tuple[Positive, ...] | None = setting(
        None,
        "How much each class counts, in the order of the classes; empty: all alike.",
        formula="Σ w ℓ / Σ w",
        live=True,
        min_length=1,
    )
    delta: float = setting(
        1.0,
        "Huber only: errors below it count squared, above it linearly; small is like mae.",
        unit="units of the target",
        formula="½ e² if |e| ≤ δ, else δ (|e| − ½ δ)",
        live=True,
        gt=0,
    )


class OptimizerSettings(Settings):
    """[optimizer]: how gradients change the parameters."""

    table = "optimizer"

    name: str = setting(
        "sgd",
        "The rule that turns a gradient into a step; a new one starts with an empty memory.",
        registry="optimizers",
        basic=True,
        live=True,
    )
    learning_rate: float | None = setting(
        None,
        "How far each update goes; too big jumps about or explodes, too small hardly learns.",
        formula="w ← w − rate · g",
        basic=True,
        live=True,
        resolved=True,
        gt=0,
    )
    batch_size: int = setting(
        10,
        "Samples behind each update; few give noisy, cheap steps, many smooth, costly ones.",
        unit="samples",
        basic=True,
        live=True,
        ge=1,
        le=LARGEST_COUNT,
    )
    shuffle: bool = setting(
        True,
        "A new order of samples each epoch; without it the order itself is learned from.",
        live=True,
    )
    momentum: float = setting(
        0.9,
        "momentum, nesterov: share of the last push that is kept; near 1 overshoots, 0 is SGD.",
        formula="v ← μ v + g",
        live=True,
        ge=0,
        lt=1,
    )
    beta1: float = setting(
        0.9,
        "adam, adamw: memory of the mean gradient; near 1 is smooth and slow to turn.",
        formula="m ← β₁ m + (1 − β₁) g",
        live=True,
        ge=0,
        lt=1,
    )
    beta2: float | None = setting(
        None,
        "rmsprop, adam, adamw: memory of the squared gradient; small makes steps erratic.",
        formula="v ← β₂ v + (1 − β₂) g²",
        live=True,
        ge=0,
        lt=1,
    )
    epsilon: float | None = setting(
        None,
        "Keeps a step finite where gradients are tiny; too big turns the method back into SGD.",
        formula="g / (√v + ε)",
        live=True,
        gt=0,
    )
    weight_decay: float = setting(
        0.01,
        "adamw: how fast every weight shrinks on its own; too much forgets, 0 is adam.",
        formula="w ← w − rate · λ w",
        live=True,
        ge=0,
    )
    clip_norm: float | None = setting(
        None,
        "Longest gradient allowed, longer ones are shortened; tiny slows learning. Empty: off.",
        formula="g ← g · min(1, c / (‖g‖ + 10⁻⁶))",
        live=True,
        gt=0,
    )
    schedule: str = setting(
        "constant",
        "How the learning rate changes over the epochs.",
        registry="schedules",
        live=True,
    )
    step_epochs: int = setting(
        30,
        "step: epochs between two cuts of the rate; too few stop learning early.",
        unit="epochs",
        live=True,
        ge=1,
        le=LARGEST_COUNT,
    )
    factor: float = setting(
        0.1,
        "step: what each cut multiplies the rate by; small ones nearly stop learning.",
        formula="rate · factor^⌊epoch / step_epochs⌋",
        live=True,
        gt=0,
        le=1,
    )
    decay: float = setting(
        0.98,
        "exponential: what each epoch multiplies the rate by; well below 1 stops early.",
        formula="rate · decay^epoch",
        live=True,
        gt=0,
        le=1,
    )
    period: int = setting(
        100,
        "cosine: epochs until the rate has come down to 0, where it stays.",
        unit="epochs",
        formula="½ rate · (1 + cos(π · epoch / period))",
        live=True,
        ge=1,
        le=LARGEST_COUNT,
    )
    warmup_epochs: int = setting(
        5,
        "warmup: epochs in which the rate grows to its full size; helps where starts explode.",
        unit="epochs",
        live=True,
        ge=1,
        le=LARGEST_COUNT,
    )

    @cached_property
    def effective_beta2(self) -> float:
        """`beta2`, or the optimizer's own default."""
        return registry("optimizers")[self.name].beta2 if self.beta2 is None else self.beta2

    @cached_property
    def effective_epsilon(self) -> float:
        """`epsilon`, or the optimizer's own default."""
        return registry("optimizers")[self.name].epsilon if self.epsilon is None else self.epsilon


class StopSettings(Settings):
    """[stop]: when a run ends by itself."""

    table = "stop"

    epochs: int | None = setting(
        None,
        "Ends after so many passes over the training part; too many may memorise.",
        unit="epochs",
        basic=True,
        live=True,
        resolved=True,
        ge=0,
        le=LARGEST_COUNT,
    )
    updates: int | None = setting(
        None,
        "Ends after so many updates, in place of a count of epochs.",
        unit="updates",
        live=True,
        ge=0,
        le=LARGEST_COUNT,
    )
    target_loss: float | None = setting(
        None, "Ends once the validation loss is this low. Empty: off.", live=True
    )
    target_metric: float | None = setting(
        None, "Ends once the validation metric is this good. Empty: off.", live=True
    )
    patience: int | None = setting(
        None,
        "Ends after so many checks without a better validation loss; few give up early.",
        unit="checks",
        live=True,
        ge=1,
        le=LARGEST_COUNT,
    )


class Change(Settings):
    """[[change]]: an event of a live run; it has an update N and holds from turn N + 1.

    A missing value sets an optional setting back to none.
    """

    table = "change"

    update: int = setting(
        ..., "The number of updates that were done before it.", unit="updates", ge=0, le=10**15
    )
    field: str = setting(..., "The path of a live setting, or weight_0[1,3] or bias_0[3].")
    value: Any = None
