"""``mlloop run`` on texts: the collection that comes with it, and a table of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.experiment import Experiment, dumps
from core.resources import asset
from tests.end_to_end.program import start

MESSAGES = asset("texts/messages.csv")


def trained(folder: Path, text: str, *options: str) -> Any:
    """The report of a run of the experiment in `text`."""
    file = folder / "texts.toml"
    file.write_text(text, encoding="utf-8")
    done = start("run", str(file), "--json", "-", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.decode("utf-8").rpartition("}")[0] + "}")


@pytest.mark.parametrize("kind", ["bag_of_words", "tfidf", "characters"])
def test_messages_are_learned(own_folders: Path, kind: str) -> None:
    suggested = Experiment().with_source("messages")[0].suggested("messages")
    made = trained(own_folders, dumps(suggested), "--set", f"representation.text={kind}")
    assert made["status"] == "finished"
    assert made["experiment"]["representation"]["text"] == kind
    assert made["validation"]["metrics"]["accuracy"] >= 0.85


def test_a_table_with_a_column_of_texts_is_learned(own_folders: Path) -> None:
    content = MESSAGES.read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{place % 10}" for place, line in enumerate(content[1:])]
    (own_folders / "own.csv").write_text("\n".join([content[0] + ",hour", *rows]), encoding="utf-8")
    text = 'format = 1\n[data]\nsource = "csv"\npath = "own.csv"\ntarget = "feeling"\n'
    made = trained(own_folders, text, "--epochs", "20", "--set", "representation.vocabulary=100")
    assert made["validation"]["metrics"]["accuracy"] >= 0.75  # half is chance
    # 100 terms and the hour into 4 units, those into 1.
    assert made["parameters"] == 101 * 4 + 4 + 4 + 1
