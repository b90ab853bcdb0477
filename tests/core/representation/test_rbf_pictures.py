"""Radial basis functions and pictures, by hand; planes and objects that are in no data set."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.representation.planes import feature_planes
from core.representation.rbf import farthest_first
from tests.core.representation.data import TEXTS, TRAIN, fit, numbers, pictures, table


def test_farthest_first_by_hand():
    x = np.array([[0.0, 0], [4, 0], [0, 3], [1, 1], [4, 0]])
    found = farthest_first(x, 4)
    assert found[0].tolist() == x.mean(axis=0).tolist()
    assert found[1:].tolist() == [[0, 3], [4, 0], [0, 0]]
    assert len(farthest_first(x, 9)) == 5  # the mean and the four different rows


@pytest.mark.parametrize("width", [None, 0.7])
def test_nearness_by_hand(width):
    data = numbers()
    plain = fit(data).transform(data.inputs)
    made = fit(data, rbf=6, rbf_width=width)
    assert made.feature_names == ("n1", "n2", "n3", *(f"rbf {at}" for at in range(1, 7)))
    centers = farthest_first(plain[TRAIN], 6)
    if width is None:
        apart = np.linalg.norm(centers[:, None] - centers, axis=2)
        width = np.sort(apart, axis=1)[:, 1].mean()
    squares = ((plain[:, None] - centers) ** 2).sum(axis=2)
    near = np.exp(-squares / (2 * width**2))
    wanted = (near - near[TRAIN].mean(axis=0)) / near[TRAIN].std(axis=0)
    assert np.allclose(made.transform(data.inputs)[:, 3:], wanted, rtol=1e-10, atol=1e-10)
    assert f"(2 {width:.4g}^2)" in made.features[3].formula
    assert made.features[3].columns == ("n1", "n2", "n3")


def test_one_centre_is_the_mean():
    data = numbers()
    made = fit(data, rbf=1, scaling="none")
    squares = ((data.inputs - data.inputs[TRAIN].mean(axis=0)) ** 2).sum(axis=1)
    assert np.allclose(made.transform(data.inputs)[:, 3], np.exp(-squares / 2), rtol=1e-12)


# -- pictures -----------------------------------------------------------------------------------

H, W = 4, 6


def blocks(p):
    return [p[r : r + 2, c : c + 2].mean() for r in range(0, H, 2) for c in range(0, W, 2)]


BY_HAND = {
    "sums": lambda p: [*p.sum(axis=1), *p.sum(axis=0)],
    "downsampled": blocks,
    "edges": lambda p: [
        *(abs(p[r, c] - p[r, c + 1]) for r in range(H) for c in range(W - 1)),
        *(abs(p[r, c] - p[r + 1, c]) for r in range(H - 1) for c in range(W)),
    ],
    "ink": lambda p: [p.mean()],
}


@pytest.mark.parametrize("kind", BY_HAND)
def test_pictures_by_hand(kind):
    data = pictures(H, W)
    made = fit(data, picture=kind, scaling="none")
    wanted = np.array([BY_HAND[kind](row.reshape(H, W)) for row in data.inputs])
    assert np.allclose(made.transform(data.inputs), wanted, rtol=1e-12, atol=1e-12)
    scaled = fit(data, picture=kind).transform(data.inputs)
    stats = wanted[TRAIN].mean(axis=0), wanted[TRAIN].std(axis=0)
    assert np.allclose(scaled, (wanted - stats[0]) / stats[1], rtol=1e-9, atol=1e-9)
    assert len(set(made.feature_names)) == wanted.shape[1]


def test_a_picture_says_which_dots_a_number_is_made_of():
    data = pictures(3, 3)
    made = fit(data, picture="downsampled", scaling="none")
    assert made.feature_names == ("block 1, 1", "block 1, 2", "block 2, 1", "block 2, 2")
    assert made.features[1].columns == ("r0 c2", "r1 c2")
    assert made.features[3].columns == ("r2 c2",)
    assert made.transform(data.inputs)[:, 3].tolist() == data.inputs[:, 8].tolist()
    edges = fit(data, picture="edges").features
    assert [f.columns for f in edges if f.name == "edge 2, 3 down"] == [("r1 c2", "r2 c2")]


def test_shuffled_dots_are_all_there_in_a_disorder_that_the_seed_fixes():
    data = pictures()
    plain, made = fit(data), fit(data, picture="shuffled", seed=3)
    order = [plain.feature_names.index(name) for name in made.feature_names]
    assert sorted(order) == list(range(24))
    assert order != list(range(24))
    x = plain.transform(data.inputs)
    assert np.array_equal(made.transform(data.inputs), x[:, order])
    assert fit(data, picture="shuffled", seed=3).feature_names == made.feature_names
    assert fit(data, picture="shuffled", seed=4).feature_names != made.feature_names


# -- objects in no data set, and planes ---------------------------------------------------------


def test_what_a_person_draws_clicks_or_types():
    data = table()
    made = fit(data, degree=2)
    row = data.inputs[7]
    given = [row[0], row[1], "blue", row[3], None, TEXTS[2]]
    codes = np.array([[row[0], row[1], 2, row[3], -1, 2]])
    assert np.array_equal(made.apply([given]), made.transform(codes))
    assert np.array_equal(made.apply(codes), made.transform(codes))
    new = made.apply([[None, 1, "violet", 2.0, "round", "free money at noon"]])
    at = {name: place for place, name in enumerate(made.feature_names)}
    assert new[0, at["a"]] == pytest.approx((made.fill[0] - made.stats.center[0]) /
                                            made.stats.width[0], abs=1e-15)  # fmt: skip
    assert not any(new[0, place] for name, place in at.items() if name.startswith("colour"))
    assert new[0, at["shape = round"]] == 1
    assert new[0, at["note: noon"]] > 0
    assert new[0, at["note: you"]] == 0
    several = made.apply([given, [None, 1, "violet", 2.0, "round", "free money at noon"]])
    assert np.array_equal(several[1:], new)


def test_a_drawn_picture():
    data = pictures()
    made = fit(data, picture="edges", components=3)
    drawn = data.inputs[3].reshape(4, 6)
    assert np.array_equal(made.apply(drawn[None]), made.transform(data.inputs[3:4]))


@pytest.mark.parametrize(
    ("row", "words"),
    [([1, 2], "a value for each column"), (["x", 1, 0, 1, 0, ""], "a is a number")],
)
def test_objects_that_cannot_be(row, words):
    with pytest.raises(InputError, match=words):
        fit(table()).apply([row])


def test_the_features_over_a_plane():
    data = table()
    made = fit(data, features=("a", "a*b", "c d", "colour"), rbf=2)
    planes = feature_planes(made, data, (0, 1), (0.0, 4.0, -1.0, 1.0), 8)
    assert planes.shape == (len(made.features), 8, 8)
    point = np.full((1, 6), np.nan)
    point[0, :2] = 0.0 + 4.0 * 5.5 / 8, -1.0 + 2.0 * 2.5 / 8
    assert np.allclose(planes[:, 2, 5], made.transform(point)[0], rtol=1e-12, atol=1e-15)
    assert (np.diff(planes[0], axis=0) == 0).all()
    assert (np.diff(planes[0], axis=1) > 0).all()
    assert (planes[2] == planes[2, 0, 0]).all()
    with pytest.raises(InputError, match="not a column of numbers"):
        feature_planes(made, data, (0, 2), (0, 1, 0, 1), 4)
