"""Formulas, products, ordinal categories and components, beside scikit-learn's."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np
import pytest

from core.data.columns import Columns
from core.errors import InputError
from core.experiment import Experiment
from core.representation import SCALINGS, representation
from mlloop_gui.jobs import Helpers
from tests.core.representation.data import TRAIN, fit, numbers, pictures, table


def monomial(name: str) -> tuple[tuple[str, int], ...]:
    """What is multiplied, and how often: in both ways of writing it."""
    factors = [part.partition("^") for part in name.replace("*", " ").split()]
    return tuple(sorted((base, int(power or 1)) for base, _, power in factors))


@pytest.mark.parametrize(("count", "degree"), [(1, 10), (2, 2), (2, 10), (3, 4), (5, 3)])
def test_products_agree_with_scikit_learn(count, degree):
    from sklearn.preprocessing import PolynomialFeatures

    data = numbers(columns=count)
    made = fit(data, degree=degree, scaling="none")
    reference = PolynomialFeatures(degree, include_bias=False).fit(data.inputs)
    wanted = reference.transform(data.inputs)
    names = [monomial(name) for name in reference.get_feature_names_out(data.column_names)]
    mine = [monomial(name) for name in made.feature_names]
    assert sorted(mine) == sorted(names)
    assert len(mine) == comb(count + degree, degree) - 1
    order = [mine.index(name) for name in names]
    assert np.allclose(made.transform(data.inputs)[:, order], wanted, rtol=1e-12, atol=0)
    scaled = fit(data, degree=degree).transform(data.inputs)[:, order]
    stats = SCALINGS["standard"].fit(wanted[TRAIN])
    assert np.allclose(scaled, stats.transform(wanted), rtol=1e-9, atol=1e-9)


def test_interactions_are_the_pairs():
    from sklearn.preprocessing import PolynomialFeatures

    data = numbers(columns=5)
    made = fit(data, interactions=True, scaling="none")
    reference = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    assert np.allclose(made.transform(data.inputs), reference.fit_transform(data.inputs), 1e-12, 0)
    both = fit(data, interactions=True, degree=2)
    assert both.feature_names == fit(data, degree=2).feature_names


def test_products_of_formulas_and_of_names_with_blanks():
    data = table()
    made = fit(data, features=("a - b", "c d"), degree=2)
    assert made.feature_names == (
        "a - b", "c d", "(a - b)^2", "(a - b)*`c d`", "`c d`^2",
    )  # fmt: skip
    assert [feature.columns for feature in made.features[2:]] == [
        ("a", "b"), ("a", "b", "c d"), ("c d",),
    ]  # fmt: skip
    assert made.columns == ("a", "b", "c d")
    assert made.feature_origin == ("a", "c d", "a", "a", "c d")
    # The names of the products are formulas themselves.
    again = fit(data, features=made.feature_names)
    assert np.allclose(again.transform(data.inputs), made.transform(data.inputs), rtol=1e-12)


# -- formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["mean", "median"])
def test_a_formula_is_a_feature(missing):
    data = replace(table(), missing=missing)
    made = fit(data, features=("b", "a^2 + `c d`", "colour"))
    assert made.feature_names[:2] == ("b", "a^2 + `c d`")
    given = data.inputs[:, 0]
    middle = getattr(np, f"nan{missing}")(given[TRAIN])
    by_hand = np.where(np.isnan(given), middle, given) ** 2 + data.inputs[:, 3]
    wanted = (by_hand - by_hand[TRAIN].mean()) / by_hand[TRAIN].std()
    assert np.allclose(made.transform(data.inputs)[:, 1], wanted, rtol=1e-12)
    center, width = by_hand[TRAIN].mean(), by_hand[TRAIN].std()
    assert made.features[1].formula == f"((a^2 + `c d`) - {center:.4g}) / {width:.4g}"


def test_a_training_row_without_a_value_is_told():
    data = table()
    rows = np.flatnonzero(data.inputs[TRAIN, 0] <= 3)
    inputs = data.inputs.copy()
    inputs[:, 0] = np.nan_to_num(inputs[:, 0], nan=9)
    data = replace(data, inputs=inputs, rows=np.arange(90) + 1000, true_target=data.target)
    with pytest.raises(InputError) as caught:
        fit(data, features=("log(a - 3)",))
    told = f"log(a - 3) is not finite for {len(rows)} of 60 training rows"
    assert caught.value.problem == f"{told}, the first at row {1000 + rows[0]}"
    assert caught.value.field == "representation.features"


def test_elsewhere_what_has_no_value_counts_as_missing():
    data = table()
    made = fit(data, features=("log(b)", "1/b"), scaling="none")
    strange = data.inputs[:4].copy()
    strange[:, 1] = [-1, 0, 2, np.nan]
    logs = np.log(data.inputs[TRAIN, 1])
    found = made.transform(strange)
    wanted = [logs.mean(), logs.mean(), np.log(2), np.log(data.inputs[TRAIN, 1].mean())]
    assert np.allclose(found[:, 0], wanted, rtol=1e-12)
    assert found[1, 1] == made.fill[1] == pytest.approx((1 / data.inputs[TRAIN, 1]).mean())


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (["a +"], "position 4: "),
        (["a + colour"], "position 5: there is no input 'colour' of numbers"),
        (["aa"], "unknown feature"),
        (["a*b", "a * b"], "named twice"),
        (["a", "`a`"], "named twice"),
        (["exp(10000*b)"], "is not finite for 60 of 60 training rows"),
        (["b*10^300"], "too large to be scaled"),
    ],
)
def test_features_that_cannot_be(features, words):
    with pytest.raises(InputError, match="features") as caught:
        fit(table(), features=tuple(features))
    assert words in str(caught.value)


def test_a_column_whose_name_is_the_text_wins():
    data = numbers()
    columns = tuple(replace(column, name=name) for column, name in
                    zip(data.columns, ("n1", "n2", "n1*n2"), strict=True))  # fmt: skip
    data = replace(data, columns=columns)
    made = fit(data, features=("n1*n2",), scaling="none")
    assert np.array_equal(made.transform(data.inputs), data.inputs[:, 2:])


def test_generated_inputs_take_formulas():
    tree = {"representation": {"features": ["x1", "x2", "sin(3*x1) + x2^2"]}}
    assert Experiment.from_dict(tree).to_dict()["representation"]["features"][2] == (
        "sin(3*x1) + x2^2"
    )
    for text, words in (("x3", "circle has no such input"), ("x1^", "position 4"), ("x3^2", "x2")):
        with pytest.raises(InputError, match="features") as caught:
            Experiment.from_dict({"representation": {"features": ["x1", text]}})
        assert words in str(caught.value)
        assert "allowed: x1, x2, or a formula of them" in str(caught.value)


def test_other_data_begin_plainly():
    tree = {"data": {"source": "digits"},
            "representation": {"picture": "sums", "components": 9, "degree": 2}}  # fmt: skip
    found, _ = Experiment.from_dict(tree).with_source("moons")
    assert found.representation == Experiment().with_source("moons")[0].representation


# -- ordinal --------------------------------------------------------------------------------------


def test_ordinal_agrees_with_scikit_learn():
    from sklearn.preprocessing import OrdinalEncoder

    data = table()
    made = fit(data, features=("colour", "shape"), encoding="ordinal", scaling="none")
    known = data.inputs[:, 4] >= 0
    codes = data.inputs[:, [2, 4]]
    reference = OrdinalEncoder().fit(codes[TRAIN][known[TRAIN]])
    found = made.transform(data.inputs)
    assert np.array_equal(found[known], reference.transform(codes[known]))
    assert found[~known, 1] == pytest.approx(codes[TRAIN, 1][known[TRAIN]].mean())
    assert made.feature_names == ("colour", "shape")
    assert made.features[0].formula == "(red = 0, green = 1, blue = 2)"


def test_categories_that_no_training_row_has_take_no_number():
    data = table()
    inputs = data.inputs.copy()
    inputs[TRAIN, 2] = np.where(np.arange(60) % 2, 2, 0)
    inputs[60:, 2] = 1
    data = replace(data, inputs=inputs)
    made = fit(data, features=("colour",), encoding="ordinal", scaling="none")
    assert made.transform(inputs)[:4, 0].tolist() == [0, 1, 0, 1]
    assert (made.transform(inputs)[60:, 0] == 0.5).all()
    inputs = inputs.copy()
    inputs[TRAIN, 2] = -1
    with pytest.raises(InputError, match="no category"):
        fit(replace(data, inputs=inputs), features=("colour",), encoding="ordinal")


# -- components -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["none", "standard"])
@pytest.mark.parametrize("count", [1, 3, 24])
def test_components_agree_with_scikit_learn(scaling, count):
    from sklearn.decomposition import PCA

    data = pictures()
    x = fit(data, scaling=scaling).transform(data.inputs)
    made = fit(data, scaling=scaling, components=count)
    reference = PCA(count, svd_solver="full").fit(x[TRAIN])
    assert np.allclose(made.transform(data.inputs), reference.transform(x), rtol=0, atol=1e-10)
    assert np.allclose(made.pieces[0].shares, reference.explained_variance_ratio_, atol=1e-12)
    assert made.feature_names[0] == "component 1"
    assert made.features[0].columns == data.column_names


def test_components_of_everything():
    data = table()
    plain = fit(data, degree=2, rbf=3)
    made = fit(data, degree=2, rbf=3, components=2)
    assert made.feature_names == ("component 1", "component 2")
    x = plain.transform(data.inputs)
    piece = made.pieces[0]
    assert np.allclose(made.transform(data.inputs), (x - piece.mean) @ piece.axes.T, atol=1e-12)


# -- refused in one line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "values", "field", "words"),
    [
        (numbers(), {"picture": "ink"}, "picture", "numbers has no pictures"),
        (pictures(), {"picture": "sums", "features": ("r0 c0",)}, "picture", "some are left out"),
        (table(), {"features": ("colour",), "rbf": 2}, "rbf", "no numbers to measure"),
        (table(), {"features": ("colour",), "degree": 2}, "degree", "no numbers to multiply"),
        (table(), {"features": ("a",), "interactions": True}, "interactions", "is 1 number"),
        (numbers(columns=40), {"degree": 5}, "degree", "would make 1,221,758 features of 40"),
        (numbers(columns=101), {"interactions": True}, "interactions", "5,151 features of 101"),
        (numbers(), {"rbf": 70}, "rbf", "allowed: 0 to 61"),
        (numbers(), {"components": 4}, "components", "allowed: 1 to 3"),
        (numbers(columns=70), {"components": 61}, "components", "more components than training"),
    ],
)
def test_a_setting_that_cannot_apply_is_refused_in_one_line(data, values, field, words):
    with pytest.raises(InputError) as caught:
        fit(data, **values)
    assert caught.value.field == f"representation.{field}"
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


# -- in blocks and threads ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (table(), {}),
        (table(), {"features": ("a*b", "colour", "c d", "note"), "encoding": "ordinal"}),
        (table(), {"degree": 3, "rbf": 7, "components": 4}),
        (pictures(), {"picture": "edges", "interactions": True}),
    ],
)
def test_rows_are_the_same_in_blocks_in_threads_and_alone(monkeypatch, data, values):
    made = fit(data, **values)
    whole = made.transform(data.inputs)
    assert np.isfinite(whole).all()
    alone = np.concatenate([made.transform(data.inputs[at : at + 1]) for at in range(90)])
    assert np.allclose(alone, whole, rtol=1e-12, atol=1e-12)
    narrow = Columns([column.copy() for column in data.inputs.T])
    again = fit(replace(data, inputs=narrow), **values)
    assert np.array_equal(again.transform(narrow), whole)
    monkeypatch.setattr(representation, "TOGETHER", 4)
    out = np.full((90, whole.shape[1] + 1), np.nan, np.float32)
    with Helpers() as helpers:
        made.transform_into(data.inputs, out[:, :-1], each=helpers)
    assert np.allclose(out[:, :-1], whole, rtol=1e-6, atol=1e-6)
    assert np.isnan(out[:, -1]).all()
