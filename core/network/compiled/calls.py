"""Calls by address: of BLAS's products, and of the elementwise loops in `leaves`.

What is called by its address is compiled once, and not again within each of its callers; that
halves the wait for the first compilation. SciPy publishes the addresses of its BLAS
(`scipy.linalg.cython_blas`). Matrices are row-major stretches of flat buffers.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import get_cython_function_address, intrinsic

from core.network.compiled import leaves
from core.network.compiled import shuffle as shuffling
from core.network.compiled.shapes import Code


@cache
def code(dtype: str) -> Code:
    """The addresses for ``"float64"`` or ``"float32"``; compiles or loads what is needed."""
    kind = {"float64": "d", "float32": "s"}[dtype]
    products = (get_cython_function_address("scipy.linalg.cython_blas", kind + name)
                for name in ("gemm", "dot"))  # fmt: skip
    found = (*products, *(leaf(dtype) for leaf in leaves.LEAVES), shuffling.address())
    return Code(*found)


def shuffled(words: np.ndarray, epoch: int, rows: np.ndarray) -> np.ndarray:
    """An epoch's order of some rows, as flights draw it."""
    kinds = (c_void_p, c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_int64)
    call = CFUNCTYPE(None, *kinds)(shuffling.address())
    rows, pool, order = rows.astype(np.int64), np.zeros(8, np.uint64), np.empty(len(rows), np.int64)
    call(words.ctypes.data, len(words), epoch, pool.ctypes.data, rows.ctypes.data,
         order.ctypes.data, len(rows))  # fmt: skip
    return order


