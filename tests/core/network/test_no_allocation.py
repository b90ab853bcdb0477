"""The fast gear works in buffers that were made before: its loop allocates no array."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from core.losses import LOSSES
from core.network.activations import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from tests.core.network.building import drawn, loop_on

BATCH, WIDTH = 400, 300
SMALLEST = 8 * BATCH * WIDTH  # bytes of a layer's activations
# numpy casts in buffers of at most 8,192 numbers.
CASTS = 3 * 8 * 8192


def peak(**settings: Any) -> int:
    """Most bytes held at once, over what was there, while updates run."""
    loss = LOSSES[settings["loss__name"]]
    loop = loop_on(
        drawn(2 * BATCH, 20, 3 if loss.for_classes else 0),
        model__hidden=[WIDTH, WIDTH],
        optimizer__batch_size=BATCH,
        optimizer__learning_rate=1e-4,
        evaluation__validation_fraction=0,
        evaluation__test_fraction=0,
        model__kernel="numpy",
        **settings,
    )
    loop.run(5)
    rows, block = loop.problem.parts.train, np.zeros((2, loop.learner.layout.layers + 2))
    with np.errstate(all="ignore"):
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            assert loop.learner.run(rows, 0, 0, block, lambda: False) == 2
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("activation", ACTIVATIONS.names)
def test_activations(activation: str) -> None:
    assert peak(loss__name="mse", model__activation=activation) < CASTS < SMALLEST / 4


@pytest.mark.parametrize("loss", LOSSES.names)
def test_losses(loss: str) -> None:
    assert peak(loss__name=loss) < CASTS


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names)
def test_optimizers(optimizer: str) -> None:
    assert peak(loss__name="mse", optimizer__name=optimizer) < CASTS


def test_everything_beside() -> None:
    found = peak(
        loss__name="cross_entropy",
        loss__l1=0.1,
        loss__l2=0.1,
        loss__class_weights=[1.0, 2.0, 3.0],
        optimizer__clip_norm=0.1,
        model__dropout=0.2,
    )
    assert found < CASTS
