"""The answer for the sample in hand: a bar a class, or guess, truth and miss."""

from __future__ import annotations

import numpy as np

from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.bars import ProbabilityBars


def show_answer(moment: Moment, bars: ProbabilityBars, facts: Facts) -> None:
    """Show the recorded turn's answer for the sample in hand, in the widget that fits it."""
    classes = bool(moment.problem.classes)
    bars.setVisible(classes)
    facts.setVisible(not classes)
    if classes:
        _show_classes(moment, bars)
    else:
        _show_numbers(moment, facts)


def _show_classes(moment: Moment, bars: ProbabilityBars) -> None:
    problem, shown = moment.problem, moment.shown
    at, names = shown.chosen or 0, problem.dataset.class_names
    shares = moment.loss.probabilities(shown.scores)
    values = shown.scores[at] if shares is None else shares[at]
    if shares is None and len(values) == 1:
        values = np.array([-values[0], values[0]])
    truth = int(problem.dataset.target[shown.rows[at]])
    bars.set_title(f"{whose(moment)}: {'scores' if shares is None else 'probabilities'}")
    bars.set_values(names, values, truth, scores=shares is None)


def _show_numbers(moment: Moment, facts: Facts) -> None:
    problem, shown = moment.problem, moment.shown
    at = shown.chosen or 0
    scaled = shown.scores[at : at + 1, 0]
    guess = float(np.asarray(problem.representation.inverse_target(scaled), np.float64)[0])
    truth = float(problem.dataset.target[shown.rows[at]])
    unit = f" {problem.dataset.target_unit}".rstrip()
    facts.set_heading(whose(moment))
    facts.set_facts(
        [
            Fact.of(name, value, numbers.short(value, 4) + unit, strong=name == "miss")
            for name, value in (("guess", guess), ("truth", truth), ("miss", guess - truth))
        ]
    )


def whose(moment: Moment) -> str:
    """Return the sample in hand as a heading: its place in the batch, or its row."""
    place = moment.place
    return f"Sample {place + 1}" if place is not None else moment.shown.names[0].capitalize()
