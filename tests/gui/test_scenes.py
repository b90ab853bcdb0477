"""Scene files: those that come with the program, and what is wrong with others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.errors import InputError
from core.resources import asset
from core.stages import Stage, StepSize
from mlloop_gui.scenes import MOST_UPDATES, PICTURES, load_scene, load_scenes

WHOLE = """
format = 1
title = "A title"
line = "One line."
update = 12
stage = "loss"
step_size = "layer"
picture = "loss"
speed = 7.5

[experiment]
seed = 3

[experiment.data]
source = "xor"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scene_says_all_that_is_needed(tmp_path) -> None:
    scene = load_scene(write(tmp_path, WHOLE))
    assert (scene.name, scene.title, scene.line) == ("mine", "A title", "One line.")
    assert (scene.update, scene.stage, scene.step_size) == (12, Stage.LOSS, StepSize.LAYER)
    assert (scene.picture, scene.speed) == ("loss", 7.5)
    assert (scene.experiment.seed, scene.experiment.data.source) == (3, "xor")


def test_what_is_left_out_has_a_value(tmp_path) -> None:
    scene = load_scene(write(tmp_path, 'format = 1\ntitle = "T"\nline = "L"\n[experiment]\n'))
    assert (scene.update, scene.stage, scene.step_size) == (0, Stage.EVALUATE, StepSize.STAGE)
    assert (scene.picture, scene.speed) == ("boundary", 20)
    assert scene.experiment.data.source == "circle"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "A title"', "", "title: missing"),
        ('title = "A title"', 'title = " "', "title = ' ': no text"),
        ("format = 1", "format = 2", "format = 2: another format; allowed: 1"),
        ("update = 12", "update = 1.5", "update = 1.5: not so; allowed: a whole number"),
        ("update = 12", f"update = {MOST_UPDATES + 1}", f"update = {MOST_UPDATES + 1}: not so"),
        ("update = 12", "update = true", "update = True: not so"),
        ('stage = "loss"', 'stage = "los"', "stage = 'los': did you mean 'loss'? unknown"),
        ('step_size = "layer"', "step_size = 3", "step_size = 3: unknown; allowed: stage, layer"),
        ('picture = "loss"', 'picture = "film"', "picture = 'film': unknown; allowed: boundary"),
        ("speed = 7.5", "speed = nan", "speed = nan: not so"),
        ("speed = 7.5", "sped = 7.5", "sped: did you mean 'speed'? unknown field"),
        ("seed = 3", "seed = -1", "experiment.seed = -1: "),
        ('source = "xor"', 'source = "xr"', "experiment.data.source = 'xr': "),
        ("[experiment]", "[experiment", "not valid TOML: "),
    ],
)
def test_a_bad_one_is_one_line(tmp_path, old, new, said) -> None:
    path = write(tmp_path, WHOLE.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_scene(path)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert "\n" not in str(caught.value)


def test_an_experiment_must_be_a_table(tmp_path) -> None:
    text = WHOLE.split("[experiment]")[0]
    with pytest.raises(InputError, match="experiment: missing"):
        load_scene(write(tmp_path, text))
    with pytest.raises(InputError, match="experiment = 3: not a table"):
        load_scene(write(tmp_path, f"{text}experiment = 3\n"))


def test_the_lesson_has_its_scenes_in_order() -> None:
    scenes = load_scenes()
    assert [scene.name for scene in scenes] == sorted(
        path.stem for path in asset("scenes").glob("*.toml")
    )
    assert len(scenes) >= 10
    assert len({scene.title for scene in scenes}) == len(scenes)
    assert {scene.picture for scene in scenes} == set(PICTURES)
    for scene in scenes:
        # What fits beside the buttons at 18 px.
        assert len(scene.title) <= 45
        assert len(scene.line) <= 95


def test_scenes_begin_with_a_comment_that_says_what_they_are() -> None:
    for path in asset("scenes").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert tomllib.loads(text)["format"] == 1
