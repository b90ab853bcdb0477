"""What a still frame costs the window: what stands is left alone, what moves is painted once."""

from __future__ import annotations

from collections import Counter

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from core.stages import Stage


class Painted(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_going_back_moves_the_mark_on_the_curves_and_draws_no_line_anew(
    open_window, monkeypatch
) -> None:
    player = open_window()
    player.do("reach", 60)
    plots, drawn = player.window.curves.plots, Counter()
    for plot in plots:
        inner = plot.set_series

        def counted(*given, plot=plot, inner=inner, **named) -> None:
            drawn[plot.title()] += 1
            inner(*given, **named)

        monkeypatch.setattr(plot, "set_series", counted)
    player.step("update", 2, back=True)
    assert not drawn
    assert [plot._head for plot in plots] == [58.0] * 4

    player.step("update", 2)
    assert not drawn
    assert [plot._head for plot in plots] == [None] * 4
    player.step("update")
    assert set(drawn) == {plot.title() for plot in plots}
    x = plots[0]._series["batches"].x
    assert np.array_equal(x, np.arange(1, 62))


def test_events_and_another_run_are_drawn_though_no_update_was_made(open_window) -> None:
    player = open_window()
    player.do("reach", 40)
    loss = player.window.curves.loss
    player.set(optimizer__learning_rate=0.1)
    assert loss._events == ((40.0, "optimizer.learning_rate = 0.1"),)
    player.do("go_to", 20)
    player.set(optimizer__learning_rate=0.2)
    assert loss._events == ((20.0, "optimizer.learning_rate = 0.2"),)
    assert "earlier 1" in loss.series_names()
    player.do("forget_run", 1)
    assert "earlier 1" not in loss.series_names()


def test_words_whose_lines_change_are_laid_out_before_they_are_painted(open_window) -> None:
    player = open_window()
    player.do("reach", 30)
    player.do("inspect", Stage.UPDATE)
    page = player.window.inspectors.page
    QApplication.processEvents()
    painted = Painted(page.words._inside._sentence)
    before = page.words.describe()
    player.step("update", back=True)
    assert page.words.describe() != before
    player.until(lambda: painted.count)
    label = page.words._inside._sentence
    # No layout waits any more: what is seen is where it stays.
    where = label.geometry()
    page.words._inside.layout().activate()
    assert label.geometry() == where
    assert painted.count == 1
