"""Which kernel does a run's arithmetic, by a fixed rule, and why."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from core.errors import InputError
from core.losses import LOSSES
from core.network.compiled.codes import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.network.compiled.kernel import CompiledKernel
from core.network.compiled.warm import UnavailableError
from core.network.kernel import NumpyKernel, Structure
from core.optimizers import OPTIMIZERS

KERNELS: dict[str, type[NumpyKernel]] = {"numpy": NumpyKernel, "compiled": CompiledKernel}


@dataclass(frozen=True)
class Choice:
    """A kernel's name, and the reason for it in half a sentence."""

    kernel: str
    reason: str


def choose(wanted: str, structure: Structure) -> Choice:
    """The kernel for a network.

    Measured side by side (`make bench`), the compiled one is ahead or even at every size: large
    products are BLAS's in both. So where it can be had, auto takes it.

    Parameters
    ----------
    wanted : str
        ``"auto"``, ``"numpy"`` or ``"compiled"``.

    Raises
    ------
    InputError
        If the compiled kernel is wanted and cannot be had.
    """
    if wanted == "numpy":
        return Choice("numpy", "as the settings say")
    lacking = _lacking(structure)
    if wanted == "compiled":
        if lacking:
            raise InputError(
                f"the compiled kernel cannot be used: {lacking}",
                field="model.kernel",
                value=wanted,
                allowed="auto or numpy" + ("" if _numba() else "; or pip install 'mlloop[fast]'"),
            )
        return Choice("compiled", "as the settings say")
    if lacking:
        return Choice("numpy", lacking)
    return Choice("compiled", "faster, or as fast, at every size")


def forgo(error: UnavailableError) -> None:
    """Learn that the compiled kernel does not work here, whatever is installed."""
    _broken[:] = [str(error)]


def _numba() -> bool:
    return find_spec("numba") is not None


_broken: list[str] = []


def _lacking(structure: Structure) -> str:
    """What keeps the compiled kernel from being used; empty if nothing does."""
    if not _numba():
        return "numba is not installed"
    if _broken:
        return _broken[0]
    for names, codes in (
        (structure.activations, ACTIVATION_CODES),
        (tuple(LOSSES.names), LOSS_CODES),
        (tuple(OPTIMIZERS.names), OPTIMIZER_CODES),
    ):
        unknown = [name for name in names if name not in codes]
        if unknown:
            return f"it does not know {unknown[0]}"
    return ""
