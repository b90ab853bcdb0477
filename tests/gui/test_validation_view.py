"""The validation tab: asked for, computed elsewhere, drawn, told, and a value of it taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from core.evaluation.validation import cross_validate, learning_curve, validation_curve
from core.experiment import Experiment, fields
from mlloop_gui.help import help_html
from mlloop_gui.views import validation_work
from mlloop_gui.views.validation_controls import varied
from mlloop_gui.views.validation_view import ValidationView
from mlloop_gui.views.validation_work import Asked, proposed
from tests.gui.helpers import SessionPlayer, small

RATE = "optimizer.learning_rate"
SHORT = {"epochs": 2}


class Tab:
    """A person at the tab."""

    def __init__(self, qtbot: Any, player: SessionPlayer) -> None:
        self.qtbot, self.player, self.session = qtbot, player, player.session
        self.view = ValidationView(player.session)
        self.controls, self.plot = self.view.controls, self.view.plot
        self.view.resize(1180, 220)
        self.view.show()
        qtbot.waitExposed(self.view)
        player.settle()

    def choose(self, kind: str, values: str = "") -> None:
        box = self.controls.kind
        box.setCurrentIndex(box.findData(kind))
        if values:
            self.controls.values.selectAll()
            self.qtbot.keyClicks(self.controls.values, values)

    def click(self, button: Any) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def start(self) -> None:
        """Presses the button and waits for the result."""
        before = self.view.found
        self.click(self.controls.start_button)
        self.player.until(lambda: self.view.found is not before)
        assert not self.view.working

    def take(self, place: int) -> None:
        """Clicks at a place of the curve."""
        at = self.plot.to_pixel(float(self.plot.spread.places()[place]), 0.0)
        middle = QPointF(at.x(), self.plot.plot_rect().center().y()).toPoint()
        self.qtbot.mouseClick(self.plot.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        self.player.settle()

    @property
    def said(self) -> str:
        return self.controls.status.text()


@pytest.fixture
def tab(qtbot, open_session) -> Iterator[Tab]:
    made = Tab(qtbot, open_session(small(stop=SHORT)))
    yield made
    made.view.close()
    made.view.deleteLater()


# -- what is computed ------------------------------------------------------------------------------


def test_nothing_is_computed_until_asked_for(tab, monkeypatch) -> None:
    monkeypatch.setattr(validation_work, "cross_validate", lambda *_: pytest.fail("not asked for"))
    tab.player.step("update", 3)
    assert not tab.view.working
    assert not tab.session.jobs.busy
    assert tab.plot.spread is None
    assert "One split may be lucky" in tab.plot.accessibleDescription()
    tab.choose("samples")
    assert "Would more data help?" in tab.plot.accessibleDescription()
    tab.choose("setting")
    assert "Which value generalizes best?" in tab.plot.accessibleDescription()
    assert "test part stays sealed" in tab.view.sentence.text()
    assert not tab.view.measure.isVisible()


def test_folds_are_the_engines(tab) -> None:
    tab.controls.folds.setValue(4)
    tab.controls.repeats.setValue(2)
    tab.start()
    own = cross_validate(tab.session.experiment, 4, 2)
    shown = tab.plot.spread
    assert shown.y_label == "Error"
    assert shown.share
    np.testing.assert_array_equal(shown.validation.scores[0], 1.0 - own.values("accuracy"))
    np.testing.assert_array_equal(shown.train.scores[0], 1.0 - own.values("accuracy", "train"))
    told = own.summary("accuracy")
    assert shown.validation.mean[0] == pytest.approx(1.0 - told.mean, abs=1e-12)
    assert shown.validation.error[0] == pytest.approx(told.standard_error, abs=1e-12)
    assert shown.validation.low[0] == pytest.approx(max(1.0 - told.high, 0.0), abs=1e-12)
    assert shown.validation.high[0] == pytest.approx(min(1.0 - told.low, 1.0), abs=1e-12)
    assert tab.plot.title() == "Error of 4 folds, 2 times"
    text = tab.view.sentence.text()
    assert text.startswith("Held-out error ")
    assert "One split alone could have said anything from " in text
    assert text.endswith("The test part stays sealed.")
    assert tab.said == ""
    assert tab.session.test_openings == 0


def test_another_measure_of_the_same_fits(tab, monkeypatch) -> None:
    tab.start()
    own = cross_validate(tab.session.experiment, 5, 1)
    monkeypatch.setattr(validation_work, "cross_validate", lambda *_: pytest.fail("again"))
    menu = tab.view.measure
    names = [menu.itemText(k) for k in range(menu.count())]
    assert names == ["Error", "Loss", "Accuracy", "Balanced accuracy", "Log loss"]
    menu.setFocus()
    tab.qtbot.keyClick(menu, Qt.Key.Key_Down)
    assert tab.plot.title() == "Loss of 5 folds"
    np.testing.assert_array_equal(tab.plot.spread.validation.scores[0], own.values("loss"))
    tab.view.measure.setCurrentIndex(2)
    np.testing.assert_array_equal(tab.plot.spread.validation.scores[0], own.values("accuracy"))
    assert tab.view.sentence.text().startswith("Held-out accuracy ")


def test_a_learning_curve_is_the_engines(tab) -> None:
    tab.choose("samples")
    assert tab.controls.values.text() == "10, 13, 17, 22, 28, 36"
    assert tab.controls.repeats.text() == "5 draws"
    tab.choose("samples", "30; 10, 20")
    tab.controls.repeats.setValue(3)
    tab.start()
    own = learning_curve(tab.session.experiment, (10, 20, 30), 3, 5)
    shown = tab.plot.spread
    assert shown.x.tolist() == [10.0, 20.0, 30.0]
    np.testing.assert_array_equal(shown.validation.scores, 1.0 - own.table("accuracy"))
    np.testing.assert_array_equal(shown.train.scores, 1.0 - own.table("accuracy", "train"))
    assert tab.plot.title() == "Error against samples"
    assert tab.view.sentence.text().startswith("From 30 samples the held-out error is ")
    assert "more data would help" in tab.view.sentence.text()
    tab.take(1)
    assert tab.session.experiment.data.samples == 60, "nothing to take"


def test_a_validation_curve_is_the_engines(tab) -> None:
    tab.choose("setting")
    assert tab.controls.setting.currentText() == "Learning rate"
    assert tab.controls.values.text() == "0.01, 0.03, 0.1, 0.3, 1, 3, 10"
    tab.choose("setting", "1, 0.01, 0.3")
    tab.controls.folds.setValue(3)
    tab.start()
    own = validation_curve(tab.session.experiment, RATE, (0.01, 0.3, 1.0), 3)
    shown = tab.plot.spread
    assert shown.x.tolist() == [0.01, 0.3, 1.0]
    assert shown.now == 0.3
    assert shown.log
    np.testing.assert_array_equal(shown.validation.scores, 1.0 - own.table("accuracy"))
    assert tab.plot.title() == "Error against learning rate"
    means = [point.summary("accuracy").mean for point in own.points]
    best = ("0.01", "0.3", "1")[int(np.argmax(means))]
    assert f"Best on held-out folds: learning rate {best}." in tab.view.sentence.text()


def test_numbers_are_judged_by_their_own_measures(qtbot, open_session) -> None:
    curve = {"source": "sine", "samples": 60}
    tab = Tab(qtbot, open_session(small(data=curve, stop=SHORT)))
    tab.start()
    menu = tab.view.measure
    assert [menu.itemText(k) for k in range(menu.count())] == ["RMSE", "Loss", "MAE", "R²"]
    own = cross_validate(tab.session.experiment, 5, 1)
    np.testing.assert_array_equal(tab.plot.spread.validation.scores[0], own.values("rmse"))
    assert not tab.plot.spread.share
    assert tab.view.sentence.text().startswith("Held-out RMSE ")
    tab.view.close()
    tab.view.deleteLater()


def test_failed_fits_are_told(tab) -> None:
    tab.choose("setting", "0.1 1e308")
    tab.start()
    assert tab.said.startswith("5 of 10 fits failed and are in no mean. Learning rate ")
    assert "fold 1 of 5: update 3: z of layer " in tab.said
    shown = tab.plot.spread
    assert shown.failed == 5
    assert np.isnan(shown.validation.scores[1]).all()
    assert np.isfinite(shown.validation.scores[0]).all()
    tab.choose("setting", "1e308")
    tab.start()
    assert tab.view.sentence.text().startswith("No fit gave a number.")


# -- the session -----------------------------------------------------------------------------------


def test_a_click_takes_a_value_and_undo_gives_it_back(tab) -> None:
    tab.player.step("update", 2)
    tab.choose("setting", "0.01, 0.3, 1")
    tab.start()
    tab.take(2)
    assert tab.session.experiment.optimizer.learning_rate == 1.0
    assert [(c.update, c.value) for c in tab.player.frame.experiment.change] == [(2, 1.0)]
    assert tab.plot.spread.now == 1.0
    assert not tab.plot.pale, "the setting that was varied is no other setting"
    tab.player.do("undo")
    assert tab.session.experiment.optimizer.learning_rate == 0.3
    assert tab.plot.spread.now == 0.3
    tab.plot.setFocus()
    tab.qtbot.keyClick(tab.plot, Qt.Key.Key_Right)
    tab.qtbot.keyClick(tab.plot, Qt.Key.Key_Return)
    tab.player.settle()
    assert tab.session.experiment.optimizer.learning_rate == 0.01


def test_the_result_stays_and_says_when_settings_are_others(tab) -> None:
    tab.start()
    shown = tab.plot.spread
    tab.player.step("epoch", 2)
    assert tab.plot.spread is shown
    assert not tab.plot.pale
    tab.player.set(loss__l2=0.01)
    assert tab.plot.spread is shown
    assert tab.plot.pale
    assert tab.view.sentence.text().startswith("Of other settings (L2 penalty 0). Held-out error")
    tab.player.set(model__hidden=[2, 2])  # another run
    tab.player.set(optimizer__momentum=0.5)
    assert tab.plot.spread is shown
    assert "hidden layers, L2 penalty 0, 1 more" in tab.view.sentence.text()
    for _ in range(3):
        tab.player.do("undo")
    assert not tab.plot.pale
    assert tab.view.sentence.text().startswith("Held-out error")


def test_the_data_on_their_way_are_those_that_are_used(tab) -> None:
    """The next run's frame need not be there when the button is pressed."""
    tab.session.set("data.noise", 0.3)
    tab.start()
    own = cross_validate(tab.session.experiment, 5, 1)
    np.testing.assert_array_equal(tab.plot.spread.validation.scores[0], 1 - own.values("accuracy"))


