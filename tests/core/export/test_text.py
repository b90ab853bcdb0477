"""The text of a script: short, safe whatever a person has written, exact to the last bit."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data.dataset import Column
from core.errors import InputError
from core.export import numpy_script, torch_script
from core.export.literals import array, comment
from tests.core.export.running import expected, loaded, person_rows, trained

NASTY = (
    '"""', "'''", "\\", "a\nimport os", "b\rc", "d\x0ce", "\u2028", "\x00", "\ud800", "{x}", "%s",
    "# coding: latin-1", "ünïcödé", "\u202eabc", "COLUMNS", "'", '"',
)  # fmt: skip


@pytest.fixture(scope="module")
def value_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Gives what an expression for an array stands for, in a file of its own."""
    path = tmp_path_factory.mktemp("arrays") / "values.py"

    def read(source: str) -> np.ndarray:
        return loaded(path, f"import numpy as np\nVALUES = {source}\n").VALUES

    return read


@given(values=arrays(np.float64, st.tuples(st.integers(0, 3), st.integers(0, 30))))
def test_arrays_read_back_bit_for_bit(value_of: Any, values: np.ndarray) -> None:
    found = value_of(array(values))
    assert found.dtype == values.dtype
    assert found.shape == values.shape
    known = ~np.isnan(values)
    np.testing.assert_array_equal(found.view(np.int64)[known], values.view(np.int64)[known])
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values))


@given(values=arrays(np.float32, st.integers(0, 50)))
def test_so_do_those_of_float32(value_of: Any, values: np.ndarray) -> None:
    found = value_of(array(values))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, values)
    known = ~np.isnan(values)
    np.testing.assert_array_equal(np.signbit(found[known]), np.signbit(values[known]))


@given(st.text() | st.sampled_from(NASTY))
def test_a_comment_stays_one(text: str) -> None:
    lines = comment(text)
    source = "x = 1\n\n" + "\n".join(lines) + "\n"
    assert ast.dump(ast.parse(source.encode())) == ast.dump(ast.parse("x = 1"))
    assert len(source.splitlines()) == 2 + len(lines)


@pytest.mark.parametrize("kind", [numpy_script, torch_script])
def test_a_script_is_short(kind: Any) -> None:
    text = kind(trained({}))
    code = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(code) < 105
    assert max(map(len, text.splitlines())) <= 110
    assert "pickle" not in text.replace("allow_pickle=False", "")
    assert "core" not in {
        name.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for name in node.names
    }
    for said in ("binary_cross_entropy", "40 updates", "circle", "learning_rate = 0.3"):
        assert said in text


def test_whatever_names_a_person_gives_stay_texts(tmp_path: Path) -> None:
    model = trained({"data": {"source": "iris"}})
    dataset = model.problem.dataset
    for place, nasty in enumerate(NASTY):
        names = (nasty, f"x{nasty}", f"{nasty}y", "z")
        columns = tuple(Column(name) for name in names)
        worse = replace(
            dataset, columns=columns, class_names=(nasty, "b", "c"), description=nasty,
            target_name=nasty, target_unit=nasty,
        )  # fmt: skip
        odd = replace(model, problem=replace(model.problem, dataset=worse))
        script = loaded(tmp_path / f"model_{place}.py", numpy_script(odd))
        rows = person_rows(worse, worse.inputs[:3])
        assert script.predict(rows) == expected(odd, worse.inputs[:3])["answers"]
        first = numpy_script(odd).splitlines()[:2]
        assert nasty not in "".join(first)


def test_many_numbers_are_packed_and_come_back_bit_for_bit(tmp_path: Path) -> None:
    small = trained({"data": {"source": "digits"}, "model": {"hidden": [20]}}, 5)
    assert "PACKED" not in numpy_script(small)
    for dtype in ("float64", "float32"):
        model = trained(
            {"data": {"source": "digits"}, "model": {"hidden": [90], "dtype": dtype}}, 5
        )
        text = numpy_script(model)
        assert text.count("PACKED") == 2
        script = loaded(tmp_path / f"{dtype}.py", text)
        for i in range(2):
            for name, wanted in (("W", model.layout.weight), ("B", model.layout.bias)):
                found = getattr(script, f"{name}{i}")
                assert found.dtype == dtype
                np.testing.assert_array_equal(found, wanted(model.theta, i))
        code = text[: text.index("PACKED =")] + text[text.rindex('"""\nwith') :]
        assert len(code.splitlines()) < 250


