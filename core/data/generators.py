"""Generated data on the square [-1, 1] x [-1, 1] or the interval [-1, 1].

A sampler draws the noiseless samples first and one array of standard normal numbers after them,
so that another noise moves the same points. Noise is added after labelling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.data.source import Each, Progress, Source
from core.seeds import stream

Samples = tuple[np.ndarray, np.ndarray]
Sampler = Callable[[int, np.random.Generator, float, int], Samples]
GAP = 0.12  # between a curve and the points about it, along x2


@dataclass(frozen=True, kw_only=True)
class Generator(Source):
    """A source whose samples are independent draws of a known law.

    Parameters
    ----------
    sample : callable
        ``sample(n, rng, noise, classes) -> (inputs (n, d), target (n,))``.
    class_names : tuple of str
        One name each, or one pattern with ``{}`` for the number from 1.
    """

    sample: Sampler
    class_names: tuple[str, ...] = ()
    generated: bool = True
    noise: float | None = 0.1
    inputs: tuple[str, ...] = ("x1", "x2")

    def names(self, classes: int) -> tuple[str, ...]:
        """The class names for so many classes."""
        if len(self.class_names) == 1:
            return tuple(self.class_names[0].format(i + 1) for i in range(classes))
        return self.class_names

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        count = 500 if settings.samples is None else int(settings.samples)
        noise = self.noise if settings.noise is None else settings.noise
        classes = self.class_count(settings)
        inputs, target = self.sample(count, stream(seed, "data"), float(noise or 0.0), classes)
        return Dataset(
            name=self.name,
            task=self.task or "classification",
            description=self.explanation,
            columns=tuple(Column(name) for name in self.inputs),
            inputs=inputs,
            target=target,
            target_name="y" if self.task == "regression" else "class",
            class_names=self.names(classes),
            generated=True,
        )


def _moved(points: np.ndarray, rng: np.random.Generator, noise: float) -> np.ndarray:
    return points + noise * rng.standard_normal(points.shape)


def two_gaussians(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Two round clouds of standard deviation 0.2 about (-0.45, -0.45) and (0.45, 0.45)."""
    target = rng.integers(0, 2, n)
    points = (0.9 * target - 0.45)[:, None] + 0.2 * rng.standard_normal((n, 2))
    return _moved(points, rng, noise), target


