"""The shuffled order of an epoch, exactly as `core.batches.BatchOrder` draws it with numpy.

That is numpy's `SeedSequence` (O'Neill 2015, "Developing a seed_seq alternative"), its PCG64
(XSL-RR, O'Neill 2014) and its shuffle (Fisher-Yates, each place drawn with just enough bits until
it is not beyond the last), so that many epochs can follow each other without the interpreter.
"""

from __future__ import annotations

from llvmlite import ir
from numba import int64, types, uint64
from numba.extending import intrinsic

from core.network.compiled.cache import callback, inner

_LOW = uint64(0xFFFFFFFF)
_HASH_A, _TIMES_A = uint64(0x43B0D7E5), uint64(0x931E8875)
_HASH_B, _TIMES_B = uint64(0x8B51F9DD), uint64(0x58F38DED)
_MIX_LEFT, _MIX_RIGHT = uint64(0xCA01F9DD), uint64(0x4973F715)
_HALF, _ONE = uint64(16), uint64(1)
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645


@intrinsic
def _next(typing, high, low, add_high, add_low):
    """PCG64's state, 128 bits in two halves, times its multiplier plus an odd number."""
    pair = types.UniTuple(uint64, 2)

    def make(context, builder, signature, arguments):
        whole, half = ir.IntType(128), ir.IntType(64)

        def joined(high, low):
            shifted = builder.shl(builder.zext(high, whole), ir.Constant(whole, 64))
            return builder.or_(shifted, builder.zext(low, whole))

        state, add = joined(*arguments[:2]), joined(*arguments[2:])
        state = builder.add(builder.mul(state, ir.Constant(whole, _MULTIPLIER)), add)
        halves = [
            builder.trunc(builder.lshr(state, ir.Constant(whole, 64)), half),
            builder.trunc(state, half),
        ]
        return context.make_tuple(builder, pair, halves)

    return pair(high, low, add_high, add_low), make


@inner
def _added(high, low, more_high, more_low):
    """The sum of two numbers of 128 bits."""
    total = low + more_low
    return high + more_high + (_ONE if total < low else uint64(0)), total


@inner
def _hashed(value, hash_by):
    value = (value ^ hash_by) & _LOW
    following = (hash_by * _TIMES_A) & _LOW
    value = (value * following) & _LOW
    return value ^ (value >> _HALF), following


@inner
def _mixed(x, y):
    value = (_MIX_LEFT * x - _MIX_RIGHT * y) & _LOW
    return value ^ (value >> _HALF)


@inner
def _seed(words, count, epoch, pool):
    """Fill ``pool`` (8,) with the words that seed PCG64, from the stream's words and the epoch."""
    n, by = count + 1, _HASH_A
    for i in range(4):
        word = words[i] if i < n - 1 else (epoch if i == n - 1 else uint64(0))
        pool[i], by = _hashed(word, by)
    for source in range(4):
        for target in range(4):
            if source != target:
                value, by = _hashed(pool[source], by)
                pool[target] = _mixed(pool[target], value)
    for i in range(4, n):
        word = words[i] if i < n - 1 else epoch
        for target in range(4):
            value, by = _hashed(word, by)
            pool[target] = _mixed(pool[target], value)
    by = _HASH_B
    for i in range(7, -1, -1):
        pool[i] = pool[i % 4]
    for i in range(8):
        value = (pool[i] ^ by) & _LOW
        by = (by * _TIMES_B) & _LOW
        value = (value * by) & _LOW
        pool[i] = value ^ (value >> _HALF)


def shuffle(words, count, epoch, pool, rows, order, n):
    """Write an epoch's order of ``n`` ``rows`` into ``order``; all are pointers.

    ``words`` are the ``count`` 32-bit words of the seed and the name, ``pool`` is scratch (8,).
    """
    _seed(words, count, uint64(epoch), pool)
    shift = uint64(32)
    # The first word of each pair is the lower one; the number added is made odd.
    high, low = pool[0] | (pool[1] << shift), pool[2] | (pool[3] << shift)
    add_high, add_low = pool[4] | (pool[5] << shift), pool[6] | (pool[7] << shift)
    add_high = (add_high << _ONE) | (add_low >> uint64(63))
    add_low = (add_low << _ONE) | _ONE
    high, low = _added(high, low, add_high, add_low)
    high, low = _next(high, low, add_high, add_low)
    for i in range(n):
        order[i] = rows[i]
    spare, is_spare = uint64(0), False
    mask = uint64(0)
    while mask < uint64(n - 1):
        mask = (mask << _ONE) | _ONE
    for i in range(n - 1, 0, -1):
        last = uint64(i)
        while mask >> _ONE >= last:
            mask = mask >> _ONE
        # Numbers of as few bits as will do, until one is not beyond the last place.
        while True:
            if is_spare:
                word, is_spare = spare, False
            else:
                high, low = _next(high, low, add_high, add_low)
                turned, by = high ^ low, high >> uint64(58)
                value = (turned >> by) | (turned << ((uint64(64) - by) & uint64(63)))
                word, spare, is_spare = value & _LOW, value >> shift, True
            if word & mask <= last:
                break
        j = int(word & mask)
        order[i], order[j] = order[j], order[i]


def address() -> int:
    """Where `shuffle` is, compiled once."""
    words, rows = types.CPointer(uint64), types.CPointer(int64)
    return callback(types.void(words, int64, int64, words, rows, rows, int64), shuffle)
