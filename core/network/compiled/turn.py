"""One turn, stage by stage, over flat buffers; both gears call these functions.

Buffers stand as the numpy kernel's do (see `core.network.kernel`): unit-major, a row of ones under
each layer's activations, so that one product gives z = x W + b.
"""

from __future__ import annotations

from math import sqrt

from core.network.compiled.cache import compiled
from core.network.compiled.calls import (
    activate,
    copy,
    multiply,
    price,
    slope,
    square,
    step_by,
    times_slope,
)
from core.network.compiled.codes import ADAM, ADAMW, LINEAR

PIECE = 16_384  # parameters


@compiled
def load(net, work, x, y, weight, rows):
    """Stage 1: gather a batch; votes are equal, or by class weight."""
    n, inputs, outputs = len(rows), net.sizes[0] + 1, net.sizes[-1]
    for r in range(n):
        copy(work.x, r * inputs, x, rows[r] * inputs, inputs)
        copy(work.y, r * outputs, y, rows[r] * outputs, outputs)
    if len(weight):
        total = 0.0
        for r in range(n):
            work.vote[r] = weight[rows[r]]
            total += work.vote[r]
        for r in range(n):
            work.vote[r] /= total
    else:
        for r in range(n):
            work.vote[r] = 1.0 / n


@compiled
def forward(net, work, i, rows):
    """Stage 2 for layer ``i``."""
    inputs, units, z = net.sizes[i] + 1, net.sizes[i + 1], net.units[i] * rows
    if i == 0:
        multiply(net.code.gemm, True, True, units, rows, inputs, net.theta, net.offsets[0], units,
                 work.x, 0, inputs, work.z, z)  # fmt: skip
    else:
        multiply(net.code.gemm, True, False, units, rows, inputs, net.theta, net.offsets[i], units,
                 work.a, net.outs[i - 1] * rows, rows, work.z, z)  # fmt: skip
    if i < len(net.sizes) - 2:
        n, a = units * rows, net.outs[i] * rows
        if len(work.mask):
            activate(net.code.activate, net.activations[i], work.z, z, work.hidden, z, n)
            for k in range(n):
                work.a[a + k] = work.hidden[z + k] * work.mask[z + k]
        else:
            activate(net.code.activate, net.activations[i], work.z, z, work.a, a, n)
        for k in range(rows):
            work.a[a + n + k] = 1.0


@compiled
def measure(net, work, rules, rows):
    """Stage 4: each sample's loss, and their mean by vote."""
    last = len(net.sizes) - 2
    price(net.code.price, rules.loss, rules.huber, work.z, net.units[last] * rows, work.y, 0,
          work.price, work.delta, net.sizes[last + 1], rows)  # fmt: skip
    loss = 0.0
    for r in range(rows):
        loss += work.vote[r] * work.price[r]
    return loss


@compiled
def backward(net, work, rules, i, rows):
    """Stage 5 for layer ``i``: its gradient, and the blame of the layer below."""
    inputs, units, delta = net.sizes[i], net.sizes[i + 1], net.units[i] * rows
    if i == len(net.sizes) - 2:
        slope(net.code.slope, rules.loss, work.y, 0, work.delta, delta, work.vote, units, rows)
    if i == 0:
        multiply(net.code.gemm, True, True, inputs + 1, units, rows, work.x, 0, inputs + 1,
                 work.delta, delta, rows, net.grad, net.offsets[0])  # fmt: skip
        return
    a, below, n = net.outs[i - 1] * rows, net.units[i - 1] * rows, inputs * rows
    multiply(net.code.gemm, False, True, inputs + 1, units, rows, work.a, a, rows,
             work.delta, delta, rows, net.grad, net.offsets[i])  # fmt: skip
    multiply(net.code.gemm, False, False, inputs, rows, units, net.theta, net.offsets[i], units,
             work.delta, delta, rows, work.delta, below)  # fmt: skip
    code = net.activations[i - 1]
    if len(work.mask):
        for k in range(below, below + n):
            work.delta[k] *= work.mask[k]
        times_slope(net.code.times_slope, code, work.z, below, work.hidden, below, work.delta, n)
    elif code != LINEAR:
        times_slope(net.code.times_slope, code, work.z, below, work.a, a, work.delta, n)


@compiled
def add_penalty(net, l1, l2):
    """Write the penalty's gradient, and add it to the data's."""
    number = net.theta.dtype.type
    first, second = number(l1), number(l2)
    theta, found = net.theta, net.penalty_grad
    for i in range(len(theta)):
        sign = number(theta[i] > 0) - number(theta[i] < 0)
        found[i] = (second * theta[i] + first * sign) * net.is_weight[i]
    for i in range(len(theta)):
        net.grad[i] += found[i]


@compiled
def norms(net):
    """Each layer's squared gradient norm; their sum."""
    total = 0.0
    for i in range(len(net.norms)):
        start = net.offsets[i]
        net.norms[i] = square(net.code.dot, net.grad, start, net.offsets[i + 1] - start)
        total += net.norms[i]
    return total


@compiled
def clip(net, squared_norm, limit):
    """Scale the gradient by min(1, limit / (norm + 1e-6)); the factor."""
    factor = min(1.0, limit / (sqrt(squared_norm) + 1e-6))
    if factor < 1.0:
        by = net.grad.dtype.type(factor)
        for i in range(len(net.grad)):
            net.grad[i] *= by
    return factor


@compiled
def apply(net, rules, rate, t, kept):
    """Stage 7: the step, piece by piece while it is in the cache; its squared norm.

    Unless it is to be ``kept``, each piece is written where the one before it was.
    """
    down, unbias = -rate, 1.0
    if rules.optimizer in (ADAM, ADAMW):
        # To the power of a float: numba takes a whole number's by products, each of which rounds.
        down = -rate / (1.0 - rules.beta1 ** float(t))
        unbias = 1.0 / sqrt(1.0 - rules.beta2 ** float(t))
    numbers = (down, rules.momentum, rules.beta1, 1.0 - rules.beta1, rules.beta2,
               1.0 - rules.beta2, unbias, rules.epsilon, -rate * rules.decay)  # fmt: skip
    moved, size = 0.0, len(net.theta)
    second = size if len(net.slots) > 1 else 0
    for start in range(0, size, PIECE):
        n = min(PIECE, size - start)
        to = start if kept else 0
        step_by(net.code.step_by, rules.optimizer, numbers, net.theta, start, net.grad, net.step,
                to, net.slots, start, second + start, n)  # fmt: skip
        moved += square(net.code.dot, net.step, to, n)
    net.moved[0] = moved
    return moved
