"""An object that is in no data set: represented and answered as one that is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.handwriting import as_picture
from core.errors import InputError
from core.experiment import Experiment
from core.explain.trial import try_object
from core.loop import LearningLoop
from core.metrics import predicted_classes


def trained(source: str, updates: int = 60, **data: object) -> LearningLoop:
    loop = LearningLoop(Experiment().with_source(source, **data)[0])
    loop.run(updates)
    return loop


@pytest.mark.parametrize("source", ["circle", "iris", "diabetes", "digits"])
def test_a_sample_of_the_data_is_answered_as_it_is_there(source: str) -> None:
    loop = trained(source)
    problem = loop.problem
    for row in (0, 17, 99):
        found = try_object(loop, problem.dataset.inputs[row].tolist())
        assert np.allclose(found.x, problem.x[row, :-1], rtol=0, atol=1e-12)
        scores = loop.learner.scores(problem.x[row : row + 1, :-1])
        assert np.allclose(found.scores, scores[0], rtol=0, atol=1e-12)
        if problem.classes:
            assert found.guess == predicted_classes(scores)[0]
            assert found.shares.sum() == pytest.approx(1.0)
        else:
            assert found.shares is None
            expected = problem.representation.inverse_target(scores[:, 0])[0]
            assert found.guess == pytest.approx(expected, abs=1e-12)


def test_categories_by_name_and_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    lines = [f"{20 + k},{'red' if k % 3 else 'blue'},{'no' if k % 2 else 'yes'}" for k in range(60)]
    path.write_text("age,colour,answer\n" + "\n".join(lines))
    loop = trained("csv", path=str(path))
    named = try_object(
        loop,
        (
            31.0,
            "red",
        ),
    )
    assert named.values == (31.0, "red")
    names = loop.problem.representation.feature_names
    assert named.x[names.index("colour = red")] == 1.0
    assert named.x[names.index("colour = blue")] == 0.0
    missing = try_object(loop, (None, None))
    assert np.isfinite(missing.x).all()
    with pytest.raises(InputError):
        try_object(loop, (31.0,))
    with pytest.raises(InputError):
        try_object(loop, ("thirty", "red"))


def test_what_is_drawn_fills_the_height_whatever_its_size_and_place() -> None:
    ink = np.zeros((96, 96), bool)
    ink[30:54, 40:44] = True
    small = as_picture(ink)
    assert small.shape == (8, 8)
    assert np.array_equal(small, np.rint(small))
    assert small.max() <= 16
    # An upright stroke, 4 of 24 wide: on all rows, in the middle.
    assert (small.sum(axis=1) > 0).all()
    assert np.flatnonzero(small.sum(axis=0)).tolist() == [3, 4]
    moved = np.zeros((96, 96), bool)
    moved[0:48, 10:18] = True
    assert np.array_equal(as_picture(moved), small)
    assert np.array_equal(as_picture(np.zeros((96, 96), bool)), np.zeros((8, 8)))
    assert np.array_equal(as_picture(np.ones((96, 96), bool)), np.full((8, 8), 16.0))


def test_a_model_of_the_source_reads_what_is_drawn() -> None:
    """The source's pictures as ink, drawn smaller and elsewhere on the pad."""
    loop = LearningLoop(Experiment().with_source("digits")[0].suggested("digits"))
    loop.run(1500)
    problem = loop.problem
    rng, order = np.random.default_rng(0), np.arange(16).reshape(4, 4)
    rows = problem.rows("validation")[:200]
    right = 0
    for row in rows:
        picture = np.asarray(problem.dataset.inputs[row]).reshape(8, 8)
        dither = rng.permuted(order.ravel()).reshape(4, 4)
        ink = (picture[:, None, :, None] > dither[None, :, None, :]).reshape(32, 32)
        pad = np.zeros((96, 96), bool)
        top, left = rng.integers(0, 32, 2)
        pad[top : top + 64, left : left + 64] = ink.repeat(2, axis=0).repeat(2, axis=1)
        found = try_object(loop, as_picture(pad).ravel().tolist())
        right += found.guess == problem.dataset.target[row]
    assert right / len(rows) > 0.85