def test_what_cannot_be_done_is_said(tab) -> None:
    for kind, text, said in (
        ("setting", "0.1, -3", "Out of range. Allowed: a number > 0."),
        ("setting", "fast", "Not a number. Allowed: a number > 0."),
        ("samples", "10, 12.5", "Not a whole number."),
        ("samples", " ", "No value is given."),
    ):
        tab.choose(kind, text)
        tab.click(tab.controls.start_button)
        assert tab.said.startswith(said)
        assert tab.controls.values.property("invalid")
        assert not tab.view.working
    tab.choose("samples", "10, 4000")
    assert not tab.controls.values.property("invalid")
    tab.click(tab.controls.start_button)
    tab.player.until(lambda: "cannot be taken" in tab.said)
    assert "2 to 36" in tab.said
    assert tab.controls.start_button.isEnabled()
    assert tab.plot.spread is None


# -- the jobs thread -------------------------------------------------------------------------------


class Held:
    """Folds that go on until they are cancelled or let go."""

    def __init__(self) -> None:
        self.go, self.threads = threading.Event(), []

    def __call__(self, *given: Any) -> Any:
        self.threads.append(threading.current_thread())
        progress = given[3]
        while not self.go.wait(0.002):
            progress(0.525)
        return cross_validate(*given)


