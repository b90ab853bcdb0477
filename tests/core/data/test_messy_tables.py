"""Tables as people have them: read as meant, and told of what was done to them."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import numpy as np
import pytest

from core.data.table import preview
from core.errors import InputError
from core.experiment import Experiment, save
from core.loop import LearningLoop
from core.problem import build_problem
from mlloop_gui.cli.run import run

ROWS = [f"{n},{n * n % 17},{'ab'[n % 2]}" for n in range(20)]


def text_of(rows, header="u,v,kind") -> str:
    return "\n".join([header, *rows])


@pytest.fixture
def table(tmp_path):
    """Writes a table and makes the experiment that learns from it."""

    def write(content: str | bytes, **data) -> Experiment:
        path = tmp_path / "own.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Experiment().with_source("csv", path=str(path), **data)[0]

    return write


def learned(experiment: Experiment) -> LearningLoop:
    loop = LearningLoop(experiment)
    loop.run(50)
    assert loop.failure is None
    assert np.isfinite(loop.evaluate("train").loss)
    return loop


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_byte_order_mark_is_no_part_of_the_first_name(table, encoding, quote):
    text = text_of(ROWS, f"{quote}größe{quote},v,kind")
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    content = mark.get(encoding, b"") + text.encode(encoding)
    data = build_problem(table(content)).dataset
    assert data.column_names == ("größe", "v")
    assert data.inputs[:, 0].tolist() == list(range(20))
    assert data.notes == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_newline_in_quotes_is_part_of_its_cell(table, end):
    rows = [f'{n},"no {n % 3}{end}say ""hm""; yes",{"ab"[n % 2]}' for n in range(20)]
    data = build_problem(table(end.join([f'u,"what{end}was said",kind', *rows])))
    columns = data.dataset.columns
    assert [column.name for column in columns] == ["u", "what was said"]
    assert columns[1].categories == tuple(f'no {n} say "hm"; yes' for n in range(3))
    assert len(data.dataset) == 20
    ragged = end.join(["u,what,kind", *rows, "1,2"])
    with pytest.raises(InputError, match="line 42: 2 fields where the header has 3"):
        build_problem(table(ragged))


def test_decimal_commas_with_semicolons(table):
    rows = [f"{n},5;1.{n:03d},25;{'ab'[n % 2]}" for n in range(20)]
    data = build_problem(table(text_of(rows, "u;v;kind"))).dataset
    assert data.inputs[:, 0].tolist() == [n + 0.5 for n in range(20)]
    assert data.inputs[:, 1].tolist() == [1000.25 + n for n in range(20)]
    assert data.notes == ()


def test_200_columns_and_what_is_said_of_many_at_once(table):
    wide = [",".join([*(str((n * i) % 13) for i in range(1, 191)), *["5"] * 10]) for n in range(40)]
    rows = [f"{cells},{'ab'[n % 2]}" for n, cells in enumerate(wide)]
    experiment = table(text_of(rows, ",".join(f"c{i}" for i in range(200)) + ",kind"))
    loop = learned(experiment)
    # Every thirteenth column is 0 throughout, the last ten are 5.
    assert loop.problem.features == 190 - 14
    assert loop.problem.dataset.notes == (
        "left out (constant): c12, c25, c38, c51, c64, c77 and 18 more",
    )


def test_a_constant_column_is_left_out_and_told(table):
    rows = [f"{n},5,x,{'ab'[n % 2]}" for n in range(20)]
    loop = learned(table(text_of(rows, "u,v,w,kind")))
    assert loop.problem.dataset.column_names == ("u",)
    assert loop.problem.dataset.notes == ("left out (constant): v, w",)


@pytest.mark.parametrize("value", ["5", "0.1", "1000000.1"])
@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_a_column_that_is_constant_where_it_is_learned_from_does_no_harm(table, scaling, value):
    same = [f"{n},{value},{'ab'[n % 2]}" for n in range(20)]
    asked = table(text_of(same), columns={"v": "number"})
    problem = build_problem(asked)
    odd = int(problem.parts.test[0])
    other = [f"{n},{float(value) + 1},{'ab'[n % 2]}" if n == odd else same[n] for n in range(20)]
    for rows, columns in ((same, {"v": "number"}), (other, None)):
        experiment = table(text_of(rows), columns=columns)
        problem = build_problem(experiment.replace("representation.scaling", scaling))
        assert problem.dataset.column_names == ("u", "v")
        assert np.ptp(problem.x[problem.parts.train, 1]) == 0
        if scaling != "none":
            assert np.abs(problem.x).max() < 30
            assert np.abs(problem.x[problem.parts.train, 1]).max() < 1e-9
            learned(experiment.replace("representation.scaling", scaling))


def test_a_class_with_one_member_is_told_and_learned_beside_the_others(table):
    rows = [f"{n},{n * n % 17},{'ab'[n % 2] if n else 'c'}" for n in range(20)]
    experiment = table(text_of(rows))
    loop = learned(experiment)
    assert loop.problem.dataset.class_names == ("a", "b", "c")
    said = "a class with too few rows to be in training, validation and test: c (1 row)"
    assert loop.problem.dataset.notes == (said,)
    for part in ("train", "validation", "test"):
        assert loop.evaluate(part).metrics["balanced_accuracy"] is not None
    data = experiment.data
    assert preview(data.path, data).notes == (said,)


def test_many_rare_classes_are_told_in_one_sentence(table):
    rows = [f"{n},{n % 7},{'ab'[n % 2] if n < 40 else f'r{n // 2}'}" for n in range(58)]
    (note,) = build_problem(table(text_of(rows))).dataset.notes
    assert note.startswith("9 classes with too few rows to be in training, validation and test: ")
    assert note.endswith("r20 (2 rows), r21 (2 rows), r22 (2 rows), r23 (2 rows), r24 (2 rows), "
                         "r25 (2 rows) and 3 more")  # fmt: skip


def test_names_that_stand_twice_get_a_number(table):
    rows = [f"{n},{n * n % 17},{n % 3},{n % 5},{'ab'[n % 2]}" for n in range(20)]
    data = build_problem(table(text_of(rows, "u,u,,u_2,kind"))).dataset
    assert data.column_names == ("u", "u_3", "column_3", "u_2")
    assert data.notes[0] == "column 2 is called 'u' like another and becomes 'u_3'"
    assert data.inputs[:5, 1].tolist() == [0, 1, 4, 9, 16]


@pytest.mark.parametrize("missing", ["mean", "median", "drop"])
@pytest.mark.parametrize("kind", [None, "number", "category"])
def test_a_column_that_is_empty_throughout_is_left_out_and_told(table, missing, kind):
    columns = {"v": kind} if kind else None
    rows = [f"{n},,{'ab'[n % 2]}" for n in range(20)]
    data = build_problem(table(text_of(rows), missing=missing, columns=columns)).dataset
    assert (data.column_names, len(data)) == (("u",), 20)
    assert data.notes == ("left out (empty): v",)


def test_what_was_asked_for_is_not_told(table):
    data = build_problem(table(text_of(ROWS), columns={"v": "ignore"})).dataset
    assert (data.column_names, data.notes) == (("u",), ())


@pytest.mark.parametrize(
    ("row", "words"),
    [("5,3", "line 7: 2 fields where the header has 3"),
     ("5,3,a,9", "line 7: 4 fields where the header has 3"),
     ('5,"3,a', "a quotation mark is opened and never closed")],
)  # fmt: skip
def test_ragged_rows_are_refused_with_their_line(table, row, words):
    with pytest.raises(InputError, match=words):
        build_problem(table(text_of([*ROWS[:5], row, *ROWS[5:]])))


def test_every_row_longer_than_the_header_is_refused(table):
    with pytest.raises(InputError, match="line 2: 4 fields where the header has 3"):
        build_problem(table(text_of([f"{row},x" for row in ROWS])))


def test_a_few_words_among_numbers_are_gaps_and_told(table):
    rows = [f"{n},{'n.v.' if n % 5 == 0 else n},{'ab'[n % 2]}" for n in range(20)]
    data = build_problem(table(text_of(rows))).dataset
    assert np.isnan(data.inputs[::5, 1]).all()
    assert data.notes == (
        "v: a number; 4 of 20 values such as 'n.v.' count as missing; "
        "4 of 20 values missing, filled with the training mean",
    )


def test_as_many_words_as_numbers_are_categories_and_told(table):
    rows = [f"{n},{'low' if n % 2 else n % 6},{'ab'[n % 3 == 0]}" for n in range(20)]
    loop = learned(table(text_of(rows)))
    assert loop.problem.dataset.columns[1].categories == ("0", "2", "4", "low")
    assert loop.problem.dataset.notes == (
        "v: 4 categories become 4 columns of 0 and 1; "
        "some values are numbers, others such as 'low' are not",
    )


def test_true_and_false_and_yes_are_no_mixture(table):
    rows = [f"{n},{n % 2 == 0},{'yes' if n % 3 else 'no'},{'ab'[n % 2]}" for n in range(20)]
    assert build_problem(table(text_of(rows, "u,v,w,kind"))).dataset.notes == ()


def test_mlloop_run_tells_all_of_it(table, tmp_path: Path, capsys):
    rows = [f"{n},,{n % 3},5,{'ab'[n % 2] if n else 'c'}" for n in range(20)]
    save(table(text_of(rows, "u,v,u,w,kind")), tmp_path / "own.toml")
    report = tmp_path / "own.json"
    assert run([str(tmp_path / "own.toml"), "--epochs", "2", "--json", str(report)]) == 0
    lines = capsys.readouterr().out.splitlines()
    notes = [line.removeprefix("note ").strip() for line in lines if line.startswith("note ")]
    assert notes == [
        "column 3 is called 'u' like another and becomes 'u_2'",
        "left out (empty): v",
        "left out (constant): w",
        "a class with too few rows to be in training, validation and test: c (1 row)",
    ]
    assert json.loads(report.read_text())["status"] == "finished"


def test_mlloop_run_tells_the_first_of_very_many(table, tmp_path: Path, capsys):
    rows = [
        ",".join([*(str(n % i) if n else "" for i in range(2, 22)), "ab"[n % 2]]) for n in range(30)
    ]
    header = ",".join(f"c{i}" for i in range(20)) + ",kind"
    save(table(text_of(rows, header)), tmp_path / "own.toml")
    assert run([str(tmp_path / "own.toml"), "--epochs", "1"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note")]
    assert len(lines) == 13
    assert lines[-1] == "note       and 8 more of the kind"
