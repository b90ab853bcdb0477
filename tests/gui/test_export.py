"""Taking the model away from the window: numpy script, PyTorch code, weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton

from core.export import TrainedModel, torch_script
from mlloop_gui.export_dialog import KINDS, ExportDialog
from mlloop_gui.files import Dialogs
from mlloop_gui.frames import Frame
from tests.core.export.running import expected, loaded, person_rows
from tests.gui.helpers import small


@pytest.fixture
def answer(monkeypatch):
    """Sets what the file dialog is answered, and gives what it proposed."""
    proposed: list[tuple[str, str]] = []

    def give(path: Path | str) -> list[tuple[str, str]]:
        def ask(parent: object, proposal: str, kinds: str) -> str:
            proposed.append((proposal, kinds))
            return str(path)

        monkeypatch.setattr(Dialogs, "ask_export", ask)
        return proposed

    return give


def model_of(frame: Frame) -> TrainedModel:
    return TrainedModel(
        frame.experiment, frame.settings, frame.problem, frame.layout, frame.theta,
        frame.position.update, frame.position.epoch,
    )  # fmt: skip


def dialog_of(player) -> ExportDialog:
    player.action("export").trigger()
    dialogs = [d for d in player.window.findChildren(ExportDialog) if d.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def export_as(player, name: str) -> None:
    dialog = dialog_of(player)
    button = dialog.findChild(QRadioButton, f"export.{name}")
    player.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center() / 4)
    assert button.isChecked()
    before = len(player.said)
    player.qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    player.until(lambda: len(player.said) > before)


def test_the_numpy_script_predicts_what_the_window_shows(open_window, answer, tmp_path) -> None:
    player = open_window(small())
    player.steps("update", 7)
    proposed = answer(tmp_path / "mine")
    export_as(player, "numpy")
    assert Path(proposed[0][0]).name == "model.py"
    assert player.said[-1] == ("note", f"Wrote {tmp_path / 'mine.py'}.")
    frame = player.frame
    script = loaded(tmp_path / "loaded.py", (tmp_path / "mine.py").read_text(encoding="utf-8"))
    np.testing.assert_array_equal(script.W0, frame.layout.weight(frame.theta, 0))
    inputs = frame.problem.dataset.inputs
    rows, wanted = person_rows(frame.problem.dataset, inputs), expected(model_of(frame), inputs)
    assert script.predict(rows) == wanted["answers"]
    np.testing.assert_allclose(
        script.probabilities(rows), wanted["probabilities"], rtol=1e-12, atol=1e-12
    )


def test_pytorch_code_and_weights(open_window, answer, tmp_path) -> None:
    player = open_window(small())
    player.steps("update", 3)
    frame = player.frame
    answer(tmp_path / "mine.py")
    export_as(player, "torch")
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == torch_script(model_of(frame))
    proposed = answer(tmp_path / "weights")
    export_as(player, "npz")
    assert Path(proposed[-1][0]).name == "model.npz"
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["weight_1"], frame.layout.weight(frame.theta, 1))
        np.testing.assert_array_equal(held["bias_0"], frame.layout.bias(frame.theta, 0))
        assert '"circle"' in str(held["experiment"])


def test_what_is_exported_is_what_was_asked_for(open_window, answer, tmp_path) -> None:
    """The run goes on while the dialog is open; the model of its opening is written."""
    player = open_window(small())
    player.steps("update", 2)
    theta = player.frame.theta
    answer(tmp_path / "then.npz")
    dialog = dialog_of(player)
    player.session.step()
    player.settle()
    assert not np.array_equal(player.frame.theta, theta)
    dialog.buttons["npz"].click()
    before = len(player.said)
    dialog.save_button.click()
    player.until(lambda: len(player.said) > before)
    layout = player.frame.layout
    with np.load(tmp_path / "then.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["weight_0"], layout.weight(theta, 0))


def test_cancel_and_no_file_write_nothing(open_window, answer, tmp_path) -> None:
    player = open_window(small())
    proposed = answer("")
    dialog = dialog_of(player)
    player.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    player.until(lambda: not player.window.findChildren(ExportDialog))
    assert proposed == []
    dialog = dialog_of(player)
    said = list(player.said)
    dialog.save_button.click()
    assert len(proposed) == 1
    assert player.said == said
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(open_window, answer, tmp_path) -> None:
    player = open_window(small())
    answer(tmp_path / "no" / "such" / "folder.py")
    export_as(player, "numpy")
    assert player.said[-1][0] == "error"
    assert "cannot be written" in player.last_message


def test_the_dialog_says_what_each_is(open_window) -> None:
    player = open_window(small())
    player.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = player.window.findChild(ExportDialog)
    assert [button.accessibleName() for button in dialog.buttons.values()] == [
        kind.label for kind in KINDS
    ]
    assert all(button.accessibleDescription() for button in dialog.buttons.values())
    assert dialog.buttons["numpy"].isChecked()
    dialog.reject()
