"""The nine chapters, played to the end by the buttons, fields, tables and plots of the window."""

from __future__ import annotations

import numpy as np
import pytest

from core.stages import Stage
from mlloop_gui.guide.chapter import Chapter, load_bundled
from mlloop_gui.guide.quantities import text_of
from tests.gui.guide.pupil import Pupil


@pytest.mark.parametrize("stage", list(Stage), ids=lambda stage: stage.key)
def test_a_chapter_to_its_end(open_guide, stage) -> None:
    """Each step: locked before, predicted, done by hand, open after; and the progress kept."""
    pupil: Pupil = open_guide()
    lesson = pupil.open(stage)
    guide, chapter = pupil.guide, lesson.chapter
    assert pupil.player.session.experiment == chapter.experiment
    for number, step in enumerate(chapter.steps):
        assert lesson.index == number
        assert guide.dots.accessibleName() == (
            f"step {number + 1} of {len(chapter.steps)}, {number} done"
        )
        assert "…" not in guide.card.text.accessibleName()
        if step.point:
            pupil.player.until(guide.pointer.isVisible)
            assert guide.pointer.target is not None
        if step.predict is not None:
            assert not guide.next.isEnabled()
            assert guide.card.because.isHidden()
            # Every other time wrong: that is answered too.
            wrong = (step.predict.answer + 1) % len(step.predict.choices)
            pupil.predict(wrong if number % 2 else step.predict.answer)
            assert guide.card.because.isVisible()
            told = guide.card.because.accessibleName()
            assert told.startswith("A fair guess" if number % 2 else "Just so")
        if step.check is not None:
            if step.show.run is None:
                # Not done yet; where the program runs by itself, it may be by now.
                assert not lesson.done
                assert not guide.next.isEnabled()
            pupil.fulfil(step.check)
        assert lesson.done
        pupil.player.until(guide.next.isEnabled)
        if stage is Stage.UPDATE and number == 2:
            check_new_weight(pupil)
        pupil.go_on()
    assert guide.lesson is None
    assert guide.contents.isVisible()
    assert pupil.player.window.settings.guide == {stage.key: len(chapter.steps)}
    assert "✓" in guide.contents.buttons[stage].text()


def check_new_weight(pupil: Pupil) -> None:
    """What was typed before stage 7 is what the engine's own stage 7 made."""
    record = pupil.player.frame.record
    assert record is not None
    assert record.theta_after is not None
    k = record.layout.index("weight", 0, (1, 0))
    assert record.gradient is not None
    assert record.theta_after[k] == record.theta[k] - 0.3 * record.gradient[k]


@pytest.mark.parametrize("stage", list(Stage), ids=lambda stage: stage.key)
def test_no_check_holds_before_anything_is_done(open_guide, stage) -> None:
    """Whoever has everything done for them sees each check open, then fulfilled."""
    pupil: Pupil = open_guide()
    lesson = pupil.open(stage)
    guide, player = pupil.guide, pupil.player
    for step in lesson.chapter.steps:
        if step.predict is not None:
            pupil.predict(step.predict.answer)
        if step.check is not None and step.show.run is None:
            assert not lesson.done, step
            assert guide.help.isEnabled()
            player.find("speed").set_speed(0)
            pupil.click(guide.help)
        player.until(lambda: lesson.done)
        player.until(guide.next.isEnabled)
        player.settle()
        pupil.go_on()
    assert guide.lesson is None


def bundled(stage: Stage) -> Chapter:
    return load_bundled(stage)


def test_the_story_of_a_bad_representation_is_true(open_session) -> None:
    chapter = bundled(Stage.REPRESENT)
    both = open_session(chapter.experiment)
    one = open_session(chapter.experiment.replace("representation.features", ["x1"]))
    accuracy = [p.do("reach", 500).check.train.headline for p in (both, one)]
    assert accuracy[0] > 0.97
    assert accuracy[1] < 0.87


def test_the_story_of_sums_without_bends_is_true(open_session) -> None:
    chapter = bundled(Stage.TRANSFORM)
    player = open_session(chapter.experiment.replace("model.activation", "linear"))
    assert 0.68 < player.do("reach", 500).check.train.loss < 0.70


def test_the_story_of_the_rate_is_true(open_session) -> None:
    chapter = bundled(Stage.UPDATE)
    start = open_session(chapter.experiment).frame.check.train.loss
    wild = open_session(chapter.experiment.replace("optimizer.learning_rate", 30.0))
    slow = open_session(chapter.experiment.replace("optimizer.learning_rate", 0.005))
    assert wild.do("reach", 50).check.train.loss > 3 * start
    assert 0.97 * start < slow.do("reach", 100).check.train.loss < start


def test_the_story_of_the_gap_is_true(open_session) -> None:
    chapter = bundled(Stage.EVALUATE)
    few = open_session(chapter.experiment)
    early = few.do("reach", 200).check.validation.loss
    start = few.do("reach", 0).check.validation.loss
    late = few.do("reach", 2000).check
    assert early < start
    assert early < late.validation.loss / 2
    assert late.validation.loss - late.train.loss > 0.5
    many = open_session(chapter.experiment.replace("data.samples", 2000)).do("reach", 1000).check
    assert abs(many.validation.loss - many.train.loss) < 0.1


def test_batch_losses_jump_while_they_fall(open_session) -> None:
    player = open_session(bundled(Stage.LOSS).experiment)
    start = player.frame.check.train.loss
    frame = player.do("reach", 100)
    assert frame.curves is not None
    losses = next(iter(frame.curves.updates.last.values()))
    assert 20 < (np.diff(losses) > 0).sum() < 80
    assert frame.check.train.loss < 0.7 * start


@pytest.mark.parametrize(
    ("stage", "number", "name"),
    [(Stage.TRANSFORM, 0, "parameters"), (Stage.GRADIENTS, 0, "passes")],
)
def test_an_answer_that_is_a_number_is_the_engines(open_session, stage, number, name) -> None:
    chapter = bundled(stage)
    predict = chapter.steps[number].predict
    assert predict is not None
    frame = open_session(chapter.experiment).frame
    assert text_of(name, frame) in predict.choices[predict.answer].split()
