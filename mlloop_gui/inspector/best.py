"""What stage 9 holds a model against: the best that there can be, twins, and labels known false."""

from __future__ import annotations

import numpy as np

from mlloop_gui.inspector.facts import Fact
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.reference import Found


def best_facts(found: Found | None) -> list[Fact]:
    """The best that any model can do on new data, where the law is known, and the twins' floor."""
    if found is None:
        return []
    facts, bayes, twins = [], found.bayes, found.twins
    if bayes is not None:
        best = found.headline
        text = numbers.percent(best) if bayes.classes else f"R² {numbers.short(best, 4)}"
        facts.append(Fact.of("best possible", best, text, strong=True))
        if bayes.classes and bayes.error > 0.0:
            facts.append(Fact.of("lost to overlap", bayes.overlap, numbers.percent(bayes.overlap)))
            if bayes.flips > 0.0:
                flips = numbers.percent(bayes.flips)
                facts.append(Fact.of("lost to false labels", bayes.flips, flips))
    if twins.count:
        facts.append(Fact("twins that disagree", numbers.count(twins.count)))
        floor = numbers.short(twins.loss_floor, 3)
        facts.append(Fact.of("loss that they force", twins.loss_floor, floor))
    return facts


def memory_facts(moment: Moment) -> list[Fact]:
    """How many of the labels known to be false the model has learned all the same."""
    check, dataset = moment.frame.check, moment.problem.dataset
    if check.train.wrong is None or check.sampled or dataset.true_target is dataset.target:
        return []
    rows = moment.problem.parts.train
    false = dataset.target[rows] != dataset.true_target[rows]
    count = int(np.count_nonzero(false))
    if not count:
        return []
    learned = int(np.count_nonzero(false & ~check.train.wrong))
    return [Fact("false labels learned", f"{learned} of {numbers.count(count)}")]
