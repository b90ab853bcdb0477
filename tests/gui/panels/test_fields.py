"""Every field has one widget, that speaks Qt's dialect: name, USER property, help, keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from core.experiment import fields
from core.settings.shift import ShiftSettings
from mlloop_gui.panels.column import PANELS
from mlloop_gui.panels.fields import field_widget
from mlloop_gui.panels.fields.row import FieldRow
from tests.gui.panels.fake_session import DRAWN_POINTS, FakeSession

PATHS = tuple(path for path in fields() if path != "seed")  # the seed stands in the toolbar
#: Another value for every field, and what must be chosen before it makes sense.
OTHER: dict[str, tuple[Any, dict[str, Any]]] = {
    "seed": (12, {}),
    "data.source": ("spiral", {}),
    "data.samples": (80, {}),
    "data.noise": (0.25, {}),
    "data.seed": (3, {}),
    "data.classes": (5, {"source": "blobs"}),
    "data.arms": (4, {"source": "spiral"}),
    "data.label_noise": (0.1, {}),
    "data.shuffle_labels": (True, {}),
    "data.path": ("other.csv", {"source": "csv"}),
    "data.test_path": ("test.csv", {"source": "csv"}),
    "data.target": ("species", {"source": "csv"}),
    "data.columns": ({"a": "ignore"}, {"source": "csv"}),
    "data.missing": ("drop", {"source": "csv"}),
    "data.points": ([*DRAWN_POINTS, (0.1, 0.2, 1)], {"source": "drawn"}),
    "data.class_names": (["cat", "dog"], {"source": "drawn"}),
    "data.shift": (ShiftSettings(turn=30.0), {}),
    "representation.features": (["x2"], {}),
    "representation.scaling": ("robust", {}),
    "representation.target_scaling": ("standard", {"source": "sine"}),
    "representation.degree": (3, {}),
    "representation.interactions": (True, {}),
    "representation.rbf": (12, {}),
    "representation.rbf_width": (0.5, {"representation.rbf": 12}),
    "representation.encoding": ("ordinal", {}),
    "representation.picture": ("ink", {"source": "digits"}),
    "representation.components": (2, {}),
    "representation.text": ("characters", {}),
    "representation.vocabulary": (50, {}),
    "model.family": ("network", {}),
    "model.hidden": ([8, 3, 2], {}),
    "model.activation": (["relu"], {}),
    "model.initializer": ("zeros", {}),
    "model.dtype": ("float32", {}),
    "model.dropout": (0.2, {}),
    "model.kernel": ("numpy", {}),
    "loss.name": ("huber", {}),
    "loss.l1": (0.001, {}),
    "loss.l2": (1e-05, {}),
    "loss.class_weights": ([1.0, 2.5], {}),
    "loss.delta": (0.5, {"loss.name": "huber"}),
    "optimizer.name": ("adam", {}),
    "optimizer.learning_rate": (0.05, {}),
    "optimizer.batch_size": (32, {}),
    "optimizer.shuffle": (False, {}),
    "optimizer.momentum": (0.5, {"optimizer.name": "momentum"}),
    "optimizer.beta1": (0.8, {"optimizer.name": "adam"}),
    "optimizer.beta2": (0.99, {"optimizer.name": "adam"}),
    "optimizer.epsilon": (1e-06, {"optimizer.name": "adam"}),
    "optimizer.weight_decay": (0.1, {"optimizer.name": "adamw"}),
    "optimizer.clip_norm": (5.0, {}),
    "optimizer.schedule": ("cosine", {}),
    "optimizer.step_epochs": (10, {"optimizer.schedule": "step"}),
    "optimizer.factor": (0.5, {"optimizer.schedule": "step"}),
    "optimizer.decay": (0.9, {"optimizer.schedule": "exponential"}),
    "optimizer.period": (40, {"optimizer.schedule": "cosine"}),
    "optimizer.warmup_epochs": (2, {"optimizer.schedule": "warmup"}),
    "evaluation.validation_fraction": (0.2, {}),
    "evaluation.test_fraction": (0.1, {}),
    "stop.epochs": (20, {}),
    "stop.updates": (300, {}),
    "stop.target_loss": (0.05, {}),
    "stop.target_metric": (0.97, {}),
    "stop.patience": (4, {}),
}


def read(widget: QWidget) -> Any:
    return widget.metaObject().userProperty().read(widget)


def write(widget: QWidget, value: Any) -> None:
    assert widget.metaObject().userProperty().write(widget, value)


def seen(widget: QWidget) -> list[str]:
    """What a person sees in the widget."""
    parts = [widget, *widget.findChildren(QWidget)]
    texts = []
    for part in parts:
        if part is widget or not part.isHidden():
            for kind, read_text in (
                (QLineEdit, QLineEdit.text),
                (QComboBox, QComboBox.currentText),
                (QAbstractButton, QAbstractButton.text),
            ):
                if isinstance(part, kind):
                    texts.append(read_text(part))
    return texts


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@pytest.fixture
def built(make_column, qtbot):
    """The widget of a field, in the column or, for the seed, by itself."""

    def build(path: str, **values: Any) -> tuple[QWidget, FakeSession]:
        session = FakeSession(**values)
        if path == "seed":
            widget = field_widget(session, "seed")
            qtbot.addWidget(widget)
            widget.show()
            return widget, session
        return make_column(session).findChild(QWidget, path), session

    return build


def test_every_field_is_named_here():
    assert set(OTHER) == set(fields())


def test_every_field_has_exactly_one_widget(column):
    names = [child.objectName() for child in column.findChildren(QWidget)]
    assert {path: names.count(path) for path in PATHS} == dict.fromkeys(PATHS, 1)


def test_basic_fields_are_shown_at_once():
    placed = [path for panel in PANELS for path in (*panel.basic, *panel.more)]
    assert sorted(placed) == sorted(PATHS)
    basic = {path for panel in PANELS for path in panel.basic}
    wanted = {path for path in PATHS if fields()[path].basic and not path.startswith("stop.")}
    assert wanted <= basic


def test_every_widget_explains_itself(column, editor):
    for path in PATHS:
        field, widget = fields()[path], editor(path)
        assert widget.accessibleName(), path
        assert field.help in widget.accessibleDescription(), path
        assert widget.toolTip().startswith("<qt>"), path
        change = "Changes the running model" if field.live else "Starts a new run"
        assert change in widget.toolTip(), path
    for row in column.findChildren(FieldRow):
        assert row.label.buddy() is row.editor
        assert "&" not in row.label.text()
        assert (row.mark.text() == "") == row.field.live


def test_every_widget_can_be_reached_by_keyboard(editor):
    for path in PATHS:
        widget = editor(path)
        target = widget.focusProxy() or widget
        assert target.focusPolicy() & Qt.FocusPolicy.TabFocus, path


@pytest.mark.parametrize("path", OTHER)
def test_the_user_property_is_read_and_written(built, path):
    value, before = OTHER[path]
    widget, session = built(path, **before)
    assert read(widget) == plain(session.experiment.get(path))
    write(widget, value)
    assert plain(session.experiment.get(path)) == value
    assert read(widget) == value


@pytest.mark.parametrize("path", OTHER)
def test_what_the_session_changes_is_shown_and_not_sent_back(built, path):
    value, before = OTHER[path]
    widget, session = built(path, **before)
    given = {"path": "other.csv"} if before.get("source") == "csv" else {}
    if path == "data.source":
        changed = session.experiment.with_source(value, **given)[0]
    else:
        changed = session.experiment.replace(path, value)
    session.calls.clear()
    before_it = seen(widget)
    session.show(changed)
    assert read(widget) == value
    assert session.calls == []
    now = seen(widget)
    assert now != before_it or path == "model.family"  # there is only one
    # The same as in a window that knew no other value.
    other, other_session = built(path)
    other_session.experiment = session.experiment
    other.binding.restore()
    assert now == seen(other)


BAD = {
    "seed": -1,
    "data.samples": 3,
    "data.noise": 1.5,
    "data.label_noise": 0.6,
    "model.dropout": 1.0,
    "loss.l2": -0.1,
    "loss.class_weights": [1.0, 0.0],
    "loss.name": "no such loss",
    "optimizer.learning_rate": 0.0,
    "optimizer.batch_size": 0,
    "optimizer.name": "no such optimizer",
    "representation.features": [],
    "model.hidden": [0],
    "model.activation": ["tanh", "tanh"],
    "evaluation.test_fraction": 0.8,
    "stop.patience": 0,
}


@pytest.mark.parametrize("path", BAD)
def test_a_bad_value_is_refused_beneath_and_the_old_one_stays(built, path):
    widget, session = built(path)
    before, experiment = read(widget), session.experiment
    write(widget, BAD[path])
    assert session.experiment is experiment
    assert read(widget) == before
    assert widget.property("invalid") is True
    assert widget.binding.error
    row = widget.parentWidget()
    if isinstance(row, FieldRow):
        assert row.error.isVisible()
        assert row.error.property("message") == "error"
        assert row.error.text() == widget.binding.error
    write(widget, OTHER[path][0])
    assert widget.binding.error == ""
    assert not widget.property("invalid")
    if isinstance(row, FieldRow):
        assert not row.error.isVisible()
    assert plain(session.experiment.get(path)) == OTHER[path][0]


def test_the_seed_alone_says_what_is_wrong_in_a_tooltip(built, monkeypatch):
    said = []
    monkeypatch.setattr(
        "mlloop_gui.panels.fields.QToolTip.showText", lambda place, text, widget: said.append(text)
    )
    widget, _ = built("seed")
    write(widget, -5)
    assert said == ["Out of range. Allowed: a whole number from 0 to 2\u202f147\u202f483\u202f647."]


def test_errors_name_what_is_allowed(column, editor):
    write(editor("optimizer.learning_rate"), -1.0)
    labels = [label for label in column.findChildren(QLabel) if label.property("message")]
    assert [label.text() for label in labels if label.isVisible()] == [
        "Out of range. Allowed: a number > 0."
    ]