def circle(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """A disc of radius 0.4 inside a ring from 0.8 to 1, each filled evenly."""
    target = rng.integers(0, 2, n)
    low, high = np.where(target == 1, 0.0, 0.8), np.where(target == 1, 0.4, 1.0)
    radius = np.sqrt(low**2 + (high**2 - low**2) * rng.random(n))
    angle = 2 * np.pi * rng.random(n)
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _moved(points, rng, noise), target


def xor(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Four squares, 0.15 away from the axes."""
    sign = 2 * rng.integers(0, 2, (n, 2)) - 1
    points = sign * (0.15 + 0.85 * rng.random((n, 2)))
    return _moved(points, rng, noise), (sign[:, 0] != sign[:, 1]).astype(np.int64)


def spiral(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Arms from radius 0.2 to 1; more arms turn less, so that the gaps stay as wide."""
    target = rng.integers(0, classes, n)
    radius = np.sqrt(0.04 + 0.96 * rng.random(n))
    turns = 2.8 / classes * (radius - 0.2) / 0.8
    angle = 2 * np.pi * (turns + target / classes)
    points = radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return _moved(points, rng, noise), target


def moons(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Two interleaved half circles of radius 2/3."""
    target = rng.integers(0, 2, n)
    angle = np.pi * rng.random(n)
    side = 1 - 2 * target
    points = np.column_stack([side * np.cos(angle) - 0.5 * side, side * np.sin(angle) - side / 4])
    return _moved(points / 1.5, rng, noise), target


def blobs(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Round clouds on a circle of radius 0.75, as wide as their number leaves room for."""
    target = rng.integers(0, classes, n)
    angle = 2 * np.pi * target / classes
    centre = 0.75 * np.column_stack([np.sin(angle), np.cos(angle)])
    spread = 0.15 * 1.5 * np.sin(np.pi / classes)
    return _moved(centre + spread * rng.standard_normal((n, 2)), rng, noise), target


def checkerboard(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
    """Four by four squares 0.5 wide, with 0.06 left free along each edge."""
    cell = rng.integers(0, 4, (n, 2))
    points = -1 + 0.5 * cell + 0.06 + 0.38 * rng.random((n, 2))
    return _moved(points, rng, noise), (cell.sum(axis=1) % 2).astype(np.int64)


def _about_a_curve(curve: Callable[[np.ndarray], np.ndarray]) -> Sampler:
    """Points above (class 1) or below (class 0) `curve`, at least `GAP` away from it."""

    def sample(n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
        target = rng.integers(0, 2, n)
        x = rng.uniform(-1, 1, n)
        y = curve(x)
        share = rng.random(n)
        above, below = y + GAP + (1 - y - GAP) * share, y - GAP - (1 + y - GAP) * share
        points = np.column_stack([x, np.where(target == 1, above, below)])
        return _moved(points, rng, noise), target

    return sample


CURVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine_boundary": lambda x: 0.5 * np.sin(np.pi * x),
    "cubic_boundary": lambda x: 1.6 * x**3 - x,
    "v_boundary": lambda x: 1.2 * np.abs(x) - 0.6,
}


_BUMPS = np.array(  # x1, x2, height
    [
        (-0.6, 0.6, 0.9),
        (0.0, 0.5, -0.9),
        (0.6, 0.6, 0.9),
        (-0.6, -0.6, -0.9),
        (0.0, -0.5, 0.9),
        (0.6, -0.6, -0.9),
    ]
)


def _bumps(x: np.ndarray) -> np.ndarray:
    distance = ((x[:, None, :] - _BUMPS[None, :, :2]) ** 2).sum(axis=2)
    return np.exp(-distance / (2 * 0.25**2)) @ _BUMPS[:, 2]


@dataclass(frozen=True)
class Function:
    """Even inputs in [-1, 1]; the target is `law` of them plus noise."""

    law: Callable[[np.ndarray], np.ndarray]
    inputs: int

    def __call__(self, n: int, rng: np.random.Generator, noise: float, classes: int) -> Samples:
        x = rng.uniform(-1, 1, (n, self.inputs))
        return x, self.law(x) + noise * rng.standard_normal(n)


def _settings(
    hidden: list[int], activation: str, optimizer: str, rate: float, batch: int, epochs: int
) -> dict[str, Any]:
    return {
        "model.hidden": hidden,
        "model.activation": activation,
        "optimizer.name": optimizer,
        "optimizer.learning_rate": rate,
        "optimizer.batch_size": batch,
        "stop.epochs": epochs,
    }


_FOUR_TANH = _settings([4], "tanh", "sgd", 0.3, 10, 100)
_CURVE = _settings([8], "tanh", "adam", 0.01, 10, 100)
_CLASSES = "classification"
_NUMBERS = "regression"

GENERATORS = (
    Generator(
        name="circle",
        label="Circle",
        explanation="Predicts whether a point lies on the inner disc or on the ring around it, "
        "from its coordinates x1 and x2.",
        formula="inner: r ≤ 0.4; ring: 0.8 ≤ r ≤ 1",
        basic=True,
        task=_CLASSES,
        classes=2,
        class_names=("ring", "inner"),
        sample=circle,
        suggested=_FOUR_TANH,
    ),
    Generator(
        name="two_gaussians",
        label="Two Gaussians",
        explanation="Predicts which of two round clouds a point belongs to, "
        "from its coordinates x1 and x2.",
        formula="x ~ N(±(0.45, 0.45), 0.2²)",
        basic=True,
        task=_CLASSES,
        classes=2,
        class_names=("lower left", "upper right"),
        sample=two_gaussians,
        suggested=_settings([], "tanh", "sgd", 0.3, 10, 20),
    ),
    Generator(
        name="xor",
        label="Exclusive or",
        explanation="Predicts whether x1 and x2 have the same sign or different signs, "
        "from the two coordinates.",
        formula="class = [sign(x1) ≠ sign(x2)]",
        basic=True,
        task=_CLASSES,
        classes=2,
        class_names=("same sign", "different signs"),
        sample=xor,
        suggested=_settings([4], "tanh", "sgd", 0.3, 10, 100),
    ),
    Generator(
        name="spiral",
        label="Spiral",
        explanation="Predicts which arm of a spiral a point lies on, "
        "from its coordinates x1 and x2.",
        formula="angle = 2π (2.8/k · (r - 0.2)/0.8 + class/k), k arms",
        basic=True,
        task=_CLASSES,
        noise=0.04,
        classes=2,
        option="arms",
        option_bounds=(2, 5),
        class_names=("arm {}",),
        sample=spiral,
        suggested=_settings([32, 32], "tanh", "adam", 0.01, 20, 150),
    ),
    Generator(
        name="moons",
        label="Moons",
        explanation="Predicts which of two interleaved half moons a point lies on, "
        "from its coordinates x1 and x2.",
        formula="half circles of radius 2/3 about (-1/3, -1/6) and (1/3, 1/6)",
        task=_CLASSES,
        classes=2,
        class_names=("upper moon", "lower moon"),
        sample=moons,
        suggested=_settings([8, 8], "tanh", "adam", 0.01, 10, 100),
    ),
    Generator(
        name="blobs",
        label="Blobs",
        explanation="Predicts which of several round clouds a point belongs to, "
        "from its coordinates x1 and x2.",
        formula="x ~ N(0.75 (sin, cos)(2π class/k), (0.225 sin(π/k))²), k clouds",
        basic=True,
        task=_CLASSES,
        noise=0.05,
        classes=3,
        option="classes",
        option_bounds=(2, 10),
        class_names=("blob {}",),
        sample=blobs,
        suggested=_settings([8], "tanh", "adam", 0.01, 10, 100),
    ),
    Generator(
        name="checkerboard",
        label="Checkerboard",
        explanation="Predicts the colour of the square of a 4 x 4 board that a point lies on, "
        "from its coordinates x1 and x2.",
        formula="class = (⌊2 (x1 + 1)⌋ + ⌊2 (x2 + 1)⌋) mod 2",
        task=_CLASSES,
        noise=0.04,
        classes=2,
        class_names=("dark", "light"),
        sample=checkerboard,
        suggested={"data.samples": 2000} | _settings([32, 32], "relu", "adam", 0.01, 20, 100),
    ),
    Generator(
        name="sine_boundary",
        label="Above a sine",
        explanation="Predicts whether a point lies above or below a sine curve, "
        "from its coordinates x1 and x2.",
        formula="class = [x2 > 0.5 sin(π x1)]",
        task=_CLASSES,
        noise=0.05,
        classes=2,
        class_names=("below", "above"),
        sample=_about_a_curve(CURVES["sine_boundary"]),
        suggested=_CURVE,
    ),
    Generator(
        name="cubic_boundary",
        label="Above a cubic",
        explanation="Predicts whether a point lies above or below a cubic curve, "
        "from its coordinates x1 and x2.",
        formula="class = [x2 > 1.6 x1³ - x1]",
        task=_CLASSES,
        noise=0.05,
        classes=2,
        class_names=("below", "above"),
        sample=_about_a_curve(CURVES["cubic_boundary"]),
        suggested=_CURVE,
    ),
    Generator(
        name="v_boundary",
        label="Above a V",
        explanation="Predicts whether a point lies above or below a V, "
        "from its coordinates x1 and x2.",
        formula="class = [x2 > 1.2 |x1| - 0.6]",
        task=_CLASSES,
        noise=0.05,
        classes=2,
        class_names=("below", "above"),
        sample=_about_a_curve(CURVES["v_boundary"]),
        suggested=_CURVE,
    ),
    Generator(
        name="plane",
        label="Plane",
        explanation="Predicts the height y of a tilted plane from the coordinates x1 and x2.",
        formula="y = 0.6 x1 + 0.4 x2",
        basic=True,
        task=_NUMBERS,
        sample=Function(lambda x: x @ np.array([0.6, 0.4]), 2),
        suggested=_settings([], "linear", "sgd", 0.03, 10, 30),
    ),
    Generator(
        name="gaussian_bumps",
        label="Gaussian bumps",
        explanation="Predicts the height y of a landscape of three hills and three hollows "
        "from the coordinates x1 and x2.",
        formula="y = Σ ±0.9 exp(-|x - centre|² / (2 · 0.25²))",
        task=_NUMBERS,
        noise=0.05,
        sample=Function(_bumps, 2),
        suggested={"data.samples": 1000} | _settings([16, 16], "tanh", "adam", 0.01, 20, 100),
    ),
    Generator(
        name="sine",
        label="Sine",
        explanation="Predicts the height y of a sine curve from one number x.",
        formula="y = sin(2π x)",
        basic=True,
        task=_NUMBERS,
        inputs=("x1",),
        sample=Function(lambda x: np.sin(2 * np.pi * x[:, 0]), 1),
        suggested=_settings([16, 16], "tanh", "adam", 0.01, 10, 100),
    ),
    Generator(
        name="cubic",
        label="Cubic",
        explanation="Predicts the height y of a cubic curve from one number x.",
        formula="y = 2 x³ - x",
        task=_NUMBERS,
        noise=0.05,
        inputs=("x1",),
        sample=Function(lambda x: 2 * x[:, 0] ** 3 - x[:, 0], 1),
        suggested=_settings([8], "tanh", "adam", 0.01, 10, 100),
    ),
    Generator(
        name="step",
        label="Step",
        explanation="Predicts the height y of a step at 0 from one number x.",
        formula="y = 0.6 sign(x)",
        task=_NUMBERS,
        inputs=("x1",),
        sample=Function(lambda x: 0.6 * np.sign(x[:, 0]), 1),
        suggested=_settings([8], "tanh", "adam", 0.01, 10, 100),
    ),
)
