"""What each panel shows for which settings, and its own buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from core.experiment import Experiment
from core.problem import build_problem
from core.registry import registry
from mlloop_gui.panels.fields.source import thumbnail
from mlloop_gui.panels.representation import RepresentationPanel
from mlloop_gui.theme import DARK, LIGHT
from tests.gui.panels.fake_session import FakeSession


def shown(column, path: str) -> bool:
    return column.findChild(QWidget, path).isVisible()


APPLIES = [
    ("optimizer.momentum", {}, False),
    ("optimizer.momentum", {"optimizer.name": "momentum"}, True),
    ("optimizer.momentum", {"optimizer.name": "nesterov"}, True),
    ("optimizer.beta1", {"optimizer.name": "adam"}, True),
    ("optimizer.beta1", {"optimizer.name": "rmsprop"}, False),
    ("optimizer.beta2", {"optimizer.name": "rmsprop"}, True),
    ("optimizer.epsilon", {"optimizer.name": "adagrad"}, True),
    ("optimizer.epsilon", {}, False),
    ("optimizer.weight_decay", {"optimizer.name": "adam"}, False),
    ("optimizer.weight_decay", {"optimizer.name": "adamw"}, True),
    ("optimizer.step_epochs", {}, False),
    ("optimizer.step_epochs", {"optimizer.schedule": "step"}, True),
    ("optimizer.factor", {"optimizer.schedule": "step"}, True),
    ("optimizer.decay", {"optimizer.schedule": "exponential"}, True),
    ("optimizer.period", {"optimizer.schedule": "cosine"}, True),
    ("optimizer.warmup_epochs", {"optimizer.schedule": "warmup"}, True),
    ("loss.delta", {}, False),
    ("loss.delta", {"loss.name": "huber"}, True),
    ("loss.class_weights", {}, True),
    ("loss.class_weights", {"source": "sine"}, False),
    ("data.arms", {}, False),
    ("data.arms", {"source": "spiral"}, True),
    ("data.classes", {"source": "spiral"}, False),
    ("data.classes", {"source": "blobs"}, True),
    ("data.samples", {}, True),
    ("data.samples", {"source": "iris"}, False),
    ("data.noise", {"source": "csv"}, False),
    ("data.label_noise", {"source": "iris"}, True),
    ("data.label_noise", {"source": "plane"}, False),
    ("data.path", {}, False),
    ("data.path", {"source": "csv"}, True),
    ("data.target", {"source": "csv"}, True),
    ("data.columns", {"source": "csv"}, True),
    ("data.missing", {"source": "csv"}, True),
    ("data.missing", {"source": "wine"}, False),
    ("representation.degree", {}, True),
    ("representation.interactions", {}, True),
    ("representation.interactions", {"representation.degree": 2}, False),
    ("representation.rbf_width", {}, False),
    ("representation.rbf_width", {"representation.rbf": 3}, True),
    ("representation.encoding", {}, False),
    ("representation.picture", {}, False),
    ("representation.text", {}, False),
    ("representation.target_scaling", {}, False),
    ("representation.target_scaling", {"source": "diabetes"}, True),
    ("model.activation", {"model.hidden": []}, False),
    ("evaluation.test_fraction", {}, True),
    ("evaluation.test_fraction", {"source": "csv", "data.test_path": "t.csv"}, False),
]


@pytest.mark.parametrize(("path", "values", "expected"), APPLIES)
def test_only_what_applies_is_shown(make_column, path, values, expected):
    assert shown(make_column(FakeSession(**values)), path) is expected


def test_fields_come_and_go_with_the_settings(column, session):
    session.set("optimizer.name", "adam")
    assert shown(column, "optimizer.beta1")
    session.set("optimizer.name", "sgd")
    assert not shown(column, "optimizer.beta1")


@pytest.mark.parametrize("values", [{}, {"optimizer.name": "adamw"}, {"source": "diabetes"}])
def test_learning_rate_and_batch_size_are_there_when_folded(make_column, values):
    column = make_column(FakeSession(**values), unfolded=False)
    assert shown(column, "optimizer.learning_rate")
    assert shown(column, "optimizer.batch_size")
    assert not shown(column, "optimizer.clip_norm")


def test_more_unfolds_by_mouse_and_by_key(qtbot, make_column, session):
    column = make_column(session, unfolded=False)
    button = column.panels["optimizer"].more_button
    assert button.text().startswith("More")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown(column, "optimizer.schedule")
    assert button.text().startswith("Less")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not shown(column, "optimizer.schedule")


def test_more_is_offered_only_where_there_is_more(make_column, session, monkeypatch):
    # All that a panel has under "More" may not apply, as if this one had no more than this.
    monkeypatch.setattr(RepresentationPanel, "more", ("representation.target_scaling",))
    column = make_column(session, unfolded=False)
    assert not column.panels["representation"].more_button.isVisible()
    session.choose_source("sine")
    assert column.panels["representation"].more_button.isVisible()


def test_cards_are_titled_by_stage(column):
    titles = [label.text() for label in column.findChildren(QLabel) if label.property("role")]
    wanted = ["1 Data", "1 Representation", "2 Model", "4 Loss", "7 Optimizer", "9 Evaluation"]
    assert sorted(title for title in titles if title in wanted) == sorted(wanted)


# -- menus -----------------------------------------------------------------------------------


def menu_of(column, path: str) -> list[str]:
    box = column.findChild(QWidget, path)
    return [box.itemText(row) for row in range(box.count()) if box.itemText(row)]


def test_a_menu_opens_on_the_basic_ones_and_keeps_the_rest_under_more(column):
    names = menu_of(column, "optimizer.name")
    assert names[:4] == ["SGD", "Momentum", "Adam", "More"]
    assert set(names) - {"More"} == {part.label for part in registry("optimizers")}


def test_each_item_explains_itself(column):
    box = column.findChild(QWidget, "optimizer.name")
    for part in registry("optimizers"):
        row = box.findData(part.name)
        assert box.itemData(row, Qt.ItemDataRole.ToolTipRole).count(part.label) == 1
    assert "heavy ball" in box.itemData(box.findData("momentum"), Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("source", "first", "absent"),
    [
        ("circle", ["Binary cross-entropy", "Squared error", "Absolute error", "More"], None),
        ("iris", ["Cross-entropy", "Squared error", "Absolute error", "More"], None),
        ("sine", ["Squared error", "Absolute error", "More", "Huber"], "Cross-entropy"),
    ],
)
def test_losses_begin_with_the_suggested_one_and_fit_the_target(column, session, source, first,
                                                                absent):  # fmt: skip
    session.choose_source(source)
    names = menu_of(column, "loss.name")
    assert names[: len(first)] == first
    assert absent not in names


# -- data ------------------------------------------------------------------------------------


def test_the_source_menu_is_in_groups(column):
    names = menu_of(column, "data.source")
    groups = ["Generated, classes", "Generated, numbers", "Real data", "Your own"]
    assert [name for name in names if name in groups] == groups
    assert names[-2:] == ["Your own table", "Drawn by hand"]
    assert len(names) == len(registry("sources")) + len(groups)


def test_choosing_a_source_brings_its_consequences(qtbot, column, session):
    box = column.findChild(QWidget, "data.source")
    box.setFocus()
    row = box.findData("sine")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert session.calls == [("choose_source", "sine", {})]
    assert session.experiment.loss.name == "mse"
    assert "sine curve" in column.findChild(QLabel, "data.explanation").text()


def test_thumbnails_choose_and_follow(qtbot, column, session):
    spiral = column.findChild(QWidget, "thumbnail.spiral")
    circle = column.findChild(QWidget, "thumbnail.circle")
    assert circle.isChecked()
    qtbot.mouseClick(spiral, Qt.MouseButton.LeftButton)
    assert session.experiment.data.source == "spiral"
    assert (spiral.isChecked(), circle.isChecked()) == (True, False)
    # The one in force stays chosen when it is pressed again.
    qtbot.mouseClick(spiral, Qt.MouseButton.LeftButton)
    assert spiral.isChecked()
    session.choose_source("iris")
    assert not spiral.isChecked()


def test_thumbnails_are_pictures_of_the_samples(qapp):
    for theme in (LIGHT, DARK):
        picture = thumbnail("circle", theme, 28, 1.0).toImage()
        colors = {picture.pixelColor(x, y).name() for x in range(28) for y in range(28)}
        assert {theme.class_colors[0], theme.class_colors[1], theme.paper} <= colors
        # The inner disc is of class 1, so the middle of the picture is not of class 0's colour.
        assert picture.pixelColor(14, 14).name() != theme.class_colors[0]


def test_a_table_is_asked_for_before_it_is_chosen(qtbot, column, session):
    asked = []
    answers = [None, {"path": "a.csv", "target": "y"}]
    panel = column.panels["data"]
    panel.ask_table = lambda *args: (asked.append(args), answers[len(asked) - 1])[1]
    box = column.findChild(QWidget, "data.source")
    row = box.findData("csv")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert session.experiment.data.source == "circle"
    assert box.name() == "circle"
    qtbot.mouseClick(column.findChild(QWidget, "open_table"), Qt.MouseButton.LeftButton)
    assert session.calls[-1] == ("choose_source", "csv", {"path": "a.csv", "target": "y"})
    assert box.name() == "csv"
    assert asked == [(session, panel)] * 2


def test_a_table_without_a_file_is_refused_where_nobody_can_be_asked(column, session):
    box = column.findChild(QWidget, "data.source")
    box.metaObject().userProperty().write(box, "csv")
    assert "missing" in box.binding.error
    assert session.experiment.data.source == "circle"


def test_a_path_is_looked_for(qtbot, make_column, monkeypatch):
    session = FakeSession(source="csv")
    column = make_column(session)
    answers = iter(["", "/data/found.csv"])
    monkeypatch.setattr("mlloop_gui.panels.fields.table.TableFile.ask", lambda *args: next(answers))
    path = column.findChild(QWidget, "data.path")
    for expected in ("table.csv", "/data/found.csv"):
        qtbot.mouseClick(path.corner, Qt.MouseButton.LeftButton)
        assert session.experiment.data.path == expected


def test_suggested_settings_are_one_click_away(qtbot, column, session):
    session.choose_source("spiral")
    qtbot.mouseClick(column.findChild(QPushButton, "suggest"), Qt.MouseButton.LeftButton)
    assert session.experiment == Experiment().suggested("spiral")


def test_a_table_lists_its_columns_once_it_is_read(make_column, own_folders):
    rows = [f"{i},{i * i % 7},{'yes' if i % 3 else 'no'}" for i in range(20)]
    (own_folders / "table.csv").write_text("\n".join(["height,age,label", *rows]))
    session = FakeSession(source="csv", **{"data.target": "height"})
    column = make_column(session)
    features = column.findChild(QWidget, "representation.features")
    assert features.currentText() == "all"
    assert "Cross-entropy" in menu_of(column, "loss.name")
    session.problem = build_problem(session.experiment)
    session.run_started.emit()
    assert features.currentText() == "age, label"
    assert "height" in column.findChild(QLabel, "data.explanation").text()
    assert "Cross-entropy" not in menu_of(column, "loss.name")
    assert not shown(column, "loss.class_weights")


def test_some_of_many_inputs_are_chosen(qtbot, make_column):
    session = FakeSession(source="iris")
    column = make_column(session)
    features = column.findChild(QWidget, "representation.features")
    assert features.currentText() == "all 4"
    features.showPopup()
    features.inputs.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    features.inputs.hide()
    names = registry("sources")["iris"].inputs
    assert session.experiment.representation.features == names[1:]
    features.showPopup()
    qtbot.mouseClick(features.inputs.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    features.inputs.hide()
    assert session.experiment.representation.features == names


# -- evaluation ------------------------------------------------------------------------------


def test_the_test_part_is_opened_and_counted(qtbot, column, session):
    button = column.findChild(QPushButton, "open_test_button")
    assert button.text() == "Test sealed · opened 0×"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.test_openings == 1
    assert button.text() == "Test opened 1×"


def test_empty_moments_show_the_optimizers_own(column, session):
    session.set("optimizer.name", "rmsprop")
    assert column.findChild(QWidget, "optimizer.beta2").placeholderText() == "0.99"
    session.set("optimizer.name", "adam")
    assert column.findChild(QWidget, "optimizer.beta2").placeholderText() == "0.999"
    assert column.findChild(QWidget, "optimizer.epsilon").placeholderText() == "1e-08"
