"""Random small experiments: the script predicts the same of raw rows that no data set holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.export import numpy_script
from core.network.activations import ACTIVATIONS
from tests.core.export.running import expected, loaded, person_rows, trained

WORDS = ("red", "blue", "dark green", "1", "NO", "ünïcödé 'x'", "true")
FORMULAS = ("sin(3*a) + b^2", "log(a + 9)", "-a/(b - 50)", "sqrt(a + 4)*b", "max(a, b, 0)", "2^-b")
FEATURES = ("a", "b", "kind", "flag", *FORMULAS)
numbers = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))


@st.composite
def experiments(draw: st.DrawFn) -> dict[str, Any]:
    """An experiment on the table of `table_text`, without its path."""
    classes = draw(st.booleans())
    losses = (
        ["cross_entropy", "hinge", "mse", "binary_cross_entropy"] if classes else ["mse", "mae"]
    )
    features = draw(st.none() | st.lists(st.sampled_from(FEATURES), min_size=1, unique=True))
    degree = draw(st.integers(1, 3))
    return {
        "data": {
            "source": "csv", "target": "class" if classes else "y",
            "columns": {"y" if classes else "class": "ignore", "kind": "category"},
            "missing": draw(st.sampled_from(["mean", "median"])),
        },
        "representation": {
            "features": features,
            "scaling": draw(st.sampled_from(["none", "standard", "minmax"])),
            "degree": degree,
            "rbf": draw(st.sampled_from([0, 0, 3])),
            "encoding": draw(st.sampled_from(["one_hot", "ordinal"])),
            "components": draw(st.sampled_from([None, None, 1])),
        },
        "model": {
            "hidden": draw(st.lists(st.integers(1, 4), max_size=2)),
            "activation": draw(st.sampled_from(ACTIVATIONS.names)),
        },
        "loss": {"name": draw(st.sampled_from(losses))},
        "optimizer": {"learning_rate": 0.001, "clip_norm": 1.0},
        "seed": draw(st.integers(0, 99)),
    }  # fmt: skip


def table_text(rng: np.random.Generator, words: list[str]) -> str:
    lines = ["a;b;kind;flag;class;y"]
    for i in range(24):
        a, b, y = rng.normal(size=3).round(3)
        kind = "" if i % 9 == 4 else words[i % len(words)]
        gap = "" if i % 7 == 5 else b
        lines.append(f"{a};{gap};{kind};{('yes', 'no')[i % 2]};{'uvw'[i % 3]};{y}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round_trip")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tree=experiments(),
    words=st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True),
    rows=st.lists(
        st.tuples(
            st.none() | numbers,
            st.none() | numbers,
            st.none() | st.sampled_from([*WORDS, "unheard of", "2", "True"]),
            st.none() | st.sampled_from(["yes", "no", "perhaps"]),
        ),
        max_size=6,
    ),
)
def test_the_script_predicts_what_the_program_predicts(
    folder: Path, tree: dict[str, Any], words: list[str], rows: list[tuple[Any, ...]]
) -> None:
    path = folder / "table.csv"
    path.write_text(table_text(np.random.default_rng(tree["seed"]), words), encoding="utf-8")
    tree = {**tree, "data": {**tree["data"], "path": str(path)}}
    try:
        model = trained(tree, 5)
    except InputError as error:
        # Settings that do not go together, say products where there are no numbers.
        assume("representation." not in str(error))
        raise
    dataset = model.problem.dataset
    assert dataset.column_names == ("a", "b", "kind", "flag")
    raw = np.array([
        [code(column, value) for column, value in zip(dataset.columns, row, strict=True)]
        for row in rows
    ]).reshape(-1, 4)  # fmt: skip
    own = [dict(zip(dataset.column_names, row, strict=True)) for row in rows]
    script = loaded(folder / "model.py", numpy_script(model))
    for some, values in ((own, raw), (person_rows(dataset, dataset.inputs), dataset.inputs)):
        wanted = expected(model, values)
        size = np.maximum(1.0, np.abs(wanted["x"]))
        x = script.represent(some)
        assert x.shape == wanted["x"].shape
        assert (np.abs(x - wanted["x"]) <= 1e-12 * size).all()
        scores = script.forward(x)
        scale = max(1.0, float(np.abs(wanted["x"]).max(initial=0.0)))
        np.testing.assert_allclose(scores, wanted["scores"], rtol=1e-12, atol=1e-12 * scale)
        if hasattr(script, "probabilities"):
            # As far as the scores may differ.
            np.testing.assert_allclose(
                script.probabilities(some), wanted["probabilities"], rtol=0, atol=1e-12 * scale
            )
        if isinstance(wanted["answers"], list):
            assert script.predict(some) == wanted["answers"]
        else:
            answers = script.predict(some)
            np.testing.assert_allclose(answers, wanted["answers"], rtol=1e-12, atol=1e-12 * scale)


def code(column: Any, value: Any) -> float:
    """A value as the data set would hold it."""
    if value is None:
        return float("nan")
    if column.kind == "number":
        return float(value)
    return float(column.categories.index(value)) if value in column.categories else -1.0
