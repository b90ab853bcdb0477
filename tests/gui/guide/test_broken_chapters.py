"""Chapters as files: the nine as they are, and broken ones, whose errors name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.resources import asset
from core.stages import Stage, StepSize
from mlloop_gui.guide import quantities
from mlloop_gui.guide.chapter import Doing, bundled, load, load_bundled, parse
from mlloop_gui.guide.checks import CHECKS, Number, StageDone
from mlloop_gui.guide.lines import field_lines, line_of
from mlloop_gui.guide.markup import filled, plain, rich, words

GOOD = '''\
format = 1
title = "Mine"
stage = "loss"
minutes = 3

[experiment]
seed = 3
[experiment.model]
hidden = [3]

[[step]]
text = """
First **this**:
then `that`, {loss}."""
point = "step"
[step.do]
update = 0
stage = "predict"
step_size = "stage"
unit = [0, 2]
[step.do.set]
"optimizer.learning_rate" = 0.1
[step.check]
kind = "stage"
stage = "loss"

[[step]]
text = "Second."
[step.predict]
question = "Which?"
choices = ["a", "b"]
answer = "b"
because = "So it is: {weight_0[1,2]}."
[step.show]
run = 5
[step.check]
kind = "number"
of = "new_weight_0[1,0]"
'''


def test_a_chapter_is_read() -> None:
    chapter = parse(GOOD, "mine.toml")
    assert (chapter.title, chapter.stage, chapter.minutes) == ("Mine", Stage.LOSS, 3)
    assert chapter.experiment == Experiment.from_dict({"seed": 3, "model": {"hidden": [3]}})
    first, second = chapter.steps
    assert first.do == Doing(
        update=0,
        stage=Stage.PREDICT,
        step_size=StepSize.STAGE,
        unit=(0, 2),
        settings=(("optimizer.learning_rate", 0.1),),
    )
    assert first.check == StageDone(Stage.LOSS)
    assert second.predict is not None
    assert second.predict.answer == 1
    assert second.show == Doing(run=5)
    assert second.check == Number("new_weight_0[1,0]", 0.005, "")
    assert chapter.key == "mine.toml"


BROKEN = [
    # what stands there, what is put in its place, line, and what the error says
    ('title = "Mine"', "title = 3", 2, "title = 3: not a text"),
    ('title = "Mine"\n', "", 1, "title: is missing"),
    ('stage = "loss"', 'stage = "los"', 3, "stage = 'los': did you mean 'loss'? unknown name"),
    ("minutes = 3", "minutes = 0", 4, "minutes = 0: not such a number"),
    ("minutes = 3", "minuets = 3", 1, "minutes: is missing"),
    ("format = 1", "format = 2", 1, "format = 2: written for a newer program"),
    ("hidden = [3]", "hidden = [-3]", 9, "experiment.model.hidden"),
    ("seed = 3", "sed = 3", 7, "experiment.sed = 3: did you mean 'seed'?"),
    ("{loss}", "{lost}", 12, "step[0].text = '{lost}': unknown number in it"),
    ("{loss}", "{weight_0[1]}", 12, "unknown number in it"),
    ('point = "step"', 'pont = "step"', 15, "step[0].pont: did you mean 'point'? unknown field"),
    ("update = 0", "update = -1", 17, "step[0].do.update = -1: not such a number"),
    ("update = 0", "update = true", 17, "step[0].do.update = True"),
    ('stage = "predict"', 'stage = "evaluate"', 18, "step[0].do.stage = 'evaluate': no part"),
    ('step_size = "stage"', 'step_size = "big"', 19, "step[0].do.step_size = 'big'"),
    ("unit = [0, 2]", "unit = [0]", 20, "step[0].do.unit = [0]: not such a pair"),
    ('"optimizer.learning_rate" = 0.1', '"optimizer.rate" = 0.1', 22, "unknown setting"),
    ('"optimizer.learning_rate" = 0.1', '"optimizer.learning_rate" = -1', 22, "= -1"),
    ('"optimizer.learning_rate" = 0.1', '"data.arms" = 3', 22, "belongs to spiral"),
    ('kind = "stage"', 'kind = "stages"', 24, "did you mean 'stage'? unknown name"),
    ('stage = "loss"\n\n[[step]]', "\n[[step]]", 23, "step[0].check.stage: is missing"),
    ('choices = ["a", "b"]', 'choices = ["a"]', 31, "step[1].predict.choices = ['a']"),
    ('choices = ["a", "b"]', 'choices = ["a", "a"]', 31, "2 or more different texts"),
    ('answer = "b"', 'answer = "c"', 32, "step[1].predict.answer = 'c'"),
    ("run = 5", "run = 0", 35, "step[1].show.run = 0"),
    ('of = "new_weight_0[1,0]"', 'of = "weight"', 38, "step[1].check.of = 'weight'"),
    ('of = "new_weight_0[1,0]"', 'of = "gap"\ntolerance = -1', 39, "step[1].check.tolerance"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), BROKEN, ids=[b[1][:24] for b in BROKEN])
def test_a_broken_chapter_names_file_line_field_and_what_is_allowed(old, new, line, said) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(InputError) as caught:
        parse(GOOD.replace(old, new, 1), "mine.toml")
    text = str(caught.value)
    assert text.startswith("mine.toml: ")
    assert f"(line {line})" in text
    assert said in text
    assert "allowed: " in text or "leave it out" in text
    assert "\n" not in text


def test_what_is_no_toml_names_the_line_too() -> None:
    with pytest.raises(InputError, match=r"mine.toml: not valid TOML: .*line 2"):
        parse('format = 1\ntitle = "Mine\n', "mine.toml")


def test_to_show_needs_something_to_predict() -> None:
    text = GOOD[: GOOD.index("[step.predict]")] + "[step.show]\nrun = 5\n"
    with pytest.raises(InputError, match=r"step\[1\].show: nothing to show \(line 29\)"):
        parse(text)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ('kind = "update"', "needs one of two fields"),
        ('kind = "update"\nmore = 1\nat_least = 2', "needs one of two fields"),
        ('kind = "setting"\nfield = "seed"', "needs one of three fields"),
        ('kind = "setting"\nfield = "seeds"\nequals = 1', "did you mean 'seed'?"),
        ('kind = "setting"\nfield = "model.activation"\nbelow = 1', "not a number"),
        ('kind = "accuracy"\nabove = 95', "no share"),
        ('kind = "loss"\nbelow = 0.1\npart = "test"', "unknown name"),
        ('kind = "running"\nspeed = 3', "unknown field"),
    ],
)
def test_a_check_that_cannot_be_is_refused(check, said) -> None:
    text = GOOD[: GOOD.index("kind = ")] + check
    with pytest.raises(InputError) as caught:
        parse(text, "mine.toml")
    assert said in str(caught.value)
    assert "(line 2" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file; allowed: a chapter of the guide"):
        load(tmp_path / "none.toml")
    path = tmp_path / "mine.toml"
    path.write_text(
        'title = "M"\nstage = "loss"\nminutes = 1\nexperiment = "x.toml"\n[[step]]\ntext = "a"\n'
    )
    with pytest.raises(InputError, match=r"experiment = 'x.toml': no such file \(line 4\)"):
        load(path)
    (tmp_path / "x.toml").write_text("seed = 5\n")
    assert load(path).experiment.seed == 5


# -- the nine ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(Stage), ids=lambda stage: stage.key)
def test_the_nine_are_short(stage) -> None:
    chapter = load_bundled(stage)
    assert (chapter.stage, chapter.key) == (stage, stage.key)
    assert 6 <= len(chapter.steps) <= 9
    assert 3 <= chapter.minutes <= 5
    assert sum(step.predict is not None for step in chapter.steps) >= 2
    assert sum(step.check is not None for step in chapter.steps) >= 3
    for step in chapter.steps:
        assert words(step.text) <= 55
        if step.predict is not None:
            assert words(step.predict.question) <= 30
            assert words(step.predict.because) <= 45


def test_nothing_else_lies_in_their_folder() -> None:
    files = {path.name for path in asset("guide").iterdir()}
    assert files == {path.name for path in bundled().values()} | {"README.md"}


@pytest.mark.parametrize("stage", list(Stage), ids=lambda stage: stage.key)
def test_what_they_point_at_is_in_the_window(open_guide, stage) -> None:
    pupil = open_guide()
    for step in load_bundled(stage).steps:
        assert pupil.guide._find(step.point) is not None, step.point


def test_what_a_teacher_reads_names_every_check_and_number() -> None:
    told = (asset("guide") / "README.md").read_text(encoding="utf-8")
    for name in (*CHECKS, *quantities.spelled()):
        assert f"`{name}`" in told, name
    example = told[told.index("```toml") + 7 : told.index("```", told.index("```toml") + 7)]
    assert len(parse(example, directory=asset("guide")).steps) == 2


# -- the parts ---------------------------------------------------------------------------------


def test_lines_are_found_behind_long_texts_lists_and_comments() -> None:
    text = (
        "# a = 1\n"  # 1
        'a = """\nb = 2\n[c]\n"""\n'  # 2 to 5
        "'quoted.name' = [\n  1, # [\n  2]\n"  # 6 to 8
        "x.y = 3\n"  # 9
        "[[t]]\nk = '#'\n[t.u]\nv = {w = 1}\n"  # 10 to 13
        "[[t]]\n[t.u]\nv = 2"  # 14 to 16
    )
    lines = field_lines(text)
    assert lines["a",] == 2
    assert ("b",) not in lines
    assert lines["quoted.name",] == 6
    assert lines["x", "y"] == 9
    assert [lines["t", k] for k in (0, 1)] == [10, 14]
    assert lines["t", 0, "k"] == 11
    assert lines["t", 1, "u", "v"] == 16
    assert line_of(("t", 0, "u", "v", "w"), lines) == 13
    assert line_of(("none",), lines) == 1


def test_markup_lets_nothing_else_through() -> None:
    text = "a **b** `c*d`, <i>x</i> & {loss}\n\nnew"
    made = rich(filled(text, lambda name: f"<{name}>"), "color: red")
    assert "<b>b</b>" in made
    assert '<span style="color: red">c*d</span>' in made
    assert "&lt;i&gt;x&lt;/i&gt; &amp; &lt;loss&gt;" in made
    assert made.count("<p ") == 2
    assert plain("a **b** `c`\n d") == "a b c d"
    assert words("a **b c** `d`") == 4
