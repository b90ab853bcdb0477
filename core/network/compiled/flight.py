"""Many turns in one call: epochs, checks and saved states, with nothing of Python in between."""

from __future__ import annotations

from math import isfinite, nan, sqrt

from core.network.compiled.cache import compiled, inner
from core.network.compiled.calls import copy, shuffle, square
from core.network.compiled.numerics import looked_at
from core.network.compiled.turn import (
    add_penalty,
    apply,
    backward,
    clip,
    forward,
    load,
    measure,
    norms,
)


@inner
def make_masks(net, work, draws, rows, p):
    """Dropout's factors from uniform draws, in the order of the layers."""
    n = net.units[len(net.sizes) - 2] * rows
    factor = work.mask.dtype.type(1.0 / (1.0 - p))
    for k in range(n):
        work.mask[k] = factor if draws[k] >= p else 0.0


@inner
def turn(net, work, rules, rows, rate, t, row, flag):
    """Stages 2 to 7 of a batch that is loaded; what the history keeps goes into ``row``.

    Whether it was made: when the flag is set on the way, nothing has been changed yet.
    """
    layers = len(net.sizes) - 1
    for i in range(layers):
        forward(net, work, i, rows)
        if looked_at(flag):
            return False
    row[0] = measure(net, work, rules, rows)
    for i in range(layers - 1, -1, -1):
        backward(net, work, rules, i, rows)
        if looked_at(flag):
            return False
    if rules.l1 > 0.0 or rules.l2 > 0.0:
        add_penalty(net, rules.l1, rules.l2)
    total = norms(net)
    for i in range(layers):
        row[1 + i] = net.norms[i]
    if rules.clip > 0.0:
        clip(net, total, rules.clip)
    # Not the literal False, for which numba would compile it once more.
    row[layers + 1] = apply(net, rules, rate, t, rows < 0)
    return True


@compiled
def look(net, work, rules, data, part, spread):
    """A part's mean loss, and its accuracy or R²; as many rows at a time as the buffers take."""
    total, weights, hits, missed = 0.0, 0.0, 0, 0.0
    outputs, last = net.sizes[-1], len(net.sizes) - 2
    together = len(work.price)
    for start in range(0, len(part), together):
        rows = part[start : start + together]
        n = len(rows)
        load(net, work, data.x, data.y, data.weight, rows)
        for i in range(last + 1):
            forward(net, work, i, n)
        measure(net, work, rules, n)
        z = net.units[last] * n
        if len(data.scores):
            for r in range(n):
                for o in range(outputs):
                    data.scores[start + r, o] = work.z[z + o * n + r]
        for r in range(n):
            weight = float(data.weight[rows[r]]) if len(data.weight) else 1.0
            total += weight * work.price[r]
            weights += weight
            if len(data.labels):
                guess = 0
                if outputs == 1:
                    guess = 1 if work.z[z + r] > 0 else 0
                else:
                    for o in range(1, outputs):
                        higher = work.z[z + o * n + r] > work.z[z + guess * n + r]
                        guess = o if higher else guess
                hits += guess == data.labels[rows[r]]
            else:
                miss = float(work.z[z + r]) - work.y[r]
                missed += miss * miss
    if not len(part):
        return nan, nan
    if len(data.labels):
        return total / weights, hits / len(part)
    return total / weights, 1.0 - missed / spread if spread > 0.0 else nan


@compiled
def ratio(net):
    """The last step's norm over the parameters'."""
    size = sqrt(square(net.code.dot, net.theta, 0, len(net.theta)))
    return sqrt(net.moved[0]) / size if size else nan


@inner
def check(net, work, rules, data, update, row):
    """Stage 9 into ``row``: update, losses, metrics, and step over parameters."""
    row[0] = update
    row[1], row[3] = look(net, work, rules, data, data.train, data.spreads[0])
    row[2], row[4] = look(net, work, rules, data, data.validation, data.spreads[1])
    row[5] = ratio(net)


@inner
def _is_finite(theta):
    bad = 0
    for i in range(len(theta)):
        bad += not isfinite(theta[i])
    return bad == 0


@inner
def reorder(net, plan, epoch):
    """Stage 8 at an epoch's end: the next order is drawn."""
    if plan.shuffle:
        shuffle(net.code.shuffle, plan.words, 0, len(plan.words), epoch, plan.pool, plan.rows,
                plan.reordered, len(plan.rows))  # fmt: skip
    else:
        for r in range(len(plan.rows)):
            plan.reordered[r] = plan.rows[r]


@compiled
def fly(net, work, looking, rules, data, plan, found):
    """Make the turns of a plan; how many were made, or minus the one that met a bad number.

    ``found`` gets the epochs finished, the place, the last check's update, how many checks and
    states were written, and the epochs whose order was not that of the first.
    """
    order, epoch, place, ordered = plan.order, 0, plan.place, 0
    done, drawn, checked, checks, saves = 0, 0, plan.checked, 0, 0
    units, n = net.units[len(net.sizes) - 2], len(order)
    while done < plan.limit and not looked_at(plan.flag):
        if epoch > ordered:
            reorder(net, plan, plan.epoch + epoch)
            ordered = epoch
        rows = order[place : place + plan.size]
        load(net, work, data.x, data.y, data.weight, rows)
        if rules.dropout > 0.0:
            make_masks(net, work, plan.draws[drawn:], len(rows), rules.dropout)
            drawn += units * len(rows)
        row = plan.block[done]
        rate, step = plan.rates[epoch], plan.steps + done + 1
        if not turn(net, work, rules, len(rows), rate, step, row, plan.flag):
            break
        done += 1
        if not (isfinite(row[0]) and isfinite(row[-1])) and not (
            isfinite(row[0]) and _is_finite(net.theta)
        ):
            return -done
        update = plan.update + done
        place += len(rows)
        if place >= n:
            place, epoch = 0, epoch + 1
        if saves < len(plan.save_at) and plan.save_at[saves] == update:
            size, memory = len(net.theta), len(net.slots) * len(net.theta)
            copy(plan.saved_theta, saves * size, net.theta, 0, size)
            copy(plan.saved_slots, saves * memory, net.slots, 0, memory)
            plan.saved[saves, 0], plan.saved[saves, 1] = epoch, place
            plan.saved[saves, 2], plan.saved[saves, 3] = checked, plan.steps + done
            saves += 1
        if place == 0 or update - checked >= plan.every:
            if update > plan.known:
                check(net, looking, rules, data, update, plan.checks[checks])
                checks += 1
            checked = update
            if plan.one_check:
                break
        if epoch == len(plan.rates):
            break
    found[0], found[1], found[2], found[3], found[4] = epoch, place, checked, checks, saves
    found[5] = ordered
    return done
