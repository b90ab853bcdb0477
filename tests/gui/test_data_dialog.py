from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QTableWidget

from core.data import load_dataset
from mlloop_gui.data_dialog import AS_FOUND, OpenTableDialog
from mlloop_gui.jobs import Jobs
from mlloop_gui.panels.fields.choice import Menu
from mlloop_gui.panels.fields.table import TableFile
from tests.gui.panels.fake_session import FakeSession

ROWS = 24


def good_table(rows: int = ROWS) -> str:
    lines = ["id,height,city,note,kind"]
    for n in range(rows):
        height = "" if n % 6 == 0 else f"{1.5 + n / 50}"
        lines.append(f"{n},{height},{['Oslo', 'Rome'][n % 2]},text {n},{['cat', 'dog'][n % 2]}")
    return "\n".join(lines)


@pytest.fixture
def table(own_folders) -> Path:
    path = own_folders / "animals.csv"
    path.write_text(good_table())
    return path


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def make(qtbot, session):
    kept = []

    def build(path: Path | str = "") -> OpenTableDialog:
        dialog = OpenTableDialog(session, str(path))
        qtbot.addWidget(dialog)
        kept.append(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    return build


def sentences(dialog: OpenTableDialog) -> dict[str, str]:
    columns = dialog.findChild(QTableWidget, "table.columns")
    return {
        columns.item(row, 0).text(): columns.item(row, 2).text()
        for row in range(columns.rowCount())
    }


def error(dialog: OpenTableDialog) -> str:
    label = dialog.findChild(QLabel, "table.error")
    assert label.property("message") == "error"
    return label.text() if label.isVisible() else ""


def choose(menu: Menu, name: str) -> None:
    row = menu.findData(name)
    assert row >= 0, name
    menu.setCurrentIndex(row)
    menu.activated.emit(row)


def kind_menu(dialog: OpenTableDialog, column: str) -> Menu:
    menus = [menu for menu in dialog.findChildren(Menu) if menu.property("column") == column]
    assert len(menus) == 1
    return menus[0]


def test_every_column_says_what_happens_to_it(make, table):
    dialog = make(table)
    found = sentences(dialog)
    assert list(found) == ["id", "height", "city", "note", "kind"]
    assert "counts the rows: left out" in found["id"]
    assert "4 of 24 values missing, filled with the training mean" in found["height"]
    assert "2 columns of 0 and 1" in found["city"]
    assert "left out" in found["note"]
    assert "the class to predict, one of 2" in found["kind"]
    summary = dialog.findChild(QLabel, "table.summary").text()
    assert "Predicts kind, one of 2 classes, from 2 of 4 columns." in summary
    assert "24 rows; comma; names in the first line" in summary
    assert error(dialog) == ""
    assert dialog.open_button.isEnabled()


def test_the_result_makes_a_data_set(make, table, session):
    dialog = make(table)
    assert dialog.settings() == {"path": str(table), "target": "kind", "missing": "mean"}
    session.choose_source("csv", **dialog.settings())
    dataset = load_dataset(session.experiment)
    assert dataset.column_names == ("height", "city")


def test_kinds_target_and_gaps_are_chosen(make, table, session):
    dialog = make(table)
    choose(kind_menu(dialog, "id"), "number")
    choose(kind_menu(dialog, "city"), "ignore")
    choose(dialog.findChild(Menu, "table.missing"), "drop")
    found = sentences(dialog)
    assert found["id"] == "a number"
    assert found["city"] == "left out, as asked"
    assert "rows left out" in found["height"]
    assert dialog.settings() == {
        "path": str(table),
        "target": "kind",
        "columns": {"id": "number", "city": "ignore"},
        "missing": "drop",
    }
    choose(dialog.findChild(Menu, "table.target"), "height")
    assert "Predicts height, a number" in dialog.findChild(QLabel, "table.summary").text()
    choose(kind_menu(dialog, "city"), AS_FOUND)
    assert dialog.settings()["columns"] == {"id": "number"}


def test_a_column_can_be_taken_for_a_text(make, table, session):
    dialog = make(table)
    assert "like a name or a date" in sentences(dialog)["note"]
    choose(kind_menu(dialog, "note"), "text")
    assert sentences(dialog)["note"] == f"{ROWS} different texts: their words are counted"
    session.choose_source("csv", **dialog.settings())
    dataset = load_dataset(session.experiment)
    assert [column.kind for column in dataset.columns] == ["number", "category", "text"]


def test_a_wrong_choice_is_said_and_can_be_mended(make, table):
    dialog = make(table)
    choose(kind_menu(dialog, "note"), "number")
    assert "this column holds no numbers" in error(dialog)
    assert not dialog.open_button.isEnabled()
    choose(kind_menu(dialog, "note"), "ignore")
    assert error(dialog) == ""
    assert dialog.open_button.isEnabled()


def test_something_must_be_left_to_predict_from(make, table):
    dialog = make(table)
    choose(kind_menu(dialog, "height"), "ignore")
    choose(kind_menu(dialog, "city"), "ignore")
    assert "No column is left" in error(dialog)
    assert not dialog.open_button.isEnabled()


BAD = {
    "empty": (b"", "empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0", "a picture, not a text table"),
    "ragged": (b"a,b\n1,2\n3,4,5,6\n7,8\n", "line 3"),
    "one row": (b"a,b\n1,2\n", "only 1 row"),
    "one class": (b"a,b\n1,x\n2,x\n3,x\n4,x\n5,x\n", "one class"),
    "infinite": (b"a,b\n1,x\ninf,y\n3,x\n4,y\n5,x\n6,y\n", "infinite value"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_its_reason(make, own_folders, what):
    content, reason = BAD[what]
    path = own_folders / "bad.csv"
    path.write_bytes(content)
    dialog = make(path)
    assert reason in error(dialog)
    assert "bad.csv" in error(dialog)
    assert not dialog.open_button.isEnabled()
    assert sentences(dialog) == {}


def test_a_directory_and_a_missing_file(make, own_folders):
    assert "directory" in error(make(own_folders))
    assert "no such file" in error(make(own_folders / "nowhere.csv"))
    assert error(make()) == "Choose a CSV or TSV file."


def test_another_file_is_typed_and_looked_at(qtbot, make, table, own_folders):
    (own_folders / "other.tsv").write_text("u\tv\n" + "\n".join(f"{n}\t{n * n}" for n in range(30)))
    dialog = make(table)
    choose(kind_menu(dialog, "city"), "ignore")
    path = dialog.findChild(QLineEdit, "table.path")
    path.selectAll()
    qtbot.keyClicks(path, "other.tsv")
    qtbot.keyClick(path, Qt.Key.Key_Tab)
    assert list(sentences(dialog)) == ["u", "v"]
    assert dialog.settings() == {"path": "other.tsv", "target": "v", "missing": "mean"}


def test_enter_in_a_line_looks_and_does_not_open(qtbot, make, table):
    dialog = make(table)
    path = dialog.findChild(QLineEdit, "table.path")
    path.selectAll()
    qtbot.keyClicks(path, "nowhere.csv")
    qtbot.keyClick(path, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "no such file" in error(dialog)


def test_a_test_file_must_have_the_same_columns(qtbot, make, table, own_folders):
    (own_folders / "good.csv").write_text(good_table(12))
    (own_folders / "poor.csv").write_text("height,city\n1.5,Oslo\n1.6,Rome\n1.7,Oslo\n")
    dialog = make(table)
    line = dialog.findChild(QLineEdit, "table.test_path")
    line.setFocus()
    qtbot.keyClicks(line, "poor.csv")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert "lacks the column" in error(dialog)
    assert "poor.csv" in error(dialog)
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "good.csv")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert error(dialog) == ""
    assert dialog.settings()["test_path"] == "good.csv"


def test_files_are_looked_for(qtbot, make, table, monkeypatch):
    dialog = make()
    monkeypatch.setattr(TableFile, "ask", lambda *args: str(table))
    browse = [b for b in dialog.findChildren(QPushButton) if b.text() == "Browse…"]
    qtbot.mouseClick(browse[0], Qt.MouseButton.LeftButton)
    assert dialog.settings()["path"] == str(table)
    assert dialog.open_button.isEnabled()


def test_reading_is_waited_for_and_an_old_answer_dropped(make, table, own_folders, session):
    session.jobs.at_once = False
    (own_folders / "other.csv").write_text("u,v\n" + "\n".join(f"{n},{n * n}" for n in range(30)))
    dialog = make(table)
    assert dialog.findChild(QLabel, "table.summary").text() == "Reading…"
    assert not dialog.open_button.isEnabled()
    path = dialog.findChild(QLineEdit, "table.path")
    path.setText("other.csv")
    path.editingFinished.emit()
    assert len(session.jobs.waiting) == 2
    session.jobs.waiting.reverse()
    session.jobs.finish()
    assert list(sentences(dialog)) == ["u", "v"]


def test_a_table_that_is_open_is_shown_as_it_is_used(make, table, session):
    session.choose_source("csv", path="animals.csv", target="city", columns={"kind": "ignore"})
    dialog = make()
    assert dialog.settings() == {
        "path": "animals.csv",
        "target": "city",
        "columns": {"kind": "ignore"},
        "missing": "mean",
    }


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (QDialog.DialogCode.Accepted, {"path": "animals.csv", "target": "kind", "missing": "mean"}),
        (QDialog.DialogCode.Rejected, None),
    ],
)
def test_asking_looks_for_a_file_first(qtbot, session, table, monkeypatch, answer, found):
    monkeypatch.setattr(TableFile, "ask", lambda *args: "animals.csv")
    monkeypatch.setattr(OpenTableDialog, "exec", lambda self: answer)
    assert OpenTableDialog.ask(session) == found


def test_asking_ends_where_no_file_is_chosen(session, monkeypatch):
    monkeypatch.setattr(TableFile, "ask", lambda *args: "")
    assert OpenTableDialog.ask(session) is None


def test_what_can_be_used_has_a_name_and_a_tip(make, table):
    dialog = make(table)
    for kind in (QLineEdit, Menu):
        for widget in dialog.findChildren(kind):
            assert widget.accessibleName(), widget.objectName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_bad_file_is_said_by_the_real_jobs_too(qtbot, session, own_folders) -> None:
    path = own_folders / "empty.csv"
    path.write_text("")
    session.jobs = Jobs()
    dialog = OpenTableDialog(session, str(path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "empty" in error(dialog))
    dialog.close()
    assert session.jobs.finish()
