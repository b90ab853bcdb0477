"""Going round the loop by hand: every step size, forward and back, numbers against plain Python."""

from __future__ import annotations

import numpy as np

from core.stages import Stage
from mlloop_gui.frames import RunState
from tests.gui.helpers import small

BACK = True


def test_a_turn_by_stage_then_an_epochs_end_and_back(open_window) -> None:
    """The example of the default experiment: 25 batches an epoch."""
    player = open_window()
    assert player.status() == (9, 0, 0)
    player.steps("epoch", 1)
    player.steps("update", 1, BACK)
    assert player.status() == (8, 24, 0)
    places = [(stage, 24, 0) for stage in range(1, 7)]
    places += [(7, 25, 0), (8, 25, 1), (9, 25, 1), (1, 25, 1)]
    player.click("step_size.stage")
    thetas = [player.frame.theta]
    for place in places:
        thetas.append(player.press("step").theta)
        assert player.status() == place
        assert player.state == "paused"
    assert not np.array_equal(thetas[6], thetas[7])
    back = [(8, 24, 0), *places]
    for at in range(len(places) - 1, -1, -1):
        assert np.array_equal(player.press("step_back").theta, thetas[at])
        assert player.status() == back[at]
    for at, place in enumerate(places, 1):
        assert np.array_equal(player.press("step").theta, thetas[at])
        assert player.status() == place
    player.steps("stage", 1, BACK)
    player.steps("update", 1)
    assert player.status() == (8, 26, 1)
    player.steps("epoch", 1, BACK)
    assert player.status() == (9, 25, 1)
    player.steps("epoch", 1, BACK)
    assert player.status() == (9, 0, 0)
    assert not player.action("step_back").isEnabled()
    player.steps("epoch", 1)
    assert player.status() == (9, 25, 1)
    assert np.array_equal(player.frame.theta, thetas[8])


def test_update_back_from_inside_a_turn_goes_to_the_end_of_the_last(open_window) -> None:
    player = open_window(small(optimizer={"batch_size": 6}))
    player.steps("update", 3)
    theta = player.frame.theta
    player.stages(4)
    assert player.status() == (4, 3, 0)
    player.steps("update", 1, BACK)
    assert player.status() == (8, 3, 0)
    assert np.array_equal(player.frame.theta, theta)


def test_layers_are_steps_of_their_own_in_stages_2_and_6(open_window) -> None:
    player = open_window(small(model={"hidden": [3, 2]}))
    expected = [(1, 0), (1, 1), (1, 2), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1), (5, 2), (6, 0)]
    player.click("step_size.layer")
    found = []
    for _ in expected:
        frame = player.press("step")
        found.append((int(frame.position.stage), frame.position.layer))
    assert found == expected
    for place in reversed(expected[:-1]):
        frame = player.press("step_back")
        assert (int(frame.position.stage), frame.position.layer) == place
    player.press("step_back")
    assert player.status() == (9, 0, 0)
    assert player.session.state is RunState.PAUSED


def test_stepping_shows_what_each_stage_did(open_window) -> None:
    """Each stage lights its button, and its sentence stands in the ring."""
    player = open_window()
    sentences = set()
    for stage in list(Stage)[:8]:
        frame = player.stages(1)
        assert frame.position.stage is stage
        sentence = frame.explanations[stage].sentence
        assert player.find("stage.represent").parent()._sentence == sentence.split("; ")[0]
        sentences.add(sentence)
    assert len(sentences) == 8
