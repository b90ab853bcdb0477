"""Representation: fitted on training rows alone, checked against scikit-learn and by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.data import Column, Dataset
from core.errors import InputError
from core.representation import SCALINGS, Representation, object_view
from core.settings.problem import RepresentationSettings

TRAIN = np.arange(30)


def wanted(**values):
    """Settings that need not be valid by themselves."""
    return SimpleNamespace(**{**RepresentationSettings().model_dump(), **values})


def mixed(missing="mean"):
    """40 rows of width, colour, constant, height; the first 30 are for training."""
    rng = np.random.default_rng(0)
    inputs = np.column_stack(
        [rng.normal(50, 9, 40), rng.integers(0, 3, 40), np.full(40, 3.3), rng.normal(0, 1e-3, 40)]
    )
    inputs[:30, 1] %= 2  # the third colour occurs in no training row
    inputs[35, 1] = 2
    return Dataset(
        name="mixed",
        task="regression",
        description="Predicts y from four columns.",
        columns=(
            Column("width", unit="cm"),
            Column("colour", "category", ("red", "green", "blue")),
            Column("constant"),
            Column("height"),
        ),
        inputs=inputs,
        target=rng.normal(100, 20, 40),
        missing=missing,
    )


@pytest.mark.parametrize("name", SCALINGS.names)
def test_scalings_agree_with_scikit_learn_and_come_back(name):
    from sklearn import preprocessing

    reference = {
        "standard": preprocessing.StandardScaler(),
        "minmax": preprocessing.MinMaxScaler(),
        "robust": preprocessing.RobustScaler(),
    }.get(name)
    x = np.random.default_rng(1).normal([1e6, 0, 5], [1, 1e-3, 0], (200, 3))
    fitted = SCALINGS[name].fit(x)
    scaled = fitted.transform(x)
    expected = x if reference is None else reference.fit_transform(x)
    assert np.allclose(scaled, expected, rtol=1e-9, atol=1e-9)
    assert np.allclose(fitted.inverse(scaled), x, rtol=1e-12)


@pytest.mark.parametrize("name", SCALINGS.names)
@pytest.mark.parametrize(
    "column", [[7.0] * 6, [0.1] * 6, [0.0] * 6, [-1e100, 1e100, 0, 1, 2, 3], [1e-300, 0] * 3]
)
def test_no_column_divides_by_zero_or_overflows(name, column):
    scaled = SCALINGS[name].fit(np.array(column)[:, None]).transform(np.array(column)[:, None])
    assert np.isfinite(scaled).all()
    if name not in ("none",) and len(set(column)) == 1:
        assert (np.abs(scaled) < 1e-12).all()


@pytest.mark.parametrize("scaling", SCALINGS.names)
@pytest.mark.parametrize("missing", ["mean", "median"])
def test_only_training_rows_are_looked_at(scaling, missing):
    data = mixed(missing)
    inputs, target = data.inputs.copy(), data.target.copy()
    inputs[3, 0] = np.nan
    first = replace(data, inputs=inputs.copy(), true_target=data.target)
    inputs[30:], target[30:] = np.nan, 1e9
    inputs[31:] = 1e6
    inputs[30:, 1] = 1
    second = replace(data, inputs=inputs, target=target, true_target=target)
    one = Representation.fit(first, TRAIN, wanted(scaling=scaling))
    two = Representation.fit(second, TRAIN, wanted(scaling=scaling))
    assert one.features == two.features
    for left, right in (
        (one.stats.center, two.stats.center),
        (one.stats.width, two.stats.width),
        (one.fill, two.fill),
        (one.target_stats.center, two.target_stats.center),
        (one.target_stats.width, two.target_stats.width),
    ):
        assert np.array_equal(left, right)


def test_columns_become_features_in_order():
    data = mixed()
    fitted = Representation.fit(data, TRAIN, wanted())
    assert fitted.feature_names == ("width", "colour = red", "colour = green", "constant", "height")
    assert fitted.feature_origin == ("width", "colour", "colour", "constant", "height")
    x = fitted.transform(data.inputs)
    assert x.shape == (40, 5)
    assert x.flags.c_contiguous
    assert np.allclose(x[TRAIN].mean(axis=0)[[0, 3, 4]], 0, atol=1e-12)
    assert np.allclose(x[TRAIN].std(axis=0)[[0, 3, 4]], [1, 0, 1])
    red = data.inputs[:, 1] == 0
    assert (x[:, 1] == red).all()
    assert (x[35, 1:3] == 0).all()  # blue: unknown to the training part


def test_features_choose_and_order_columns():
    data = mixed()
    fitted = Representation.fit(data, TRAIN, wanted(features=["height", "width"], scaling="none"))
    assert fitted.columns == ("height", "width")
    assert (fitted.transform(data.inputs) == data.inputs[:, [3, 0]]).all()


@pytest.mark.parametrize(("missing", "expected"), [("mean", 4.0), ("median", 1.5)])
def test_missing_numbers_are_filled_from_the_training_part(missing, expected):
    values = np.array([[1.0], [2.0], [1.0], [12.0], [np.nan], [np.nan], [500.0]])
    data = Dataset("t", "regression", "", (Column("a"),), values, np.arange(7.0), missing=missing)
    fitted = Representation.fit(data, np.arange(5), wanted(scaling="none"))
    assert fitted.fill.tolist() == [expected]
    assert fitted.transform(values)[4:].ravel().tolist() == [expected, expected, 500.0]
    standard = Representation.fit(data, np.arange(5), wanted())
    gap, filled = standard.transform(np.array([[np.nan], [expected]])).ravel()
    assert gap == filled


def test_a_column_without_any_value_and_missing_categories():
    values = np.array([[np.nan, -1.0], [np.nan, 0], [np.nan, 1], [7.0, np.nan]])
    columns = (Column("a"), Column("b", "category", ("p", "q")))
    data = Dataset("t", "regression", "", columns, values, np.arange(4.0))
    x = Representation.fit(data, np.arange(3), wanted()).transform(values)
    assert x.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 1], [7, 0, 0]]


@pytest.mark.parametrize(
    ("features", "value"), [(["widht"], "widht"), (["width", "width"], "width"), ([], [])]
)
def test_features_that_cannot_be(features, value):
    with pytest.raises(InputError) as caught:
        Representation.fit(mixed(), TRAIN, wanted(features=features))
    assert caught.value.field == "representation.features"
    assert caught.value.value == value
    if value == "widht":
        assert "did you mean 'width'" in str(caught.value)


def test_the_target_is_scaled_and_comes_back():
    data = mixed()
    fitted = Representation.fit(data, TRAIN, wanted())
    scaled = fitted.transform_target(data.target)
    assert scaled[TRAIN].mean() == pytest.approx(0, abs=1e-12)
    assert scaled[TRAIN].std() == pytest.approx(1)
    assert np.allclose(fitted.inverse_target(scaled), data.target)
    assert fitted.inverse_target(np.zeros((4, 1))).shape == (4, 1)
    generated = replace(data, generated=True)
    assert Representation.fit(generated, TRAIN, wanted()).target_scaling == "none"
    asked = Representation.fit(generated, TRAIN, wanted(target_scaling="standard"))
    assert asked.target_stats.center[0] == pytest.approx(data.target[TRAIN].mean())


def test_classes_are_not_scaled():
    data = replace(mixed(), task="classification", class_names=("a", "b"))
    data = replace(data, target=np.arange(40) % 2, true_target=np.arange(40) % 2)
    fitted = Representation.fit(data, TRAIN, wanted())
    assert (fitted.transform_target(data.target) == data.target).all()
    with pytest.raises(InputError, match="classes are not scaled"):
        Representation.fit(data, TRAIN, wanted(target_scaling="standard"))


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match="shape"):
        Representation.fit(mixed(), TRAIN, wanted()).transform(np.zeros((3, 2)))


def test_the_object_as_a_person_knows_it():
    data = mixed()
    seen = object_view(data, 35)
    assert seen.values[1] == ("colour", "blue", "")
    assert seen.values[0].unit == "cm"
    assert float(seen.values[0].text) == pytest.approx(data.inputs[35, 0], rel=1e-5)
    assert seen.picture is None
    assert float(seen.target.text) == pytest.approx(data.target[35], rel=1e-5)
    picture = Dataset(
        "p",
        "classification",
        "",
        tuple(Column(str(i)) for i in range(6)),
        np.arange(12.0).reshape(2, 6),
        np.array([0, 1]),
        class_names=("no", "yes"),
        picture_shape=(2, 3),
    )
    seen = object_view(picture, 1)
    assert seen.picture.tolist() == [[6, 7, 8], [9, 10, 11]]
    assert not seen.picture.flags.writeable
    assert seen.target.text == "yes"


def test_missing_values_are_shown_as_missing():
    assert Column("a").text(np.nan) == "missing"
    assert Column("a", "category", ("x",)).text(-1) == "missing"
