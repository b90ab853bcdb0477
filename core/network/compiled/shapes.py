"""What compiled functions are given: named tuples of arrays and numbers. Needs no compiler."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Code(NamedTuple):
    """Addresses of machine code for one number format: BLAS's products, and `leaves`."""

    gemm: int
    dot: int
    activate: int
    times_slope: int
    price: int
    slope: int
    step_by: int
    shuffle: int


class Net(NamedTuple):
    """A network's shape and its flat vectors.

    Attributes
    ----------
    sizes, activations : ndarray of int
        Units of each layer, inputs first; each hidden layer's activation code.
    offsets, units, outs : ndarray of int
        Where each layer begins in the parameters, among the units, and among the units with a
        row of ones each.
    norms, moved : ndarray
        The squared norms of the last turn: of each layer's gradient (layers,), of the step (1,).
    """

    sizes: np.ndarray
    activations: np.ndarray
    offsets: np.ndarray
    units: np.ndarray
    outs: np.ndarray
    theta: np.ndarray
    grad: np.ndarray
    penalty_grad: np.ndarray
    step: np.ndarray
    slots: np.ndarray
    is_weight: np.ndarray
    norms: np.ndarray
    moved: np.ndarray
    code: Code


class Work(NamedTuple):
    """Flat buffers of a batch; the attributes are those of `core.network.kernel.Tape`."""

    x: np.ndarray
    y: np.ndarray
    vote: np.ndarray
    price: np.ndarray
    z: np.ndarray
    delta: np.ndarray
    hidden: np.ndarray
    a: np.ndarray
    mask: np.ndarray


class Rules(NamedTuple):
    """The settings of loss and optimizer, in codes and numbers; ``clip`` is 0 for none."""

    loss: int
    huber: float
    l1: float
    l2: float
    optimizer: int
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    decay: float
    clip: float
    dropout: float


class Data(NamedTuple):
    """What is learned from.

    Attributes
    ----------
    x : ndarray of shape (n, inputs + 1)
    y : ndarray of shape (n, outputs)
    weight : ndarray of shape (n,) or (0,)
    labels : ndarray of int, shape (n,) or (0,)
        Each row's class; empty for numbers.
    train, validation : ndarray of int
        The rows that a check looks at.
    spreads : ndarray of shape (2,)
        Sum of the squared differences of these rows' targets from their mean.
    scores : ndarray of shape (rows, outputs) or (0, 0)
        Where a look leaves the scores of the rows that it looks at.
    """

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    spreads: np.ndarray
    scores: np.ndarray


class Plan(NamedTuple):
    """Which turns are to be made, and where what they leave is written.

    Attributes
    ----------
    order : ndarray of int, shape (rows,)
        The epoch's rows, `place` of them done.
    reordered : ndarray of int, shape (rows,)
        The same memory, written anew for each epoch that begins.
    rows : ndarray of int, shape (rows,)
        In no order.
    words, pool : ndarray of uint64
        What an epoch's shuffle is seeded with, and scratch (8,).
    epoch : int
    shuffle : bool
        Whether the epochs that begin are shuffled.
    rates : ndarray of shape (epochs,)
    size, limit : int
        Rows of a batch; the most updates.
    update, steps, checked, known : int
        Updates made, those of this optimizer, the last check, and the last one in the history.
    every : int
        Updates after which a check is due.
    one_check : bool
        Whether to come back after the first check.
    draws : ndarray of float64
        Dropout's, for all turns of the plan.
    flag : ndarray of uint8, shape (1,)
        Another thread writes 1 to have the turns end.
    block : ndarray of shape (limit, layers + 2)
    checks : ndarray of shape (most, 6)
        Updates and the five numbers of each check.
    save_at : ndarray of int
        Updates whose states are wanted.
    saved_theta, saved_slots, saved : ndarray
        The states, and for each the epoch within the plan, the place, the last check and the
        optimizer's count.
    """

    order: np.ndarray
    reordered: np.ndarray
    rows: np.ndarray
    words: np.ndarray
    pool: np.ndarray
    epoch: int
    shuffle: bool
    rates: np.ndarray
    place: int
    size: int
    limit: int
    update: int
    steps: int
    checked: int
    known: int
    every: int
    one_check: bool
    draws: np.ndarray
    flag: np.ndarray
    block: np.ndarray
    checks: np.ndarray
    save_at: np.ndarray
    saved_theta: np.ndarray
    saved_slots: np.ndarray
    saved: np.ndarray
