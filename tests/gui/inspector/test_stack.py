"""How the inspectors behave: what is shown when, picking, going pale, and what costs nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.experiment import loads
from core.stages import Stage, StepSize
from mlloop_gui import theme as themes
from mlloop_gui.inspector.base import NOT_YET
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.inspector.strip import StripTable
from tests.gui.inspector.fakes import FakeSession

TURN_STAGES = [stage for stage in Stage if stage is not Stage.EVALUATE]


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(loads("format = 1"))


@pytest.fixture
def stack(session: FakeSession, qtbot: QtBot) -> InspectorStack:
    made = InspectorStack(session)
    qtbot.addWidget(made)
    made.resize(1420, 190)
    made.show()
    return made


def click_cell(qtbot: QtBot, table: StripTable, row: int, column: int) -> None:
    at = table.cell_rect(row, column).center().toPoint()
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=at)


def test_every_stage_has_a_named_page(stack: InspectorStack) -> None:
    for stage in Stage:
        page = stack.pages[stage]
        assert page.objectName() == f"inspector.{stage.key}"
        assert stage.label in page.accessibleName()
        assert stack.findChild(QWidget, f"inspector.{stage.key}") is page


def test_before_turn_one_it_says_not_yet(session: FakeSession, stack: InspectorStack) -> None:
    for stage in TURN_STAGES:
        session.inspect(stage)
        assert stack.page._empty.isVisible()
        assert NOT_YET in stack.page._empty.text()
        assert "not yet" in stack.header.note.text()
    session.inspect(Stage.EVALUATE)
    assert not stack.page._empty.isVisible()
    assert stack.page.parts.text_at(0, "right").endswith("of 250")


def test_a_stage_is_shown_as_soon_as_it_is_done(
    session: FakeSession, stack: InspectorStack
) -> None:
    session.step(2)
    session.inspect(Stage.TRANSFORM)
    assert not stack.page._empty.isVisible()
    assert stack.header.note.text() == "turn 1"
    session.inspect(Stage.PREDICT)
    assert stack.page._empty.isVisible()


def test_the_record_of_an_older_turn_is_pale(session: FakeSession, stack: InspectorStack) -> None:
    stack.resize(1800, 190)  # room for the header's longest note, in the window's own fonts too
    session.step(8)
    session.select_sample(int(session.frame.record.rows[0]))
    session.inspect(Stage.TRANSFORM)
    page, shown = stack.page, stack.page.z.as_table()[1][0].tolist()
    assert not page.is_pale
    session.step(1)
    assert page.is_pale
    assert stack.header.note.text() == "record of turn 1 (a newer turn has begun)"
    # Turn 1 has been applied since; its own z are shown all the same.
    assert page.z.as_table()[1][0].tolist() == shown
    assert page.z.theme.text != themes.current().text
    session.step(1)
    assert not page.is_pale
    assert stack.header.note.text() == "turn 2"
    assert page.z.as_table()[1][0].tolist() != shown


def test_going_pale_leaves_text_legible() -> None:
    from mlloop_gui.inspector.moment import pale

    for theme in (themes.LIGHT, themes.DARK):
        faded = pale(theme)
        assert faded.text != theme.text
        for color in (faded.text, faded.muted):
            assert contrast(color, theme.panel) >= 4.0


def contrast(first: str, second: str) -> float:
    def light(color: str) -> float:
        parts = (themes.rgb(color) / 255.0).tolist()
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


def test_a_click_on_a_row_picks_that_sample(
    session: FakeSession, stack: InspectorStack, qtbot: QtBot
) -> None:
    session.step(6)
    session.inspect(Stage.TRANSFORM)
    rows = session.frame.record.rows
    assert stack.header.text().startswith("Sample 1 of 10")
    click_cell(qtbot, stack.page.z, 2, 3)
    assert session.sample == rows[2]
    assert stack.header.text().startswith("Sample 3 of 10")
    assert stack.page.z._selected == (2, 3)
    assert "unit 4 of layer 1" in stack.page.words.describe().lower()
    session.inspect(Stage.BACKPROPAGATE)
    assert stack.page.delta._selected == (2, 3)


def test_a_row_of_a_table_picks_that_sample(session: FakeSession, stack: InspectorStack) -> None:
    session.step(6)
    session.inspect(Stage.LOSS)
    stack.page.losses.selectRow(4)
    assert session.sample == session.frame.record.rows[4]
    assert stack.page.losses.currentIndex().row() == 4
    assert f"{float(session.frame.record.price[4]):.3f}"[:4] in stack.page.words.describe()


def test_the_arrows_walk_round_the_batch(
    session: FakeSession, stack: InspectorStack, qtbot: QtBot
) -> None:
    session.step(6)
    rows = session.frame.record.rows
    qtbot.mouseClick(stack.header.previous, Qt.MouseButton.LeftButton)
    assert session.sample == rows[9]
    qtbot.mouseClick(stack.header.next, Qt.MouseButton.LeftButton)
    assert session.sample == rows[0]


def test_a_sample_outside_the_batch_has_its_own_numbers_and_no_vote(
    session: FakeSession, stack: InspectorStack
) -> None:
    session.step(8)
    outside = int(session.frame.problem.parts.validation[0])
    session.select_sample(outside)
    session.inspect(Stage.TRANSFORM)
    assert "no vote in this update" in stack.header.text()
    assert "(validation)" in stack.header.text()
    assert stack.page.input.row_count() == 1
    x = session.frame.problem.x[outside, :-1]
    assert [column[0] for column in stack.page.input.as_table()[1]] == x.tolist()
    session.inspect(Stage.LOSS)
    assert len(stack.page.losses.numbers.names()) == 1
    session.inspect(Stage.BACKPROPAGATE)
    assert stack.page.check.text_of("vote of this sample") == "none"


def test_only_the_page_that_is_seen_is_filled(
    session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.step(8)
    stack = InspectorStack(session)
    qtbot.addWidget(stack)
    filled: list[Stage] = []
    for stage, page in stack.pages.items():
        monkeypatch.setattr(page, "fill", lambda moment, stage=stage: filled.append(stage))
    session.step(8)
    assert filled == []
    session.inspect(Stage.LOSS)
    stack.show()
    assert set(filled) == {Stage.LOSS}
    filled.clear()
    session.step(8)
    session.inspect(Stage.UPDATE)
    assert set(filled) == {Stage.LOSS, Stage.UPDATE}
    stack.hide()
    filled.clear()
    session.step(1)
    assert filled == []


def test_while_running_only_a_new_explanation_is_shown(
    session: FakeSession, stack: InspectorStack, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    session.step(8)
    session.inspect(Stage.TRANSFORM)
    filled: list[int] = []
    monkeypatch.setattr(stack.page, "fill", lambda moment: filled.append(moment.turn.turn))
    told = session.frame.explanations
    session.driver.step(StepSize.UPDATE)
    session.send(running=True)
    # It comes after the frame's other pictures, which need not wait for it.
    assert filled == []
    qtbot.waitUntil(lambda: filled == [2])
    told = session.frame.explanations
    session.driver.step(StepSize.UPDATE)
    # A frame between two explanations carries the older one.
    session.send(running=True, explanations=told)
    assert filled == [2]
    session.send(running=True)
    session.send()
    assert filled == [2, 3]
    # What was to come after the frame has come with the still one.
    qtbot.wait_signal(stack._later.timeout, timeout=1, raising=False).wait()
    assert filled == [2, 3]


def test_the_chooser_inspects_a_stage(
    session: FakeSession, stack: InspectorStack, qtbot: QtBot
) -> None:
    button = stack.header.chooser.buttons[Stage.UPDATE]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(6, 6))
    assert session.inspected is Stage.UPDATE
    assert stack.stack.currentWidget() is stack.pages[Stage.UPDATE]
    session.inspect(Stage.LOSS)
    assert stack.header.chooser.buttons[Stage.LOSS].isChecked()


def test_layer_and_unit_are_chosen_by_keyboard(
    session: FakeSession, stack: InspectorStack, qtbot: QtBot
) -> None:
    session.step(8)
    session.inspect(Stage.TRANSFORM)
    layers = stack.header.layers
    assert layers.isVisible()
    layers.layer.activated.emit(1)
    assert stack.page.z.title_text().startswith("z²")
    layers.layer.activated.emit(0)
    layers.unit.setFocus()
    qtbot.keyClick(layers.unit, Qt.Key.Key_Up)
    assert "unit 2 of layer 1" in stack.page.words.describe().lower()
    session.inspect(Stage.LOSS)
    assert not layers.isVisible()


def test_stepping_by_layer_shows_the_layer_just_done(qtbot: QtBot) -> None:
    session = FakeSession(loads("format = 1\n[model]\nhidden = [4, 3]"))
    stack = InspectorStack(session)
    qtbot.addWidget(stack)
    stack.show()
    session.step(8)
    session.inspect(Stage.TRANSFORM)
    session.step(3, StepSize.LAYER)
    assert stack.page.z.title_text().startswith("z²")
    assert not stack.page.is_pale
    assert "layer 2" in stack.header.note.text()
    assert "layer 2" in stack.page.words.describe()
    session.step(4, StepSize.LAYER)
    session.inspect(Stage.BACKPROPAGATE)
    session.step(1, StepSize.LAYER)
    assert stack.page.delta.title_text().startswith("δ³")
    session.step(1, StepSize.LAYER)
    assert stack.page.delta.title_text().startswith("δ²")


def test_refreshing_keeps_the_widgets(session: FakeSession, stack: InspectorStack) -> None:
    session.step(16)
    for stage in Stage:
        session.inspect(stage)
    before = {id(widget) for widget in stack.findChildren(QWidget)}
    session.step(8)
    for stage in Stage:
        session.inspect(stage)
    assert {id(widget) for widget in stack.findChildren(QWidget)} == before


def test_a_new_theme_reaches_every_page(session: FakeSession, stack: InspectorStack) -> None:
    session.step(8)
    stack.set_theme(themes.DARK)
    for page in stack.pages.values():
        for table in page.strip.tables():
            assert table.theme is themes.DARK
    session.inspect(Stage.TRANSFORM)
    session.step(1)
    assert stack.page.is_pale
    stack.set_theme(themes.LIGHT)
    assert stack.page.z.theme.panel == themes.LIGHT.panel
    assert stack.page.z.theme.text != themes.LIGHT.text


def test_the_sealed_test_part_opens(session: FakeSession, stack: InspectorStack) -> None:
    session.inspect(Stage.EVALUATE)
    assert stack.page.parts.text_at(2, "accuracy") == "sealed"
    session.driver.open_test()
    session.test_openings = 2
    session.send()
    assert stack.page.parts.text_at(2, "right").endswith("of 125")
    assert stack.page.gap.text_of("test part") == "opened 2 times"


def test_an_explanation_of_another_update_is_not_shown(
    session: FakeSession, stack: InspectorStack
) -> None:
    session.inspect(Stage.EVALUATE)
    session.step(8)
    told = session.frame.explanations
    assert "After update 1 " in stack.page.words.describe()
    session.driver.go_to(0)
    session.send(explanations=told)
    assert stack.page.words.describe() == Stage.EVALUATE.question


EXPERIMENTS = {
    "hinge, three classes, batch of 1": """