@pytest.fixture
def held(monkeypatch) -> Iterator[Held]:
    made = Held()
    monkeypatch.setattr(validation_work, "cross_validate", made)
    yield made
    made.go.set()


def test_progress_and_cancel(tab, held) -> None:
    controls = tab.controls
    controls.start_button.setFocus()
    tab.qtbot.keyClick(controls.start_button, Qt.Key.Key_Space)
    tab.player.until(lambda: controls.progress.value() == 52)
    assert held.threads[0] is not threading.main_thread()
    assert controls.progress.isVisible()
    assert tab.said == "Fold 3 of 5"
    assert not controls.start_button.isEnabled()
    tab.qtbot.keyClick(controls.cancel_button, Qt.Key.Key_Space)
    assert tab.said == "Cancelled."
    assert not tab.session.jobs.busy
    assert not tab.view.working
    assert not controls.progress.isVisible()
    held.go.set()
    tab.start()
    assert tab.plot.spread is not None


def test_cancel_frees_the_thread_in_the_midst_of_a_fit(qtbot, open_session) -> None:
    """A fit that would go on for ever: what is asked for next is only done if it was given up."""
    tab = Tab(qtbot, open_session(small(stop={"epochs": 10**9})))
    for kind, values in (("folds", ""), ("samples", "10, 20"), ("setting", "0.1, 0.3")):
        tab.choose(kind, values)
        before = tab.view.found
        tab.click(tab.controls.start_button)
        tab.player.until(lambda: tab.controls.progress.value() >= 5)
        tab.click(tab.controls.cancel_button)
        assert not tab.session.jobs.busy
        done: list[int] = []
        tab.session.jobs.start(lambda progress: 7, done.append, pytest.fail)
        tab.player.until(lambda: done == [7])  # noqa: B023 - called within this turn
        assert tab.view.found is before
    tab.view.close()
    tab.view.deleteLater()


def test_another_job_takes_its_place(tab, held) -> None:
    tab.click(tab.controls.start_button)
    tab.player.until(lambda: held.threads)
    done: list[int] = []
    tab.session.jobs.start(lambda progress: 7, done.append, pytest.fail)
    assert tab.said.startswith("Given up")
    assert not tab.view.working
    tab.player.until(lambda: done == [7])


