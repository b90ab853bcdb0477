"""Nothing of what is fitted hangs on a row outside the training part, whatever the settings."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.representation import Representation
from core.settings.problem import RepresentationSettings
from tests.core.representation.data import pictures, table


def fitted_numbers(thing: Any, path: str = "") -> dict[str, Any]:
    """Every number, text and array within a representation, by where it is."""
    if is_dataclass(thing) and not isinstance(thing, type):
        found: dict[str, Any] = {path: type(thing).__name__}
        for field in fields(thing):
            found |= fitted_numbers(getattr(thing, field.name), f"{path}.{field.name}")
        return found
    if isinstance(thing, tuple | list):
        found = {path: len(thing)}
        for at, part in enumerate(thing):
            found |= fitted_numbers(part, f"{path}[{at}]")
        return found
    if isinstance(thing, np.ndarray):
        return {path: (thing.shape, thing.tobytes())}
    return {path: thing}


common = {
    "scaling": st.sampled_from(["none", "standard", "minmax", "robust"]),
    "degree": st.integers(1, 3),
    "interactions": st.booleans(),
    "rbf": st.integers(0, 8),
    "rbf_width": st.one_of(st.none(), st.floats(0.1, 10)),
    "components": st.one_of(st.none(), st.integers(1, 5)),
}
of_tables = st.fixed_dictionaries({
    **common,
    "features": st.sampled_from(
        [None, ("a", "b", "c d", "log(b)", "note"), ("a*b", "1/b", "colour", "a", "c d", "shape")]
    ),
    "encoding": st.sampled_from(["one_hot", "ordinal"]),
    "text": st.sampled_from(["bag_of_words", "tfidf", "characters"]),
    "vocabulary": st.integers(1, 9),
})  # fmt: skip
of_pictures = st.fixed_dictionaries({
    **common,
    "picture": st.sampled_from(["pixels", "shuffled", "sums", "downsampled", "edges"]),
    "degree": st.integers(1, 2),
})  # fmt: skip
EVERY = set(RepresentationSettings.model_fields) - {"target_scaling"}


def test_every_setting_is_tried():
    base = {"features", "scaling", "picture", "encoding", "text", "vocabulary"}
    assert set(common) | base == EVERY


@given(of_tables, st.booleans(), st.integers(0, 2**31))
@example({"degree": 2, "rbf": 5, "encoding": "ordinal"}, False, 0)
@settings(max_examples=60, deadline=None)
def test_tables(values, median, seed):
    data = replace(table(), missing="median" if median else "mean")
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(90)[:60])
    other = np.setdiff1d(np.arange(90), rows)
    inputs = data.inputs.copy()
    for place, most in ((2, 2), (4, 1), (5, 3)):  # a category and a text are in no training row
        inputs[rows, place] %= most
        inputs[other, place] = 0
    data = replace(data, inputs=inputs.copy())
    target = data.target.copy()
    inputs[other] = rng.choice([np.nan, -1e6, 0.0, 7e5], (30, 6))
    for place, most in ((2, 3), (4, 2), (5, 4)):
        inputs[other, place] = rng.integers(-1, most, 30)
    target[other] = 1e9
    check(data, inputs, target, rows, values)


@given(of_pictures, st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_pictures(values, seed):
    data = pictures()
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(90)[:60])
    other = np.setdiff1d(np.arange(90), rows)
    inputs, target = data.inputs.copy(), data.target.copy()
    inputs[other] = rng.normal(0, 1e5, (30, 24))
    target[other] = np.nan
    check(data, inputs, target, rows, values)


def check(data, inputs, target, rows, values) -> None:
    """The same is fitted, and made of the training rows, whatever the others hold."""
    changed = replace(data, inputs=inputs, target=target, true_target=target)
    made = RepresentationSettings(**values)
    one, two = (Representation.fit(each, rows, made, seed=1) for each in (data, changed))
    assert fitted_numbers(one) == fitted_numbers(two)
    assert np.array_equal(one.transform(data.inputs[rows]), two.transform(inputs[rows]))
    assert np.isfinite(two.transform(inputs)).all()
