"""Tables of one's own: what is found out, what becomes of each column."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import load_dataset
from core.data.table import preview
from core.errors import InputError

HEADER = "length,count,kind"
ROWS = [f"{i * 0.5},{i % 3},{'ab'[i % 2]}" for i in range(12)]
PLAIN = "\n".join([HEADER, *ROWS]) + "\n"


@pytest.fixture
def load(tmp_path, experiment):
    """Writes a table (and a test table) and loads it with these settings."""

    def load(content, test=None, **settings):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if test is not None:
            (tmp_path / "test.csv").write_text(test, encoding="utf-8")
            settings["test_path"] = str(tmp_path / "test.csv")
        return load_dataset(experiment("csv", path=str(path), **settings))

    return load


@pytest.fixture
def look(tmp_path, experiment):
    """Writes a table and previews it: the preview and its sentences by column."""

    def look(content, **settings):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        shown = preview(str(path), experiment("csv", **settings).data)
        return shown, {column.name: column.sentence for column in shown.columns}

    return look


def column(values, name="v"):
    """A table of this column, a number and two classes."""
    lines = [f"{value},{i * 1.5},{'ab'[i % 2]}" for i, value in enumerate(values)]
    return "\n".join([f"{name},other,kind", *lines]) + "\n"


@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(d, s) for d in ",;\t|" for s in ".," if d != s]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_dialect_gives_the_same_numbers(
    load, look, delimiter, decimal, encoding, header, line_end
):
    lines = [line.replace(",", delimiter) for line in ROWS]
    if decimal == ",":
        lines = [line.replace(".", ",") for line in lines]
    if header:
        lines.insert(0, HEADER.replace(",", delimiter).replace("kind", "größe"))
    else:
        lines = [line.replace("b", "ö") for line in lines]
    content = line_end.join(lines).encode(encoding)
    data = load(content)
    assert data.inputs.tolist() == [[i * 0.5, i % 3] for i in range(12)]
    assert data.target.tolist() == [i % 2 for i in range(12)]
    assert data.column_names == (("length", "count") if header else ("column_1", "column_2"))
    assert data.target_name == ("größe" if header else "column_3")
    shown, _ = look(content)
    assert (shown.rows, shown.decimal, shown.header) == (12, decimal, header)
    assert shown.task == "classification"


def test_quotes_line_ends_in_cells_and_blank_lines(load):
    data = load('a,b,c\n\n"x\ny",1,p\n"x",2,q\n  \n"x, z",2,q\n"x\ny",4,p\n"x",6,"q"\n')
    assert data.columns[0].categories == ("x", "x y", "x, z")
    assert data.inputs[:, 0].tolist() == [1, 0, 2, 1, 0]
    assert data.class_names == ("p", "q")


def test_groups_of_thousands(load):
    data = load("price;n;v\n1.234,5;1;1,5\n2.000,25;2;2\n3,5;3;3\n1.004.005,5;5;4\n7;8;5\n")
    assert data.inputs[:, 0].tolist() == [1234.5, 2000.25, 3.5, 1004005.5, 7]
    data = load('price,n,v\n"1,234.5",1,1.5\n"2,000",2,2\n3.5,3,3\n"1,004,005",5,4\n7,8,5\n')
    assert data.inputs[:, 0].tolist() == [1234.5, 2000, 3.5, 1004005, 7]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([1.5, 2, 3, 4.5, 5, 6], "a number"),
        (["red", "blue", "red", "blue", "red", "green"], "3 categories become 3 columns"),
        ([1, 2, "", 4, "?", 6.5], "2 of 6 values missing, filled with the training mean"),
        (["red", "", "red", "blue"], "1 of 4 values missing, all of them 0 there"),
        ([7, 7, 7, 7], "constant: left out"),
        (["x", "x", "x", "x"], "constant: left out"),
        (["", "", "", ""], "empty: left out"),
        (["ann", "bob", "cy", "di"], "a different text in each row"),
        ([*(f"w{i % 51}" for i in range(102)), "w0"], "51 different texts"),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, "oops"], "1 of 10 values such as 'oops' count as missing"),
        (["True", "False", "True", "False"], "2 categories become 2 columns"),
    ],
)
def test_what_becomes_of_a_column(look, values, sentence):
    _, sentences = look(column(values))
    assert sentence in sentences["v"]


def test_row_numbers_are_left_out_unless_asked_for(look, load):
    _, sentences = look(column(range(1, 9), name="id"))
    assert sentences["id"] == "counts the rows: left out"
    assert load(column(range(1, 9), name="id"), columns={"id": "number"}).inputs[0, 0] == 1
    _, sentences = look(column(range(1, 9), name="dose"))
    assert sentences["dose"] == "a number"


def test_asked_for_kinds(load):
    data = load(PLAIN, columns={"count": "category", "length": "ignore"})
    assert data.columns[0].categories == ("0", "1", "2")
    assert data.column_names == ("count",)
    data = load(PLAIN, columns={"count": "number"}, target="count")
    assert data.task == "regression"
    data = load(column(["1", "2", "x", "y", "z", "q"]), columns={"v": "number"})
    assert np.isnan(data.inputs[:, 0]).sum() == 4


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("a,b,c", "c"),
        ("a,Species,c", "Species"),
        ("y,b,label", "label"),
        ("target,b,class", "target"),
    ],
)
def test_the_target_is_found_by_name_or_stands_last(look, header, target):
    shown, sentences = look(
        "\n".join([header, *(f"{i * 0.7},{i * 0.3},{i * 1.1}" for i in range(9))])
    )
    assert shown.target == target
    assert sentences[target].startswith("the number to predict")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([i % 2 for i in range(20)], "classification"),
        ([i % 20 for i in range(400)], "classification"),
        ([i % 20 for i in range(200)], "regression"),
        ([i % 21 for i in range(2000)], "regression"),
        ([0.5 * (i % 2) for i in range(20)], "regression"),
        (["True", "False"] * 6, "classification"),
        (range(8), "regression"),
    ],
)
def test_class_or_number(look, values, task):
    shown, _ = look("\n".join(["x,y", *(f"{i * 0.3},{value}" for i, value in enumerate(values))]))
    assert shown.task == task


def test_class_names_are_sorted_as_a_person_would(load):
    lines = ["x,y", *(f"{i * 0.3},{(10, 9, 2)[i % 3]}" for i in range(12))]
    data = load("\n".join(lines))
    assert data.class_names == ("2", "9", "10")
    assert data.target[:3].tolist() == [2, 1, 0]
    with_gap = "\n".join([*lines, "3.3,"])  # pandas makes floats of the whole numbers then
    assert load(with_gap).class_names == ("2", "9", "10")


def test_rows_without_a_target_or_with_gaps(load):
    content = PLAIN + ",1,a\n3,?,b\n3,1,\n4,1,a\n"
    data = load(content)
    assert len(data) == 15
    assert data.rows.tolist() == [*range(14), 15]
    assert np.isnan(data.inputs).sum() == 2
    assert "1 row without a target left out" in data.notes
    data = load(content, missing="drop")
    assert data.rows.tolist() == [*range(12), 15]
    assert "2 rows with a missing value left out" in data.notes
    assert load(content, missing="median").missing == "median"


def test_names_that_stand_twice_or_not_at_all(load):
    data = load(PLAIN.replace("length,count", "a,a"))
    assert data.column_names == ("a", "a_2")
    assert "becomes 'a_2'" in data.notes[0]
    assert load(PLAIN.replace("length", "")).column_names == ("column_1", "count")


def test_an_own_test_file(load):
    data = load(PLAIN, test="extra;kind;count;length\n1;b;1;2,5\n1;a;2;3,25\n1;;2;3\n")
    assert len(data) == 14
    assert data.given_test.tolist() == [False] * 12 + [True] * 2
    assert data.inputs[12:].tolist() == [[2.5, 1], [3.25, 2]]
    assert data.target[12:].tolist() == [1, 0]
    assert data.rows[12:].tolist() == [12, 13]


def test_an_unknown_category_of_the_test_file_is_missing(load):
    content = column(["red", "blue"] * 4)
    data = load(content, test="v,other,kind\nred,1,a\ngreen,2,b\n")
    assert data.inputs[8:, 0].tolist() == [1, -1]


@pytest.mark.parametrize(
    ("test", "parts"),
    [
        ("kind,length\na,1\nb,2\n", ["test.csv", "lacks the column 'count'", "kind, length"]),
        ("kind,count,length\na,1,2\nz,2,3\n", ["line 3", "'z'", "allowed: a, b"]),
        ("kind,count,length\na,1,2\nb,many,3\n", ["line 3", "'many'", "'count'"]),
        ("kind,count,length\na,1,2\nb,inf,3\n", ["line 3", "inf", "'count'"]),
        ("kind,count,length\n,1,2\n,2,3\n", ["no usable row"]),
        ("", ["test.csv", "empty"]),
    ],
)
def test_test_files_that_do_not_fit(load, test, parts):
    with pytest.raises(InputError) as caught:
        load(PLAIN, test=test)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


@pytest.mark.parametrize(
    ("content", "settings", "parts"),
    [
        ("", {}, ["the file is empty"]),
        (" \n\n", {}, ["the file is empty"]),
        (b"\xef\xbb\xbf", {}, ["the file is empty"]),
        (HEADER + "\n", {}, ["a header and no rows"]),
        (HEADER + "\n" + ROWS[0], {}, ["only 1 row below the header", "at least 4"]),
        (b"\x00\x01\x02" * 50, {}, ["binary"]),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), {}, ["a picture"]),
        (b"PK\x03\x04" + bytes(99), {}, ["Excel"]),
        (bytes(range(1, 32)) * 9, {}, ["binary"]),
        ("only\n1\n2\n3\n4\n", {}, ["only one column"]),
        (PLAIN + "1,2\n", {}, ["line 14", "2 fields where the header has 3"]),
        (PLAIN + "1,2,a,4\n", {}, ["line 14", "4 fields where the header has 3"]),
        (PLAIN.replace("\n", "\n\n") + '"1",2\n', {}, ["line 27", "2 fields"]),
        (PLAIN + '"1,2,a\n1,2,a\n', {}, ["line 14", "quotation mark"]),
        (column([1, 2, 3, 4]).replace(",b", ",a"), {}, ["one class ('a')"]),
        (column(["p", "q", "r", "s"]), {"columns": {"other": "ignore"}}, ["no column is left"]),
        (PLAIN + "inf,2,a\n", {}, ["line 14", "'length'", "infinite"]),
        (PLAIN + "1e300,2,a\n", {}, ["line 14", "'length'", "immense"]),
        (PLAIN, {"target": "kidn"}, ["data.target", "did you mean 'kind'", "length, count, kind"]),
        (PLAIN, {"columns": {"kidn": "ignore"}}, ["data.columns", "did you mean 'kind'"]),
        (PLAIN, {"columns": {"count": "words"}}, ["data.columns.count", "category, text, ignore"]),
        (PLAIN, {"columns": {"kind": "ignore"}}, ["data.columns.kind", "cannot be ignored"]),
        (PLAIN, {"columns": {"kind": "number"}}, ["data.columns.kind", "no numbers"]),
        (PLAIN.replace("a", "").replace("b", ""), {}, ["target column is empty"]),
        (column(range(4)), {"target": "v", "columns": {"v": "number"}, "missing": "drop"}, []),
        ("x,y\n1,5\n2,5\n3,5\n4,5\n", {}, ["all rows"]),
        ("x,y\n" + "".join(f"{i},w{i}\n" for i in range(30)), {}, ["30 different values"]),
        ("x,w,z\n,1,a\n,2,a\n1,3,b\n2,4,b\n3,5,b\n4,6,b\n", {"missing": "drop"}, ["same target"]),
        ("x,w,z\n,1,a\n2,,a\n1,3,b\n2,4,b\n", {"missing": "drop"}, ["only 2 rows"]),
    ],
)
def test_tables_that_cannot_be_used(load, content, settings, parts):
    if not parts:
        assert load(content, **settings).task == "regression"
        return
    with pytest.raises(InputError) as caught:
        load(content, **settings)
    text = str(caught.value)
    assert all(part in text for part in parts), text
    assert "\n" not in text
    assert "table.csv" in text or caught.value.field.startswith("data.columns")


def test_what_is_no_file(tmp_path, experiment):
    for path, problem in ((tmp_path, "directory"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(InputError, match=problem) as caught:
            load_dataset(experiment("csv", path=str(path)))
        assert caught.value.file == str(path)


def test_letters_that_are_not_utf8_only_far_down(load):
    rows = "\n".join(ROWS * 800)
    data = load(("length,count,kind\n" + rows + "\n1,2,ä\n").encode("cp1252"))
    assert data.class_names == ("a", "b", "ä")


def test_short_rows_far_down_are_found_without_quotes_and_with(load):
    good = "\n".join(ROWS * 60000)
    for extra in ("1,2\n", '"1",2\n'):
        with pytest.raises(InputError, match="line 720002: 2 fields"):
            load(f"{HEADER}\n{good}\n{extra}")
    assert len(load(f"{HEADER}\n{good}\n1,2,\n")) == 720000


def test_reading_reports_and_can_be_cancelled(tmp_path, experiment):
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "\n" + "\n".join(ROWS * 20000), encoding="utf-8")
    seen = []
    load_dataset(experiment("csv", path=str(path)), seen.append)
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1

    class CancelledError(ValueError):
        pass

    def cancel(share):
        if share > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        load_dataset(experiment("csv", path=str(path)), cancel)
