"""Whatever the bytes: a data set or one clear line, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.data import load_dataset, split
from core.data.table import preview
from core.errors import InputError
from core.experiment import Experiment, loads
from core.representation import Representation

CELLS = st.one_of(
    st.integers(-5, 30).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["a", "b", "", "NA", "?", "x;y", '"q"', "1,5", "1.234,5", "TRUE", "ä", "-", "1e999"]
    ),
    st.text(max_size=6),
)


def table(rows: list[list[str]], delimiter: str, end: str) -> bytes:
    text = end.join(delimiter.join(row) for row in rows)
    return text.encode("utf-8", errors="replace")


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.builds(
        table,
        st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=14),
        st.sampled_from([",", ";", "\t", "|"]),
        st.sampled_from(["\n", "\r\n", "\r"]),
    )
)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=400)
@given(
    content=st.one_of(
        TABLES,
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")),
    ),
    missing=st.sampled_from(["mean", "drop"]),
)
@example(b"a,b\n1,2\n\x00,3\n", "mean")
@example(b'a,b\n"', "mean")
@example(b"\xff\xfea", "mean")
def test_any_file_gives_a_data_set_or_one_line(folder, content, missing):
    path = folder / "any.csv"
    path.write_bytes(content)
    tree = loads(f'format = 1\n[data]\nsource = "csv"\npath = "any.csv"\nmissing = "{missing}"')
    stand_in = Reached(tree, path)
    try:
        data = load_dataset(stand_in)
    except InputError as error:
        assert "\n" not in str(error)
        assert "any.csv" in str(error)
        return
    assert preview("any.csv", tree.data, stand_in.resolve_path).rows >= len(data)
    assert not np.isinf(data.inputs).any()
    assert np.isfinite(data.target).all()
    assert len(np.unique(data.target)) > 1
    parts = split(data.target, 0, 0, 7, data.classification)
    x = Representation.fit(data, parts.train, tree.representation).transform(data.inputs)
    assert np.isfinite(x).all()


class Reached:
    """The experiment, with its path found in our folder."""

    def __init__(self, tree: Experiment, path: Path) -> None:
        self.data, self.data_seed, self._path = tree.data, 7, path

    def resolve_path(self, name: str) -> str:
        return str(self._path.with_name(name))
