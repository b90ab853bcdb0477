"""The house: which way imports point, what is never used, and how large a file may grow.

A new module fails these tests until it has its place in `CORE` or `WINDOW`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "mlloop_gui")

# From the ground up. A module may import from its own floor and from those below it. A name stands
# for a module, or for a package with all that is in it.
CORE = (
    ("errors", "resources", "seeds"),
    ("registry", "stages"),
    ("fields", "settings", "experiment"),
    ("losses", "metrics", "optimizers", "schedules", "data", "representation", "network"),
    ("batches", "problem", "record", "position"),
    ("learners",),
    (
        "loop",
        "runs",
        "leap",
        "flights",
        "turns",
        "stopping",
        "checks",
        "history",
        "checkpoints",
        "explain",
        "run_report",
    ),
    ("evaluation", "landscape", "by_hand", "diagnostics"),
    ("export",),
)
WINDOW = (
    ("theme", "style_sheet", "settings", "crash", "lean_pyqtgraph"),
    ("plots",),
    ("frames",),
    ("maps", "film", "fineness"),
    ("framing",),
    ("driver",),
    ("worker", "jobs", "garbage", "growth"),
    ("controls",),
    ("edits", "loading", "reference", "scenes"),
    ("session",),
    ("actions",),
    ("help",),
    ("data_dialog", "export_dialog", "draw", "panels", "inspector", "guide"),
    ("views", "files"),
    ("docks", "menu"),
    ("main_window",),
    ("application", "cli"),
    ("__main__",),
)
FLOORS = {"core": CORE, "mlloop_gui": WINDOW}

QT = {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY = {"pandas", "sklearn", "scipy", "numba"}
# What numba compiles; imported by functions of the others alone, at the first turn.
COMPILED = {
    f"core.network.compiled.{name}"
    for name in ("cache", "calls", "flight", "leaves", "numerics", "shuffle", "turn")
}
UNSAFE_MODULES = {"pickle", "joblib", "dill", "cloudpickle", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}
NOT_IN_CORE = {"threading", "multiprocessing", "concurrent", "asyncio", "queue", "random"}
SHARED_BY_PANELS = {"base", "fields"}
ASSEMBLES_PANELS = "mlloop_gui.panels.column"
DRIVERS = {"driver", "framing", "film", "maps", "cli"}
LONGEST = 400  # lines
LONGEST_TEST = 650


class Import(NamedTuple):
    """One import: what, in which line, and whether it happens as soon as the module is loaded."""

    target: str
    line: int
    at_once: bool


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[str, Path]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {module_name(file): file for file in files}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(sources()[module].read_text(encoding="utf-8"))


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(node: ast.AST, modules: frozenset[str], at_once: bool = True) -> Iterator[Import]:
    """Every import under `node`, lazy ones and those for types alone too.

    ``from a import b`` is an import of the module ``a.b`` where there is one, else of ``a``.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, at_once)
        elif isinstance(child, ast.ImportFrom):
            base = child.module or ""
            for alias in child.names:
                longer = f"{base}.{alias.name}"
                yield Import(longer if longer in modules else base, child.lineno, at_once)
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            now = at_once and not later and not is_for_types_only(child)
            yield from imports(child, modules, now)


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    return tuple(imports(tree(module), frozenset(sources())))


def all_imports() -> Iterator[tuple[str, Import]]:
    for module in sources():
        for found in imports_of(module):
            yield module, found


def where(module: str, line: int) -> str:
    return f"{sources()[module].relative_to(ROOT)}:{line}"


def unit(module: str) -> str:
    """The name in the table of floors that a module belongs to; empty for a package itself."""
    return ".".join(module.split(".")[1:2])


def floor(module: str) -> int | None:
    package = module.partition(".")[0]
    for number, units in enumerate(FLOORS[package]):
        if unit(module) in units:
            return number
    return None


def top(name: str) -> str:
    return name.partition(".")[0]


def refuse(found: list[str], rule: str) -> None:
    if found:
        pytest.fail("\n  ".join([rule, *found]), pytrace=False)


def test_every_module_has_its_place() -> None:
    homeless = [module for module in sources() if unit(module) and floor(module) is None]
    refuse(homeless, "give these a floor in CORE or WINDOW")


def test_imports_point_down() -> None:
    up = []
    for module, found in all_imports():
        if top(found.target) != top(module) or not unit(found.target) or not unit(module):
            continue
        here, there = floor(module), floor(found.target)
        if here is not None and there is not None and there > here:
            up.append(f"{where(module, found.line)} imports {found.target} from a floor above")
    refuse(up, "a floor may import only from itself and from below")


