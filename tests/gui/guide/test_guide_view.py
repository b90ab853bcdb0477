"""The guide beside the window: by keyboard alone, kept progress, the ring, a teacher's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QRadioButton, QWidget

from core.stages import Stage, StepSize
from mlloop_gui.frames import RunState
from mlloop_gui.guide import view as guide_view
from mlloop_gui.guide.chapter import parse
from mlloop_gui.guide.lesson import number_of
from mlloop_gui.guide.pointer import seen_part
from mlloop_gui.guide.quantities import UNKNOWN, value_of
from mlloop_gui.settings import Settings
from mlloop_gui.theme import DARK
from tests.gui.guide.pupil import Pupil
from tests.gui.helpers import small

Key = Qt.Key
HEAD = 'title = "Mine"\nstage = "loss"\nminutes = 1\n[experiment]\nseed = 3\n'


def press(pupil: Pupil, key: Key) -> None:
    QTest.keyClick(pupil.player.window.windowHandle(), key)


def tab_to(pupil: Pupil, name: str) -> None:
    """Presses Tab until a widget of the guide has the focus."""
    for _ in range(120):
        focus = pupil.player.window.focusWidget()
        if focus is not None and focus.objectName() == name:
            return
        press(pupil, Key.Key_Tab)
    raise AssertionError(f"{name} is not reached by Tab")


def chapter(steps: str, head: str = HEAD):
    return parse(head + steps, "mine.toml")


# -- by keyboard -------------------------------------------------------------------------------


def test_a_chapter_by_keyboard_alone(open_guide) -> None:
    pupil = open_guide()
    guide, player = pupil.guide, pupil.player
    player.focus(guide.contents.buttons[Stage.REPRESENT])
    tab_to(pupil, "guide.chapter.loss")
    press(pupil, Key.Key_Space)
    pupil.ready()
    assert pupil.lesson.chapter.stage is Stage.LOSS
    # A question: arrows choose, nothing is said until the button is pressed.
    tab_to(pupil, "guide.choice.1")
    press(pupil, Key.Key_Space)
    press(pupil, Key.Key_Down)
    press(pupil, Key.Key_Down)
    assert guide.card.choices[2].isChecked()
    assert pupil.lesson.chosen is None
    tab_to(pupil, "guide.guess")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.chosen == 2)
    tab_to(pupil, "guide.next")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.index == 1)
    pupil.ready()
    # Something to do: done by the program.
    tab_to(pupil, "guide.help")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.done)
    player.settle()
    tab_to(pupil, "guide.next")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.index == 2)
    pupil.ready()
    # A number.
    tab_to(pupil, "guide.number")
    player.qtbot.keyClicks(guide.card.number, "0.091")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.done)
    tab_to(pupil, "guide.back")
    press(pupil, Key.Key_Return)
    player.until(lambda: pupil.lesson.index == 1)
    tab_to(pupil, "guide.chapters")
    press(pupil, Key.Key_Space)
    player.until(lambda: guide.lesson is None)
    assert guide.contents.buttons[Stage.LOSS].hasFocus()


def test_every_control_says_what_it_is(open_guide) -> None:
    pupil = open_guide()
    pupil.open(Stage.LOSS)
    for button in pupil.guide.findChildren(QAbstractButton):
        if button.objectName().startswith("guide."):
            assert button.accessibleName()
            assert button.toolTip()
            # Of a group of choices, Tab comes to one, and arrows to the others.
            choice = isinstance(button, QRadioButton)
            assert choice or button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_digit_in_the_number_field_stays_there(open_guide) -> None:
    pupil = open_guide()
    guide = pupil.guide
    guide.open_chapter(chapter('[[step]]\ntext = "a"\n[step.check]\nkind = "number"\nof = "rate"'))
    pupil.ready()
    before = pupil.player.session.inspected
    pupil.player.focus(guide.card.number)
    press(pupil, Key.Key_5)
    assert guide.card.number.text() == "5"
    assert pupil.player.session.inspected is before


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.3", 0.3), ("−0,25", -0.25), (" 1e-3 ", 0.001), ("1\u202f024", 1024.0), ("ten", None)],
)
def test_numbers_as_people_type_them(text, value) -> None:
    assert number_of(text) == value


# -- progress ----------------------------------------------------------------------------------


def test_progress_is_kept_and_gone_on_with(open_window) -> None:
    settings = Settings(guide={"loss": 3, "predict": 7})
    pupil = Pupil(open_window(settings=settings))
    guide = pupil.guide
    assert "3/8" in guide.contents.buttons[Stage.LOSS].text()
    assert "✓" in guide.contents.buttons[Stage.PREDICT].text()
    assert "4 min" in guide.contents.buttons[Stage.REPRESENT].text()
    lesson = pupil.open(Stage.LOSS)
    assert lesson.index == 3
    # The step's own place was gone to, though the steps before were not done here.
    assert pupil.player.settle().position.stage is Stage.LOSS
    assert not lesson.done
    guide.lesson.back()
    pupil.ready()
    assert guide.next.isEnabled()
    guide.begin_again()
    pupil.ready()
    assert pupil.lesson.index == 0
    assert settings.guide == {"loss": 3, "predict": 7}
    guide.close_chapter()
    assert pupil.open(Stage.PREDICT).index == 0


def test_a_chapter_leaves_the_run_before_and_can_be_undone(open_guide) -> None:
    pupil = open_guide(small())
    player = pupil.player
    before = player.session.experiment
    player.do("reach", 3)
    pupil.open(Stage.LOSS)
    assert player.session.experiment != before
    assert next(run.update for run in player.session.runs) == 3
    player.press("undo")
    assert player.session.experiment == before


# -- it never fights ---------------------------------------------------------------------------


def test_who_changes_the_model_is_not_stuck(open_guide) -> None:
    """The number asked for is gone with the layer; the chapter goes on."""
    pupil = open_guide()
    lesson = pupil.open(Stage.TRANSFORM)
    pupil.predict(0)
    pupil.go_on()
    assert pupil.lesson.index == 1
    pupil.player.edit("model.hidden", [])
    assert UNKNOWN in pupil.guide.card.text.accessibleName()
    pupil.click(pupil.guide.help)
    assert lesson.done
    assert pupil.guide.next.isEnabled()


def test_help_waits_for_a_run_to_stand_still(open_guide) -> None:
    pupil = open_guide()
    player = pupil.player
    pupil.guide.open_chapter(
        chapter('[[step]]\ntext = "a"\n[step.check]\nkind = "stage"\nstage = "predict"')
    )
    pupil.ready()
    player.do("set_step_size", StepSize.UPDATE)
    assert not pupil.lesson.done
    # A turn that goes on past the stage has done it too.
    player.press("step")
    assert pupil.lesson.done


def test_loss_reached_by_the_program_pauses(open_guide) -> None:
    pupil = open_guide()
    player = pupil.player
    pupil.guide.open_chapter(
        chapter('[[step]]\ntext = "a"\n[step.check]\nkind = "loss"\nbelow = 0.5')
    )
    pupil.ready()
    player.find("speed").set_speed(0)
    pupil.click(pupil.guide.help)
    player.until(lambda: pupil.lesson.done)
    player.until_state(RunState.PAUSED)
    assert player.settle().check.train.loss < 0.6


def test_running_and_inspecting_are_seen(open_guide) -> None:
    pupil = open_guide()
    player = pupil.player
    steps = (
        '[[step]]\ntext = "a"\n[step.check]\nkind = "running"\n'
        '[[step]]\ntext = "b"\n[step.check]\nkind = "inspected"\nstage = "update"\n'
        '[[step]]\ntext = "c"\n[step.check]\nkind = "update"\nmore = 2\n'
    )
    pupil.guide.open_chapter(chapter(steps))
    pupil.ready()
    player.click("run")
    player.until(lambda: pupil.lesson.done)
    player.click("run")
    player.until_state(RunState.PAUSED)
    assert pupil.lesson.done  # what was done stays done
    pupil.go_on()
    assert not pupil.lesson.done
    player.inspect(Stage.UPDATE)
    assert pupil.lesson.done
    pupil.go_on()
    update = player.frame.position.update
    player.steps("update")
    assert not pupil.lesson.done
    player.steps("update")
    assert pupil.lesson.done
    assert player.frame.position.update == update + 2


# -- the ring ----------------------------------------------------------------------------------


def ring_around(pupil: Pupil, name: str) -> QWidget:
    target = pupil.guide._find(name)
    assert target is not None
    pupil.player.until(lambda: pupil.guide.pointer.isVisible())
    assert pupil.guide.pointer.target is target
    assert pupil.guide.pointer.ring().contains(seen_part(target).center())
    return target


def test_the_ring_follows_its_widget_and_lets_clicks_through(open_guide) -> None:
    pupil = open_guide()
    guide, player = pupil.guide, pupil.player
    guide.open_chapter(chapter('[[step]]\ntext = "a"\npoint = "step"\n'))
    pupil.ready()
    button = ring_around(pupil, "step")
    assert guide.pointer.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    under = player.window.childAt(button.mapTo(player.window, QPoint(3, 3)))
    assert under is button
    player.window.run_bar.hide()
    player.until(guide.pointer.isHidden)
    player.window.run_bar.show()
    ring_around(pupil, "step")
    window = player.window
    window.resize(window.width() - 100, window.height() - 60)
    ring_around(pupil, "step")
    window.docks["Guide"].hide()
    player.until(guide.pointer.isHidden)
    assert guide.pointer.target is None
    window.actions_by_name["guide"].trigger()
    ring_around(pupil, "step")
    guide.close_chapter()
    assert guide.pointer.isHidden()


def test_what_is_scrolled_away_is_scrolled_to(open_guide) -> None:
    pupil = open_guide()
    player = pupil.player
    target = pupil.guide._find("evaluation.test_fraction")
    assert target is not None
    pupil.guide.open_chapter(
        chapter('[[step]]\ntext = "a"\n[[step]]\ntext = "b"\npoint = "evaluation.test_fraction"\n')
    )
    pupil.ready()
    player.until(lambda: seen_part(target).height() < target.height())
    pupil.go_on()
    player.until(lambda: seen_part(target).height() == target.height())
    ring_around(pupil, "evaluation.test_fraction")


def test_a_tab_that_hides_the_widget_is_left(open_guide) -> None:
    pupil = open_guide()
    pupil.player.window.bottom.show_tab("runs")
    pupil.guide.open_chapter(
        chapter('[[step]]\ntext = "a"\npoint = "inspector.loss"\n[step.do]\ninspect = "loss"\n')
    )
    pupil.ready()
    ring_around(pupil, "inspector.loss")


# -- a teacher's file --------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch, tmp_path) -> Path:
    path = tmp_path / "mine.toml"
    monkeypatch.setattr(guide_view.Dialogs, "ask_open", classmethod(lambda *_: str(path)))
    return path


def test_a_teachers_chapter_is_opened_from_the_menu(open_guide, asked) -> None:
    pupil = open_guide()
    asked.write_text(HEAD + '[[step]]\ntext = "Hello {parameters}"\npoint = "step"\n')
    pupil.guide.menu.menu().actions()[-1].trigger()
    pupil.ready()
    assert pupil.guide.card.text.accessibleName() == "Hello 17"
    assert pupil.guide.next.text() == "Finish"
    pupil.go_on()
    assert pupil.player.window.settings.guide == {str(asked): 1}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('text = "a"\npoint = "stepp"\n', "point = 'stepp': did you mean"),
        ("text = 3\n", "step[0].text = 3: not a text (line 7)"),
    ],
)
def test_a_broken_one_is_told_and_changes_nothing(open_guide, asked, step, said) -> None:
    pupil = open_guide()
    run = pupil.player.frame.run
    asked.write_text(HEAD + "[[step]]\n" + step)
    pupil.guide.ask_chapter()
    assert said in pupil.player.last_message
    assert "(line " in pupil.player.last_message
    assert pupil.guide.lesson is None
    assert pupil.player.settle().run == run


def test_a_change_that_the_run_refuses_is_told_and_the_chapter_goes_on(open_guide) -> None:
    pupil = open_guide()
    steps = '[[step]]\ntext = "a"\n[[step]]\ntext = "b"\n[step.do.set]\n"data.noise" = 0.2\n'
    pupil.guide.open_chapter(chapter(steps))
    pupil.ready()
    pupil.player.do("choose_source", "iris")
    pupil.go_on()
    assert "data.noise = 0.2: belongs to generated data" in pupil.player.last_message
    assert pupil.guide.next.isEnabled()


# -- looks -------------------------------------------------------------------------------------


def test_the_guide_takes_the_theme(open_guide) -> None:
    pupil = open_guide()
    pupil.open(Stage.UPDATE)
    pupil.guide.set_theme(DARK)
    assert DARK.accent in pupil.guide.card.text.text()
    assert not pupil.guide.grab().isNull()


def test_what_was_just_said_is_scrolled_to(open_guide) -> None:
    pupil = open_guide()
    pupil.player.window.resize(1180, 720)
    pupil.open(Stage.LOSS)
    pupil.predict(0)
    because = pupil.guide.card.because
    pupil.player.until(lambda: seen_part(because).height() == because.height())


def test_choices_stay_chosen_when_a_step_is_seen_again(open_guide) -> None:
    pupil = open_guide()
    pupil.open(Stage.LOSS)
    pupil.predict(0)
    pupil.go_on()
    pupil.click(pupil.guide.back)
    pupil.ready()
    shown = [b for b in pupil.guide.card.findChildren(QRadioButton) if b.isVisible()]
    assert [b.text() for b in shown] == ["To give the truth 0.9", "To give the truth 0.1  ✓"]
    assert shown[0].isChecked()
    assert not shown[0].isEnabled()


def test_a_number_before_its_stage_is_unknown(open_session) -> None:
    frame = open_session(small()).frame
    assert value_of("loss", frame) is None
    assert value_of("weight_9[0,0]", frame) is None
    assert value_of("parameters", frame) == 13
    with pytest.raises(KeyError):
        value_of("nonsense", frame)
