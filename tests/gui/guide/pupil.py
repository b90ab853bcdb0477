"""Somebody who goes through a chapter with the real window's buttons, fields and tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.guide.checks import (
    AccuracyAbove,
    Check,
    Edited,
    LossBelow,
    Number,
    SamplePicked,
    Setting,
    StageDone,
    UpdateReached,
    WentBack,
)
from mlloop_gui.guide.lesson import Lesson
from mlloop_gui.guide.quantities import text_of
from mlloop_gui.guide.view import GuideView
from tests.gui.helpers import Player

FORMULAS: dict[str, Callable[[Callable[[str], float]], float]] = {
    "z_0[0]": lambda of: (
        of("x[0]") * of("weight_0[0,0]") + of("x[1]") * of("weight_0[1,0]") + of("bias_0[0]")
    ),
    "loss_share": lambda of: of("vote") * of("sample_loss"),
    "nudged_bias_0[0]": lambda of: (of("loss_up_bias_0[0]") - of("loss_down_bias_0[0]")) / 0.00002,
    "delta_1[0]": lambda of: of("output_probability") - of("target"),
    "delta_0[0]": lambda of: of("delta_1[0]") * of("old_weight_1[0,0]") * of("unit_slope_0[0]"),
    "share_weight_0[0,0]": lambda of: of("x[0]") * of("delta_0[0]") * of("vote"),
    "new_weight_0[1,0]": lambda of: (
        of("old_weight_0[1,0]") - of("rate") * of("gradient_weight_0[1,0]")
    ),
    "batches": lambda of: of("train_rows") / of("batch_size"),
    "gap": lambda of: of("validation_loss") - of("train_loss"),
}


class Pupil:
    """A person at the guide.

    Attributes
    ----------
    player : Player
    guide : GuideView
    """

    def __init__(self, player: Player) -> None:
        self.player, window = player, player.window
        window.actions_by_name["guide"].trigger()
        found = window.findChild(GuideView)
        assert found is not None
        self.guide: GuideView = found
        self.player.until(self.guide.isVisible)
        self.player.settle()

    @property
    def lesson(self) -> Lesson:
        assert self.guide.lesson is not None
        return self.guide.lesson

    def open(self, stage: Stage) -> Lesson:
        """Clicks a chapter in the list."""
        self.click(self.guide.contents.buttons[stage])
        self.ready()
        return self.lesson

    def ready(self) -> None:
        """Waits until what the program does for the step is done."""
        self.player.until(lambda: self.guide.lesson is None or not self.lesson.waiting)

    def click(self, button: object) -> None:
        """Clicks a button that can be clicked."""
        assert button.isEnabled(), button.objectName()
        self.player.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def predict(self, choice: int) -> None:
        """Chooses, and says so."""
        self.guide.card.choices[choice].click()
        self.click(self.guide.card.guess)
        self.ready()

    def go_on(self) -> None:
        """Clicks Next."""
        self.click(self.guide.next)
        self.ready()

    def shown(self, name: str) -> float:
        """A number as the card writes it, with the digits that are seen."""
        text = text_of(name, self.player.session.frame).replace("\u202f", "")
        return float(text.replace("−", "-"))

    # -- what a check asks ---------------------------------------------------------------------

    def fulfil(self, check: Check) -> None:
        """Does it by the widgets that a person has; what the program does itself is waited for."""
        {
            StageDone: self._step,
            UpdateReached: self._run,
            LossBelow: self._run,
            AccuracyAbove: self._run,
            Setting: self._set,
            Number: self._type,
            SamplePicked: self._pick,
            WentBack: self._go_back,
            Edited: self._edit,
        }[type(check)](check)
        self.player.until(lambda: self.lesson.done)
        if self.player.session.state is RunState.RUNNING:
            self.player.click("run")
            self.player.until_state(RunState.PAUSED)
        self.player.settle()

    def _step(self, check: StageDone) -> None:
        while not self.lesson.done:
            self.player.press("step")

    def _run(self, check: UpdateReached) -> None:
        player = self.player
        player.find("speed").set_speed(0)
        if player.session.state is RunState.RUNNING or self.lesson.done:
            return  # the step runs it by itself
        if isinstance(check, UpdateReached) and (check.at_least or 99) < 20:
            player.click("step_size.update")
            while not self.lesson.done:
                player.press("step")
            return
        player.click("run")

    def _set(self, check: Setting) -> None:
        value = check.equals
        if check.below is not None:
            value = check.below / 2
        if check.above is not None:
            value = int(check.above) + 1
        self.player.edit(check.field, list(value) if isinstance(value, tuple) else value)

    def _type(self, check: Number) -> None:
        guide, player = self.guide, self.player
        assert guide.card.number.isVisible()
        if check.of == "batch_right":
            record = player.frame.record
            assert record is not None
            truth = player.frame.problem.dataset.target[record.rows]
            value = float(((record.scores[:, 0] > 0) == truth).sum())
        else:
            value = FORMULAS[check.of](self.shown)
        self._enter("7777")
        assert not self.lesson.done
        assert "Not yet" in guide.card.task.text()
        assert check.hint in guide.card.task.text()
        self._enter(f"{value:.5f}")

    def _enter(self, text: str) -> None:
        field = self.guide.card.number
        self.player.focus(field)
        field.selectAll()
        self.player.qtbot.keyClicks(field, text)
        QTest.keyClick(self.player.window.windowHandle(), Qt.Key.Key_Return)
        self.player.until(lambda: self.lesson.done or self.lesson.missed)

    def _pick(self, check: SamplePicked) -> None:
        player = self.player
        record = player.frame.record
        assert record is not None
        if check.which == "dearest":
            assert record.price is not None
            table = player.find("inspector.loss").losses
            spot = table.visualRect(table.model().index(int(np.argmax(record.price)), 0)).center()
            table.scrollTo(table.model().index(int(np.argmax(record.price)), 0))
            spot = table.visualRect(table.model().index(int(np.argmax(record.price)), 0)).center()
            player.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
            return
        plot, problem = player.find("plot.boundary"), player.frame.problem
        rows = record.rows[1:2]
        if check.which == "outside":
            rows = [row for row in problem.parts.train.tolist() if row not in record.rows]
        for row in rows:
            x, y = problem.dataset.inputs[row]
            spot = plot.mapFromScene(plot.box.mapViewToScene(QPointF(float(x), float(y))))
            player.qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)
            player.settle()
            if self.lesson.done:
                return

    def _go_back(self, check: WentBack) -> None:
        self.player.press("step_back")

    def _edit(self, check: Edited) -> None:
        self.player.do("edit_parameter", "bias_0[0]", 0.5)