def test_core_knows_neither_qt_nor_the_window() -> None:
    banned = QT | {"mlloop_gui"} | NOT_IN_CORE
    found = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if top(module) == "core" and top(found.target) in banned
    ]
    refuse(found, "core stands alone")


def test_modules_do_not_import_in_circles() -> None:
    graph = {
        module: {
            found.target
            for found in imports_of(module)
            # A package's own name, imported by its modules, is how Python works and no circle.
            if found.at_once and found.target in sources() and not module.startswith(found.target)
        }
        for module in sources()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_what_is_heavy_is_imported_when_first_used() -> None:
    early = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if found.at_once
        and module not in COMPILED
        and (top(found.target) in HEAVY or found.target in COMPILED)
    ]
    refuse(early, "import these where they are used")


def is_unsafe(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS
    if isinstance(node, ast.keyword):
        return node.arg == "allow_pickle" and ast.unparse(node.value) != "False"
    return isinstance(node, ast.Attribute) and node.attr in {"read_pickle", "to_pickle"}


def test_nothing_unsafe_is_used() -> None:
    unsafe = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if top(found.target) in UNSAFE_MODULES
    ]
    for module in sources():
        unsafe += [
            f"{where(module, node.lineno)}: {ast.unparse(node)}"
            for node in ast.walk(tree(module))
            if is_unsafe(node)
        ]
    refuse(unsafe, "these run what a file says")


def test_plots_know_arrays_alone() -> None:
    known = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if module.startswith("mlloop_gui.plots")
        and top(found.target) == "core"
        and found.target != "core.resources"
    ]
    refuse(known, "a plot is given arrays")


def test_what_computes_draws_nothing() -> None:
    drawing = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if module.startswith("mlloop_gui.")
        and unit(module) in {"frames", "worker", "jobs", "session"}
        and (
            found.target.startswith(("mlloop_gui.plots", "PySide6.QtWidgets", "PySide6.QtGui"))
            or top(found.target) == "pyqtgraph"
        )
    ]
    refuse(drawing, "drawing is the work of plots and panels")


def test_panels_import_no_panel() -> None:
    home = "mlloop_gui.panels."
    crossing = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if module.startswith(home)
        and module != ASSEMBLES_PANELS
        and found.target.startswith(home)
        and found.target.removeprefix(home).partition(".")[0] not in SHARED_BY_PANELS
    ]
    refuse(crossing, "panels share fields and base alone")


def test_only_the_session_starts_the_worker_and_the_jobs() -> None:
    starting = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if found.target.startswith(("mlloop_gui.worker", "mlloop_gui.jobs"))
        and unit(module) not in {"session", "controls", "loading", "worker", "jobs"}
    ]
    refuse(starting, "ask the session")


def test_only_worker_jobs_and_command_line_drive_loops() -> None:
    driving = [
        f"{where(module, found.line)} imports {found.target}"
        for module, found in all_imports()
        if top(module) == "mlloop_gui"
        and found.target.startswith("core.loop")
        and unit(module) not in DRIVERS
    ]
    refuse(driving, "ask the session")


def test_files_stay_small() -> None:
    folders = (*PACKAGES, "tests", "benchmarks")
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
    }
    long = [
        f"{name} has {lines} lines"
        for name, lines in lengths.items()
        if lines > (LONGEST_TEST if name.startswith("tests") else LONGEST)
    ]
    refuse(long, f"over {LONGEST} lines")


@pytest.mark.parametrize(
    ("package", "banned"), [("core", QT | HEAVY), ("mlloop_gui", HEAVY)], ids=PACKAGES
)
def test_importing_loads_no_more_than_it_should(package: str, banned: set[str]) -> None:
    """The same in a fresh interpreter, where what is imported by others counts too."""
    modules = [name for name in sources() if top(name) == package and name not in COMPILED]
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {banned!r}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"


def test_imports_are_found_and_told_apart() -> None:
    """The finder itself, which all of the above stands on."""
    program = ast.parse(
        "from typing import TYPE_CHECKING\n"
        "import pandas as pd, core.loop\n"
        "from core import loop, nothing\n"
        "if TYPE_CHECKING:\n"
        "    from core.data.table import read\n"
        "class Late:\n"
        "    import numba\n"
        "    def now(self):\n"
        "        import scipy.special\n"
    )
    found = list(imports(program, frozenset({"core", "core.loop"})))
    assert found == [
        Import("typing", 1, True),
        Import("pandas", 2, True),
        Import("core.loop", 2, True),
        Import("core.loop", 3, True),
        Import("core", 3, True),
        Import("core.data.table", 5, False),
        Import("numba", 7, True),
        Import("scipy.special", 9, False),
    ]
