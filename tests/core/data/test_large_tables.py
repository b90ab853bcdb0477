"""Tables that are read in many pieces: as if in one, in little memory, cancelled anywhere."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given, settings

from core.data import columns, load_dataset, pieces, reader, scan
from core.data.dataset import Dataset
from core.data.reader import read_table
from core.errors import InputError
from core.experiment import Experiment
from core.problem import build_problem
from core.representation import representation
from mlloop_gui.jobs import Helpers
from tests.core.data.test_table_fuzz import TABLES


def lines(values: list[str], name: str = "v") -> str:
    """A table of this column, a number and two classes."""
    rows = [f"{value},{i * 1.5},{'ab'[i % 2]}" for i, value in enumerate(values)]
    return "\n".join([f"{name},other,kind", *rows]) + "\n"


def experiment(path: Path, **data: object) -> Experiment:
    table = {"source": "csv", "path": str(path), **data}
    return Experiment.from_dict({"data": table, "model": {"hidden": [3]}})


@pytest.fixture
def in_pieces(monkeypatch) -> None:
    """Tables are read five rows at a time, and looked at by the first three of them."""
    monkeypatch.setattr(scan, "ROWS", 5)
    monkeypatch.setattr(scan, "PROBED", 3)


def loaded(path: Path, rows: int, **data: object) -> Dataset | str:
    """The data set, or what is wrong with the table, read `rows` rows at a time."""
    with patch.object(scan, "ROWS", rows), patch.object(scan, "PROBED", rows):
        try:
            return load_dataset(experiment(path, **data))
        except InputError as error:
            return str(error)


def loaded_in_pieces(path: Path, size: int, several: bool, **data: object) -> Dataset | str:
    """The same, the file cut into pieces of some bytes, which are read in turn or in threads."""
    with (
        patch.object(scan, "LARGE", 0),
        patch.object(pieces, "PIECE", size),
        patch.object(scan, "PROBED", 3),
        Helpers() as helpers,
    ):
        try:
            return load_dataset(experiment(path, **data), each=helpers if several else map)
        except InputError as error:
            return str(error)


def same(one: Dataset | str, other: Dataset | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return (
        (one.columns, one.class_names, one.notes) == (other.columns, other.class_names, other.notes)
        and np.array_equal(one.inputs, other.inputs, equal_nan=True)
        and np.array_equal(one.target, other.target)
        and np.array_equal(one.rows, other.rows)
    )


FAR = [str(i % 7 + 0.5) for i in range(23)]


@pytest.mark.parametrize(
    "values",
    [
        [str(i) for i in range(30)],
        [*map(str, range(20)), "2.5", "3"],
        [*map(str, range(20)), "", "3"],
        [*map(str, range(20)), "300", "-70000", "3000000000", "1e300"],
        ["", "", "", "", "", "", "", *FAR],
        [*FAR, "oops", *FAR],
        ["oops", *FAR],
        [*(["007", "8", "9"] * 8), "x", "007"],
        [*(["1.50", "2"] * 8), "x", "x", "x", "1.50", "y", "y"],
        ["TRUE", "true", "False", "TRUE", "", *["True", "FALSE"] * 5],
        [*["True", "FALSE"] * 6, "maybe", "TRUE", "maybe"],
        [*["1", "2"] * 6, *["True", "False"] * 3],
        [*["1", "2"] * 6, "99999999999999999999", "-1"],
        ["18446744073709551615", *["1", "2"] * 6, "-1"],
        [*["red", "blue"] * 6, "  green", "red ", "blue  green", "blue green"],
        [*["1", "2.5"] * 6, " ?", " 3"],
        [*["red", "blue"] * 6, ' "red, or so"', ' "red, or so"'],
        [*FAR, "inf"],
        [*FAR, "1,5,6,7"],
        [*FAR, '"never closed'],
    ],
    ids=lambda values: f"{values[0]}...{values[-1]}",
)
def test_as_if_read_in_one(tmp_path, values) -> None:
    path = tmp_path / "t.csv"
    path.write_text(lines(values), encoding="utf-8")
    whole = loaded(path, 100)
    for rows in (1, 2, 5, 12):
        found = loaded(path, rows)
        assert same(found, whole), (rows, found, whole)
    for size in (20, 50, 100, 200):
        found = loaded_in_pieces(path, size, several=size > 50)
        assert same(found, whole), (size, found, whole)


ROW = "12.5,red,1\n"
TEXTS = [
    ("plain", "v,w,y\n" + ROW * 30 + "1.25,blue,0\n" * 30, "utf-8", True),
    ("a blank line here and there", "\nv,w,y\n" + (ROW + "\n") * 30 + "7,é,0", "utf-8", True),
    ("with a mark at its start", "v,w,y\n" + ROW * 30 + "7,é,0\n", "utf-8-sig", True),
    ("windows", "v,w,y\r\n" + (ROW + "7,é,0\n").replace("\n", "\r\n") * 30, "cp1252", True),
    ("two bytes a letter", "v,w,y\n" + ROW * 30 + "7,é,0\n", "utf-16", False),
    ("old line ends", ("v,w,y\n" + ROW * 80 + "7,b,0\n").replace("\n", "\r"), "utf-8", False),
    ("quoted", '"v","w","y"\n' + '1.5,"a ""b"", c",0\n2,"d",1\n' * 30, "utf-8", True),
    ("lines in cells", "v,w,y\n" + '1.5,"a\nb, c\n",0\n2,"d",1\n' * 30, "utf-8", True),
    ("inches", "v,w,y\n" + '1.5,5",0\n2,6",1\n3,5",1\n' * 30, "utf-8", True),
    ("inches, lines", "v,w,y\n" + ('1.5,5",0\n' + '2,"a\nb",1\n' * 3) * 30, "utf-8", False),
    ("a mark inside", "v,w,y\n" + ROW * 20 + ("\ufeff" + ROW) * 20, "utf-8", False),
    ("never closed", "v,w,y\n" + ROW * 30 + '1,"b,1\n' + ROW * 30, "utf-8", False),
    ("too long", "v,w,y\n" + ROW * 30 + "1,2,3,4\n" + ROW * 30, "utf-8", False),
    ("all too long", "v,w,y\n" + ROW * 30 + "1,2,3,4\n" * 30, "utf-8", False),
    ("a sign too much", "v,w,y\n" + ROW * 30 + "1,2,3,\n" * 30, "utf-8", False),
    ("too short", "v,w,y\n" + ROW * 30 + "1,2\n" * 30, "utf-8", True),
    ("decimal commas", "v;w;y\n" + "1,5;a;0\n1.234,25;b;1\n" * 30, "utf-8", True),
    ("texts that look like numbers", "v,w,y\n" + ("007,a,0\n" * 9 + "x,b,1\n") * 9, "utf-8", True),
    ("truths", "v,w,y\n" + ("1,TRUE,0\n" * 9 + "2,False,1\n") * 9, "utf-8", True),
    ("blanks", "v,w,y\n" + ROW * 30 + "1, red,0\n" + ROW * 30, "utf-8", True),
    ("nothing below", "v,w,y\n" + "\n" * 300, "utf-8", True),
]


@pytest.mark.parametrize(
    ("text", "encoding", "cut"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS]
)
@pytest.mark.parametrize("size", [32, 64, 150])
def test_pieces_are_those_of_the_stream(tmp_path, monkeypatch, text, encoding, cut, size) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    streamed: list[object] = []
    original = scan._Scan._stream
    whole = loaded(path, 1000)
    monkeypatch.setattr(
        scan._Scan, "_stream", lambda *given: streamed.append(1) or original(*given)
    )
    assert same(loaded_in_pieces(path, size, several=False), whole)
    assert same(loaded_in_pieces(path, size, several=True), whole)
    if size == 64:
        assert (not streamed) == cut


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (b"", 0),
        (b"ab", 0),
        (b"ab\ncd", 3),
        (b'a\n"b\nc', 2),
        (b'a\n"b\nc"\nd\n"e\n', 10),
        (b'"a\nb\n', 0),
    ],
)
def test_a_piece_ends_with_a_line_outside_of_quotation_marks(text: bytes, end: int) -> None:
    assert pieces.row_end(text) == end


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=200)
@given(content=TABLES)
@example(b"a,b\n" + b"0,1\n" * 3 + b"0,1,\n" * 9)
@example(b"0,0\n" * 9 + b"0,a\na,0\n0,0\n")  # all columns turn out to be texts, one by one
def test_any_table_as_if_read_in_one(folder, content) -> None:
    path = folder / "any.csv"
    path.write_bytes(content)
    whole = loaded(path, 100)
    assert same(loaded(path, 2), whole)
    assert same(loaded_in_pieces(path, 16, several=False), whole)


@pytest.mark.usefixtures("in_pieces")
def test_numbers_are_those_that_pandas_reads(tmp_path) -> None:
    import pandas as pd

    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "real": rng.normal(size=101),
            "count": rng.integers(0, 300, 101),
            "gaps": np.where(rng.random(101) < 0.2, np.nan, rng.integers(0, 9, 101)),
            "city": rng.choice(["Oslo", "Rome", "Lima"], 101),
            "y": rng.normal(size=101),
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    table = read_table(tmp_path / "t.csv", "t.csv")
    read = pd.read_csv(tmp_path / "t.csv")
    for name in ("real", "count", "gaps", "y"):
        found = table.columns[name].values.astype(np.float64)
        assert np.array_equal(found, read[name].to_numpy(np.float64), equal_nan=True)
    city = table.columns["city"]
    assert city.texts is not None
    assert [city.texts[code] for code in city.values] == read["city"].tolist()
    kinds = [column.values.dtype.name for column in table.columns.values()]
    assert kinds == ["float64", "int16", "float32", "int8", "float64"]
    assert len(table) == 101


@pytest.mark.usefixtures("in_pieces")
def test_only_a_column_that_needs_it_is_read_again(tmp_path, monkeypatch) -> None:
    passes = []
    original = scan._Scan._pass

    def count(self, names, texts, progress):
        passes.append((list(names), sorted(texts)))
        return original(self, names, texts, progress)

    monkeypatch.setattr(scan._Scan, "_pass", count)
    path = tmp_path / "t.csv"
    path.write_text(lines(FAR))
    read_table(path, "t.csv")
    assert passes == [(["v", "other", "kind"], ["kind"])]
    passes.clear()
    path.write_text(lines([*FAR, "oops", *FAR]))
    read_table(path, "t.csv")
    assert passes == [(["v", "other", "kind"], ["kind"]), (["v"], ["v"])]


# -- how much memory ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["numbers", "mixed"])
def test_loading_takes_at_most_two_and_a_half_times_the_table(tmp_path, monkeypatch, kind) -> None:
    """Everything that is made on the way and what is kept, on a small scale of rows."""
    rows, places = 60_000, 20
    rng = np.random.default_rng(1)
    table = [[f"{v:.6f}" for v in rng.normal(size=rows).tolist()] for _ in range(15)]
    table += [[str(v) for v in rng.integers(0, 1000, rows).tolist()]]
    texts = [list(rng.choice(["Oslo", "Rome", "Lima", "Cairo"], rows)) for _ in range(3)]
    table += [[str(ord(t[0])) for t in text] for text in texts] if kind == "numbers" else texts
    table += [[str(v) for v in rng.integers(0, 2, rows).tolist()]]
    path = tmp_path / "t.csv"
    heads = ",".join(f"c{k}" for k in range(places))
    path.write_text("\n".join([heads, *map(",".join, zip(*table, strict=True))]) + "\n")
    # In proportion to the rows, as with a million of them.
    monkeypatch.setattr(scan, "ROWS", 2**11)
    monkeypatch.setattr(columns, "TOGETHER", 2**8)
    monkeypatch.setattr(representation, "TOGETHER", 2**8)
    monkeypatch.setattr(representation, "MEASURED", 2**14)
    build_problem(experiment(path))  # what is imported and kept once
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        problem = build_problem(experiment(path))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert problem.features == (19 if kind == "numbers" else 28)
    assert peak <= 2.5 * rows * places * 8


# -- progress, and an end at any moment ----------------------------------------------------------


class Stopped(ValueError):  # noqa: N818 # what a caller raises need not be called an error
    """As jobs raise it."""


@pytest.fixture
def large(tmp_path) -> Path:
    """40,000 rows of numbers, some of them among texts, and two columns of texts."""
    path = tmp_path / "large.csv"
    rows = [
        f"{i * 0.37 % 11:.4f},{'oops' if i % 9 == 8 else i},{'abc'[i % 3]},text {i},{i % 2}"
        for i in range(40_000)
    ]
    path.write_text("\n".join(["real,odd,kind,note,y", *rows]) + "\n")
    return path


def test_progress_goes_on_and_never_back(large) -> None:
    seen: list[float] = []
    build_problem(experiment(large), seen.append)
    assert seen == sorted(seen)
    assert seen[0] < 0.01
    assert seen[-1] == 1.0
    assert max(np.diff(seen)) < 0.25


def test_it_ends_wherever_it_is_asked_to(large) -> None:
    told: list[float] = []
    build_problem(experiment(large), told.append)
    for last in range(0, len(told), 3):
        left = iter(range(last))

        def progress(share: float, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Stopped

        with pytest.raises(Stopped):
            build_problem(experiment(large), progress)


def test_it_ends_in_the_midst_of_pieces(large, monkeypatch) -> None:
    monkeypatch.setattr(scan, "LARGE", 0)
    monkeypatch.setattr(pieces, "PIECE", 2**15)
    seen: list[float] = []
    build_problem(experiment(large), seen.append)
    assert seen == sorted(seen)
    assert len({round(share, 3) for share in seen}) > 30
    read: list[int] = []
    original = scan.as_utf8
    monkeypatch.setattr(scan, "as_utf8", lambda *given: read.append(1) or original(*given))

    def progress(share: float) -> None:
        if share > 0.3:
            raise Stopped

    with pytest.raises(Stopped), Helpers() as helpers:
        build_problem(experiment(large), progress, helpers)
    assert 10 < len(read) < 25  # of 36 or so


@pytest.mark.parametrize("bad", ["1,2\n", '"1",2\n', "inf,1,a\n", "1,2,a,4\n"])
def test_the_search_for_a_bad_line_can_be_ended_too(tmp_path, monkeypatch, bad) -> None:
    path = tmp_path / "t.csv"
    path.write_text(lines([str(i % 9) for i in range(20_000)]) + bad)
    with pytest.raises(InputError, match="line 20002"):
        load_dataset(experiment(path))
    searching = []
    original = reader.records

    def records(table):
        searching.append(True)
        yield from original(table)

    def progress(share: float) -> None:
        if searching:
            raise Stopped

    monkeypatch.setattr(reader, "records", records)
    with pytest.raises(Stopped):
        load_dataset(experiment(path), progress)


def test_a_column_of_names_is_never_sorted_before_it_is_left_out(tmp_path, monkeypatch) -> None:
    """Sorting a million of them would hold up the window, for nobody but the trash."""
    from core.data import table_columns

    path = tmp_path / "t.csv"
    path.write_text(lines([f"n{i}" for i in range(300)]))
    sizes = []
    original = table_columns.in_order
    monkeypatch.setattr(
        table_columns,
        "in_order",
        lambda texts, codes: sizes.append(len(texts)) or original(texts, codes),
    )
    data = load_dataset(experiment(path))
    assert data.column_names == ("other",)
    assert max(sizes, default=0) <= 2


def test_the_test_file_reports_too(large, tmp_path) -> None:
    seen: list[float] = []
    test = tmp_path / "test.csv"
    test.write_text(large.read_text().replace("oops", ""))
    build_problem(experiment(large, test_path=str(test)), seen.append)
    assert seen == sorted(seen)
    assert len({round(share, 3) for share in seen if 0.3 < share < 0.7}) > 3