class _Call:
    """A call in the making: values by number, array and offset as a pointer."""

    def __init__(self, context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> None:
        self.context, self.builder = context, builder
        self.kinds, self.values = signature.args, values

    def at(self, array: int, offset: int) -> Any:
        """A pointer to an array's number at an offset."""
        made = self.context.make_array(self.kinds[array])
        data = made(self.context, self.builder, self.values[array]).data
        return self.builder.gep(data, [self.values[offset]])

    def by_reference(self, value: Any) -> Any:
        return cgutils.alloca_once_value(self.builder, value)

    def whole(self, at: int) -> Any:
        """A whole number as BLAS takes it: 32 bits, by reference."""
        return self.by_reference(self.builder.trunc(self.values[at], ir.IntType(32)))

    def flag(self, at: int) -> Any:
        """BLAS's letter for an operand that lies transposed, or does not."""
        yes, no = (ir.Constant(ir.IntType(8), ord(letter)) for letter in "TN")
        flipped = cgutils.as_bool_bit(self.builder, self.values[at])
        return self.by_reference(self.builder.select(flipped, yes, no))

    def number(self, array: int) -> Any:
        """The type of an array's numbers."""
        return self.context.get_value_type(self.kinds[array].dtype)

    def call(self, arguments: list[Any], result: Any = None) -> Any:
        """Call the address that is the first value."""
        kind = ir.FunctionType(result or ir.VoidType(), [a.type for a in arguments])
        address = self.builder.inttoptr(self.values[0], kind.as_pointer())
        found = self.builder.call(address, arguments)
        return found if result else self.context.get_dummy_value()


@intrinsic
def multiply(typing, gemm, flip_a, flip_b, m, n, k, a, a_at, a_width, b, b_at, b_width, c, c_at):
    """C (m, n) = A (m, k) B (k, n), where ``flip`` says that an operand lies transposed.

    ``at`` is where a matrix begins in its buffer, ``width`` the length of its rows there.
    """
    kinds = (gemm, flip_a, flip_b, m, n, k, a, a_at, a_width, b, b_at, b_width, c, c_at)

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        one, zero = (it.by_reference(ir.Constant(it.number(6), x)) for x in (1.0, 0.0))
        # BLAS counts by columns: there, C transposed is B transposed times A transposed.
        return it.call([
            it.flag(2), it.flag(1), it.whole(4), it.whole(3), it.whole(5), one,
            it.at(9, 10), it.whole(11), it.at(6, 7), it.whole(8), zero, it.at(12, 13), it.whole(4),
        ])  # fmt: skip

    return types.void(*kinds), make


@intrinsic
def copy(typing, target, to, source, start, n):
    """Write ``n`` numbers of ``source`` from ``start`` into ``target`` from ``to``."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        size = context.get_abi_sizeof(it.number(0))
        cgutils.raw_memcpy(builder, it.at(0, 1), it.at(2, 3), values[4], size)
        return context.get_dummy_value()

    return types.void(target, to, source, start, n), make


@intrinsic
def square(typing, dot, x, start, n):
    """The sum of the squares of ``n`` numbers of ``x`` from ``start``."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        one, at = it.by_reference(ir.Constant(ir.IntType(32), 1)), it.at(1, 2)
        return it.call([it.whole(3), at, one, at, one], it.number(1))

    return x.dtype(dot, x, start, n), make


@intrinsic
def activate(typing, address, code, z, z_at, a, a_at, n):
    """`leaves.activate`."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        return it.call([values[1], it.at(2, 3), it.at(4, 5), values[6]])

    return types.void(address, code, z, z_at, a, a_at, n), make


@intrinsic
def times_slope(typing, address, code, z, z_at, a, a_at, d, n):
    """`leaves.times_slope`; ``d`` begins where ``z`` does."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        return it.call([values[1], it.at(2, 3), it.at(4, 5), it.at(6, 3), values[7]])

    return types.void(address, code, z, z_at, a, a_at, d, n), make


@intrinsic
def price(typing, address, code, huber, s, start, y, zero, price, d, outputs, rows):
    """`leaves.price`; ``s`` and ``d`` begin at ``start``, the others at ``zero``."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        return it.call([values[1], values[2], it.at(3, 4), it.at(5, 6), it.at(7, 6), it.at(8, 4),
                        values[9], values[10]])  # fmt: skip

    kinds = (address, code, huber, s, start, y, zero, price, d, outputs, rows)
    return types.void(*kinds), make


@intrinsic
def slope(typing, address, code, y, zero, d, start, vote, outputs, rows):
    """`leaves.slope`; ``d`` begins at ``start``, the others at ``zero``."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        return it.call([values[1], it.at(2, 3), it.at(4, 5), it.at(6, 3), values[7], values[8]])

    return types.void(address, code, y, zero, d, start, vote, outputs, rows), make


@intrinsic
def shuffle(typing, address, words, zero, count, epoch, pool, rows, order, n):
    """`shuffle.shuffle`; all arrays begin at ``zero``."""

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        return it.call([it.at(1, 2), values[3], values[4], it.at(5, 2), it.at(6, 2), it.at(7, 2),
                        values[8]])  # fmt: skip

    return types.void(address, words, zero, count, epoch, pool, rows, order, n), make


@intrinsic
def step_by(typing, address, code, numbers, theta, start, grad, step, to, slots, first, second, n):
    """`leaves.step_by` on ``n`` parameters from ``start``, their memory at ``first``, ``second``.

    The step is written from ``to``.

    ``numbers`` is a tuple of its nine float64 numbers.
    """

    def make(context, builder, signature, values):
        it = _Call(context, builder, signature, values)
        kind, found = it.number(3), cgutils.unpack_tuple(builder, values[2])
        if kind != ir.DoubleType():
            found = [builder.fptrunc(number, kind) for number in found]
        vectors = [it.at(3, 4), it.at(5, 4), it.at(6, 7)]
        memory = [it.at(8, 9), it.at(8, 10)]
        return it.call([values[1], *found, *vectors, *memory, values[11]])

    kinds = (address, code, numbers, theta, start, grad, step, to, slots, first, second, n)
    return types.void(*kinds), make
