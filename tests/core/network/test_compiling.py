"""What is compiled, how often, and where it is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba")

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "core" / "network" / "compiled"

# A varied session: every kind of data, both gears, live changes, the way back, both formats.
SESSION = """
import json
from core.experiment import Experiment
from core.loop import LearningLoop
from core.network.compiled import calls, flight, leaves, numerics, turn
from core.stages import StepSize
from numba.core.dispatcher import Dispatcher

def tried(source, **tables):
    for dtype in ("float64", "float32"):
        tree = {"data": source, **tables}
        tree["model"] = {"dtype": dtype, "kernel": "compiled"} | tables.get("model", {})
        loop = LearningLoop(Experiment.from_dict(tree))
        loop.run(40)
        for size in StepSize:
            loop.step(size)
        loop.step_back()
        loop.go_to(20)
        loop.run(5, stop=lambda: False)
        loop.change([("optimizer.batch_size", 7), ("loss.l2", 0.01), ("optimizer.name", "adamw")])
        loop.run(30, enough=lambda: False)
        loop.change([("model.dropout", 0.2), ("optimizer.clip_norm", 0.5)])
        loop.run(150)
        for part in ("train", "validation", "test"):
            loop.evaluate(part)
        assert loop.failure is None
        assert loop.fork().update == loop.update

tried({"source": "circle"})
tried({"source": "digits"}, model={"hidden": [8, 5], "activation": ["relu", "gelu"]})
tried({"source": "iris"}, loss={"class_weights": [1, 2, 3]}, model={"dropout": 0.3})
tried({"source": "diabetes"}, model={"hidden": []}, evaluation={"validation_fraction": 0})
tried({"source": "csv", "path": "people.csv"}, optimizer={"shuffle": False, "batch_size": 1000})
found = {}
for module in (flight, turn, leaves, numerics):
    for name, value in vars(module).items():
        if isinstance(value, Dispatcher) and value.py_func.__module__ == module.__name__:
            misses = sum(value.stats.cache_misses.values())
            found[f"{module.__name__}.{name}"] = [len(value.signatures), misses]
print(json.dumps(found))
"""


def files(folder: Path) -> dict[str, int]:
    """Every file below a folder, and when it was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_what_is_warm_is_never_compiled_again(tmp_path: Path) -> None:
    """One process compiles everything; a second, on data of all kinds, compiles nothing."""
    (tmp_path / "people.csv").write_text(
        "age,town,wage\n" + "".join(f"{20 + k},{'ab'[k % 2]},{k * 1.5}\n" for k in range(60))
    )
    kept = tmp_path / "kept"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(kept)}

    def run(*words: str) -> bytes:
        done = subprocess.run([sys.executable, *words], env=environment, cwd=tmp_path,
                              capture_output=True, timeout=300, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    run("-m", "core.network.compiled.warm")
    made = files(kept)
    assert any("flight.fly" in path and path.endswith(".nbi") for path in made)
    # One machine code for each of the two number formats.
    assert sum("flight.fly" in path and path.endswith(".nbc") for path in made) == 2
    found: dict[str, Any] = json.loads(run("-c", SESSION))
    assert found["core.network.compiled.flight.fly"][0] == 2
    for name, (signatures, misses) in found.items():
        assert signatures <= 2, name
        assert misses == 0, name
    assert files(kept) == made
    # Nor is anything kept beside the sources, where nobody may be allowed to write.
    assert not list(SOURCES.rglob("*.nb*"))


# -- the folder --------------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources that the folder's name is made of."""
    from core.network.compiled import cache

    copy = tmp_path / "sources"
    copy.mkdir()
    for path in SOURCES.glob("*.py"):
        (copy / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(cache, "__file__", str(copy / "cache.py"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    return copy


def test_another_source_is_another_folder(sources: Path) -> None:
    """numba itself would go on using a caller's old code when only what it calls has changed."""
    from core.network.compiled import cache

    seen = {cache.folder()}
    assert {found.name for found in seen} == {cache.FOLDER.name}
    for name in ("turn", "leaves", "codes", "shapes", "numerics", "calls", "flight", "cache"):
        path = sources / f"{name}.py"
        path.write_text(path.read_text() + "\n")
        seen.add(cache.folder())
    assert len(seen) == 9
    # Nothing of these is compiled.
    for name in ("warm", "kernel"):
        (sources / f"{name}.py").write_text("")
    assert cache.folder() in seen


@pytest.mark.usefixtures("sources")
def test_old_versions_go_and_the_newest_stay() -> None:
    from core.network.compiled import cache

    here = cache.folder()
    versions = here.parent
    for k in range(6):
        old = versions / f"version {k}"
        old.mkdir(parents=True)
        (old / "code.nbc").write_bytes(b"")
        os.utime(old, (k, k))
    assert cache.folder() == here
    left = {path.name for path in versions.iterdir()}
    assert left == {f"version {k}" for k in range(6 - (cache.KEPT - 1), 6)}
    # With its own folder there, nothing goes.
    here.mkdir()
    (versions / "version 0").mkdir()
    cache.folder()
    assert len(list(versions.iterdir())) == cache.KEPT + 1


def test_the_folder_is_the_users_or_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from core.network.compiled import cache

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert cache.folder().is_relative_to(tmp_path)
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(cache, "user_cache_dir", lambda *a, **k: str(tmp_path / "user"))
    assert cache.folder().is_relative_to(tmp_path / "user")
    # Nothing is written before something is compiled.
    assert not (tmp_path / "user").exists()


# -- a folder that is of no use ------------------------------------------------------------------


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Makes a compiled function from a file, as another process would."""
    from core.network.compiled import cache

    monkeypatch.setattr(cache, "FOLDER", tmp_path / "kept")
    path = tmp_path / "source.py"
    path.write_text("def twice(x):\n    return 2 * x\n")

    def made() -> Any:
        spec = spec_from_file_location("source", path)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        function = cache.compiled(module.twice)
        assert function(21) == 42
        return function

    return made


def hits(function: Any) -> int:
    return sum(function.stats.cache_hits.values())


def test_machine_code_outlasts_the_program(make: Callable[[], Any]) -> None:
    assert hits(make()) == 0
    assert hits(make()) == 1


def test_signatures_share_no_file(make: Callable[[], Any], tmp_path: Path) -> None:
    """Two programs that write at once could else leave one's code under the other's name."""
    function = make()
    before = files(tmp_path / "kept")
    assert function(2.5) == 5.0
    after = files(tmp_path / "kept")
    assert len(after) == 2 * len(before) == 4
    assert before.items() <= after.items()


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [b"", b"no machine code", None])
def test_a_damaged_file_is_made_anew(
    make: Callable[[], Any], tmp_path: Path, kind: str, damage: bytes | None
) -> None:
    make()
    (path,) = (tmp_path / "kept").rglob(f"*.{kind}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert hits(make()) == 0
    assert hits(make()) == 1


def test_a_folder_that_cannot_be_made_is_done_without(
    make: Callable[[], Any], tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file")
    before = files(tmp_path)
    assert hits(make()) == hits(make()) == 0
    # Nothing is kept beside the source either.
    assert {path for path in files(tmp_path) if ".py" not in path or ".nb" in path} == {
        path for path in before if ".py" not in path
    }


def test_a_full_disk_costs_no_run(make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.caching import IndexDataCacheFile

    def full(self: Any, path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "_save_data", full)
    assert hits(make()) == hits(make()) == 0