def test_a_table_that_is_loaded_takes_its_place(tab, held, tmp_path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + "".join(f"{k},{k * k % 7},{k % 2}\n" for k in range(40)))
    tab.click(tab.controls.start_button)
    tab.player.until(lambda: held.threads)
    tab.session.choose_source("csv", path=str(path), target="c")
    assert tab.said == "Given up, for a table is being loaded."
    tab.click(tab.controls.start_button)
    assert "A table is being loaded" in tab.said
    tab.player.settle()
    held.go.set()
    tab.start()
    assert tab.plot.spread.fits == 5


def test_a_run_that_begins_leaves_it_alone(tab, held) -> None:
    tab.click(tab.controls.start_button)
    tab.player.until(lambda: held.threads)
    tab.player.set(model__hidden=[2])
    assert tab.view.working
    held.go.set()
    tab.player.until(lambda: tab.view.found is not None)
    assert tab.plot.pale
    assert "Of other settings (hidden layers)" in tab.view.sentence.text()


# -- words and choices -----------------------------------------------------------------------------


def test_what_is_being_done_goes_by_the_share_done() -> None:
    folds = Asked("folds", Experiment(), None, 5, 2)
    assert folds.doing(0.0) == "making the data ready"
    assert folds.doing(0.05) == "repeat 1, fold 1 of 5"
    assert folds.doing(0.05 + 0.95 * 0.71) == "repeat 2, fold 3 of 5"
    assert folds.doing(1.0) == "repeat 2, fold 5 of 5"
    # By the rows learned from: 3 x 10 of 3 x 100 are done after a tenth.
    samples = Asked("samples", Experiment(), None, 5, 3, "", (10, 90))
    assert samples.doing(0.05 + 0.95 * 0.09) == "10 samples: draw 3 of 3"
    assert samples.doing(0.05 + 0.95 * 0.11) == "90 samples: draw 1 of 3"
    rates = Asked("setting", Experiment(), None, 4, 1, RATE, (0.1, 0.3))
    assert rates.doing(0.05 + 0.95 * 0.6) == "Learning rate 0.3: fold 1 of 4"
    assert (folds.total, samples.total, rates.total) == (10, 6, 8)


@pytest.mark.parametrize(
    ("path", "now", "values"),
    [
        (RATE, 0.3, (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        ("loss.l2", 0.0, (0.0, 3e-5, 3e-4, 3e-3, 0.03, 0.3, 3.0)),
        ("optimizer.batch_size", 10, (1, 2, 5, 10, 20, 50, 100)),
        ("optimizer.batch_size", 1, (1, 2, 5, 10, 20, 50, 100)),
        ("model.dropout", 0.0, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)),
        ("optimizer.clip_norm", None, (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)),
    ],
)
def test_values_are_proposed_about_the_present_one(path, now, values) -> None:
    assert proposed(fields()[path], now) == pytest.approx(values)


def test_only_settings_that_mean_something_are_offered() -> None:
    plain = varied(Experiment())
    assert plain[:2] == (RATE, "loss.l2")
    assert "optimizer.momentum" not in plain
    assert "loss.delta" not in plain
    assert not [path for path in plain if path.startswith("stop.") and path != "stop.epochs"]
    adam = varied(Experiment().replace_many({"optimizer.name": "adam", "model.hidden": []}))
    assert {"optimizer.beta1", "optimizer.beta2"} <= set(adam)
    assert "model.dropout" not in adam
    assert all(fields()[path].live for path in (*plain, *adam))


def test_what_was_typed_is_kept_while_settings_change(tab) -> None:
    tab.choose("setting")
    tab.player.set(optimizer__learning_rate=0.1)
    assert tab.controls.values.text().startswith("0.003, ")
    tab.choose("setting", "0.5, 0.6")
    tab.player.set(optimizer__learning_rate=0.3)
    assert tab.controls.values.text() == "0.5, 0.6"
    tab.player.set(optimizer__name="momentum")
    assert tab.controls.values.text() == "0.5, 0.6"
    menu = tab.controls.setting
    menu.setCurrentIndex(menu.findData("optimizer.momentum"))
    assert tab.controls.values.text() == "0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99", "proposed anew"


def test_the_tab_has_its_key_and_its_line_in_the_help(open_window) -> None:
    player = open_window(small())
    player.key(Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert player.find("validation").isVisible()
    for name in ("start", "cancel", "kind", "folds", "repeats", "setting", "values", "measure"):
        widget = player.find(f"validation.{name}")
        assert widget.accessibleName()
        assert widget.toolTip()
    assert "Ctrl+6" in help_html()
    assert "validate" in help_html()