def test_numbers_that_are_not_finite_are_written_too(tmp_path: Path) -> None:
    model = trained({})
    theta = model.theta.copy()
    theta[:3] = np.nan, np.inf, -np.inf
    script = loaded(tmp_path / "model.py", numpy_script(replace(model, theta=theta)))
    np.testing.assert_array_equal(script.W0.ravel()[:3], theta[:3])


def test_rows_may_be_lists_and_gaps_are_gaps(tmp_path: Path) -> None:
    model = trained({"data": {"source": "iris"}})
    script = loaded(tmp_path / "model.py", numpy_script(model))
    plain = script.represent([[5.1, None, 1.4, 0.2]])
    names = model.problem.dataset.column_names
    for gap in (float("nan"), "", "NA", "?", " n/a "):
        row = dict(zip(names, ("5.1", gap, "1.4", 0.2), strict=True))
        np.testing.assert_array_equal(script.represent([row]), plain)
    np.testing.assert_array_equal(script.represent(np.array([[5.1, np.nan, 1.4, 0.2]])), plain)
    assert script.represent([]).shape == (0, 4)
    assert script.predict([]) == []
    with pytest.raises(ValueError, match=r"sepal width.*wanted: sepal length"):
        script.represent([{"sepal length": 1.0}])
    with pytest.raises(ValueError, match="petal length"):
        script.represent([[1.0, 2.0]])


def run_on(folder: Path, text: str, table: str | None) -> subprocess.CompletedProcess[str]:
    (folder / "model.py").write_text(text, encoding="utf-8")
    given = []
    if table is not None:
        (folder / "data.csv").write_text(table, encoding="utf-8")
        given = ["data.csv"]
    return subprocess.run(
        [sys.executable, "model.py", *given],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "table",
    [
        "sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,.2\n6,3,,2\n",
        "\ufeffpetal width; extra; petal length; sepal width; sepal length\n"
        "0,2;x;1,4;3,5;5,1\n2;;;3;6",
    ],
)
def test_run_as_a_program_it_prints_predictions(tmp_path: Path, table: str) -> None:
    model = trained({"data": {"source": "iris"}}, 300)
    done = run_on(tmp_path, numpy_script(model), table)
    assert done.stderr == ""
    raw = np.array([[5.1, 3.5, 1.4, 0.2], [6.0, 3.0, np.nan, 2.0]])
    assert done.stdout.split() == expected(model, raw)["answers"]
    assert len(set(done.stdout.split())) == 2


def test_what_it_cannot_read_it_names(tmp_path: Path) -> None:
    text = numpy_script(trained({"data": {"source": "iris"}}))
    for table, told in (
        ("a,b\n1,2\n", "sepal length"),
        (None, "data.csv"),
        ("sepal length\nx\n", "'x'"),
    ):
        done = run_on(tmp_path, text, table)
        assert done.returncode == 1
        assert told in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", [numpy_script, torch_script])
def test_what_cannot_be_written_is_named(monkeypatch, kind: Any) -> None:
    model = trained({})
    monkeypatch.setattr("core.export.preprocessing.WRITERS", {})
    with pytest.raises(InputError, match="NumbersPiece"):
        kind(model)
    monkeypatch.undo()
    odd = model.settings.model.model_copy(update={"activation": "odd"})
    with pytest.raises(InputError, match=r"activation.*'odd'"):
        kind(replace(model, settings=model.settings.model_copy(update={"model": odd})))


def test_loss_and_optimizer_without_a_counterpart_are_named(monkeypatch) -> None:
    model = trained({})
    for table, told in (("PRICES", "loss.name"), ("OPTIMIZERS", "optimizer.name")):
        # The package's name for the module is the function's.
        monkeypatch.setattr(sys.modules["core.export.torch_script"], table, {})
        with pytest.raises(InputError, match=told):
            torch_script(model)
        monkeypatch.undo()
