"""Has every compiled function made, or loaded where it was kept: the wait before the first run.

``python -m core.network.compiled.warm`` does it for both number formats, as `make` does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import numpy as np

from core.network.compiled.shapes import Code, Data, Plan
from core.network.kernel import Structure
from core.network.layout import Layout
from core.settings import OptimizerSettings

_ready: set[str] = set()


class UnavailableError(RuntimeError):
    """numba, llvmlite or SciPy is there, and does not do what is asked of it."""


def warm(
    dtype: str,
    progress: Callable[[float], None] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Have everything at hand for a number format, ``"float64"`` or ``"float32"``.

    From nothing it takes some seconds, from the user's cache folder half a second, and once it has
    been done in this process nothing.

    Parameters
    ----------
    progress : callable
        Told the share that is done.
    stop : callable
        Looked at between two functions; what is made by then stays made.

    Raises
    ------
    UnavailableError
        If it cannot be had on this machine.
    """
    if dtype in _ready:
        return
    with closing(_made(dtype)) as made:
        for share in _told(made):
            if stop():
                return
            progress(share)
    _ready.add(dtype)


def _told(made: Iterator[float]) -> Iterator[float]:
    """The same, its own errors as one kind; those of who is told are not among them."""
    while True:
        try:
            share = next(made, None)
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise UnavailableError(f"numba does not work here ({said})") from error
        if share is None:
            return
        yield share


def is_warm(dtype: str) -> bool:
    """Whether everything is at hand in this process."""
    return dtype in _ready


def _made(dtype: str) -> Generator[float]:
    """Have one function after another compiled or loaded; the share that is done."""
    yield 0.0
    from core.network.compiled.calls import code

    beside = _leaves_beside(dtype)
    try:
        for done, (function, arguments) in enumerate(calls := _calls(dtype)):
            yield 0.05 + 0.85 * done / len(calls)
            function.compile(arguments)
        yield 0.9
        if beside is not None:
            beside.wait()
    finally:
        if beside is not None:
            beside.kill()
            beside.wait()
    code(dtype)
    yield 1.0


def _leaves_beside(dtype: str) -> Popen | None:
    """Another process that compiles the elementwise loops meanwhile, where nothing is kept yet.

    Should it fail, they are compiled in this one afterwards.
    """
    from core.network.compiled.cache import FOLDER

    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None  # nothing that it makes would reach this one
    if next(FOLDER.glob("leaves.*.nbi"), None) is not None:
        return None
    program = f"from core.network.compiled.calls import code; code({dtype!r})"
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    with suppress(OSError):
        return Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": paths},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
    return None


def _calls(dtype: str) -> list[tuple[Any, tuple[Any, ...]]]:
    """The functions that Python calls, those that are quick to compile first, and their types."""
    from numba import typeof

    from core.network.compiled import flight, turn
    from core.network.compiled.kernel import CompiledKernel, fixed

    kernel = CompiledKernel(Structure(Layout((2, 1, 1)), ("tanh",), "mse", dtype=dtype))
    net, work = kernel.net_on(Code(*8 * (0,))), kernel.work
    rules = kernel.rules(OptimizerSettings(), 0.0, 0.0)
    rows, numbers = fixed(np.zeros(0, np.int64)), fixed(np.zeros(0))
    x, weight = fixed(np.zeros((0, 3), dtype)), fixed(np.zeros(0, dtype))
    data = Data(x, x, weight, rows, rows, rows, numbers, np.zeros((0, 0), dtype))
    plan = _plan(dtype, rows)
    calls: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        (turn.load, (net, work, x, x, weight, rows)),
        (turn.forward, (net, work, 0, 1)),
        (turn.measure, (net, work, rules, 1)),
        (turn.backward, (net, work, rules, 0, 1)),
        (turn.add_penalty, (net, 0.0, 0.0)),
        (turn.norms, (net,)),
        (turn.clip, (net, 1.0, 1.0)),
        (turn.apply, (net, rules, 0.1, 1, True)),
        (flight.look, (net, work, rules, data, rows, 0.0)),
        (flight.ratio, (net,)),
        (flight.fly, (net, work, work, rules, data, plan, np.zeros(6, np.int64))),
    )
    return [(function, tuple(map(typeof, arguments))) for function, arguments in calls]


def _plan(dtype: str, rows: np.ndarray) -> Plan:
    """A plan of no turns."""
    return Plan(
        order=rows,
        reordered=np.zeros(0, np.int64),
        rows=rows,
        words=np.zeros(2, np.uint64),
        pool=np.zeros(8, np.uint64),
        epoch=0,
        shuffle=False,
        rates=np.zeros(1),
        place=0,
        size=1,
        limit=0,
        update=0,
        steps=0,
        checked=0,
        known=0,
        every=1,
        one_check=False,
        draws=np.zeros(0),
        flag=np.zeros(1, np.uint8),
        block=np.zeros((1, 1), dtype),
        checks=np.zeros((1, 6)),
        save_at=np.zeros(0, np.int64),
        saved_theta=np.zeros((0, 1), dtype),
        saved_slots=np.zeros((0, 0, 1), dtype),
        saved=np.zeros((0, 4), np.int64),
    )


if __name__ == "__main__" and find_spec("numba"):
    for name in ("float64", "float32"):
        warm(name)