[data]
source = "iris"
[loss]
name = "hinge"
[optimizer]
batch_size = 1""",
    "digits with dropout": """
[data]
source = "digits"
[model]
hidden = [16]
activation = "relu"
dropout = 0.3""",
    "no hidden layer, numbers": """
[data]
source = "diabetes"
[model]
hidden = []""",
    "deep, float32, penalties, weights, Adam, clipped": """
[data]
source = "blobs"
[model]
hidden = [3, 4, 3, 2]
activation = ["tanh", "relu", "linear", "gelu"]
dtype = "float32"
[loss]
l1 = 0.001
l2 = 0.01
class_weights = [1.0, 2.0, 5.0]
[optimizer]
name = "adam"
clip_norm = 0.01""",
    "all in one batch": "[optimizer]\nbatch_size = 250",
    "yes or no for each of many": """
[data]
source = "blobs"
classes = 4
[loss]
name = "binary_cross_entropy" """,
    "classes by squared error": "[loss]\nname = 'mse'",
    "no validation": "[evaluation]\nvalidation_fraction = 0.0",
}


@pytest.mark.parametrize("text", EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def test_every_kind_of_experiment_is_shown(text: str, qtbot: QtBot) -> None:
    session = FakeSession(loads("format = 1\n" + text))
    stack = InspectorStack(session)
    qtbot.addWidget(stack)
    stack.resize(1160, 150)
    stack.show()
    session.step(8)
    outside = next(row for row in range(99) if row not in session.frame.record.rows)
    for sample in (None, outside):
        session.select_sample(sample)
        for stage in Stage:
            session.inspect(stage)
            assert not stack.page._empty.isVisible()
            assert stack.page.moment.explanation is not None
            words = stack.page.words.describe()
            assert stack.page.moment.explanation.sentence in words
            assert stack.height() == 150
            assert stack.width() == 1160
            stack.grab()


def test_a_failed_turn_is_shown_up_to_where_it_failed(qtbot: QtBot) -> None:
    session = FakeSession(
        loads(
            "format = 1\n[data]\nsource = 'plane'\n[loss]\nname = 'mse'\n[model]\nhidden = []\n"
            "[optimizer]\nlearning_rate = 1e200"
        )
    )
    stack = InspectorStack(session)
    qtbot.addWidget(stack)
    stack.resize(1160, 190)
    stack.show()
    for _ in range(40):
        session.step(1)
    assert session.frame.failure is not None
    for stage in Stage:
        session.inspect(stage)
        stack.grab()
    session.inspect(Stage.REPRESENT)
    assert f"turn {session.frame.failure.turn}" in stack.header.note.text()


def test_where_there_is_no_room_the_faces_are_a_menu(
    session: FakeSession, stack: InspectorStack
) -> None:
    session.step(4)
    session.inspect(Stage.LOSS)
    faces = stack.header.faces
    assert not faces.list.isVisible()
    faces.set_compact(True)
    assert faces.list.isVisible()
    assert not any(button.isVisible() for button in faces.buttons.values())
    assert [a.text() for a in faces.list.menu().actions()] == [
        button.text() for button in faces.buttons.values()
    ]
    faces.list.menu().actions()[1].trigger()
    assert stack.face is not None
    assert stack.face.key == "compare"
    assert faces.list.text() == stack.face.title
    # Every stage has faces; another one has its own.
    session.inspect(Stage.REPRESENT)
    assert [a.text() for a in faces.list.menu().actions()] == ["Numbers", "Your own"]


def test_a_narrow_header_drops_what_the_ring_has_too(
    session: FakeSession, stack: InspectorStack
) -> None:
    session.step(6)
    session.inspect(Stage.BACKPROPAGATE)
    assert stack.header.chooser.isVisible()
    stack.resize(420, 190)
    assert not stack.header.chooser.isVisible()
    assert stack.header.layers.isVisible()
