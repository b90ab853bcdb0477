"""The collection of short texts that comes with the program."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.data.source import Each, Progress, Source
from core.resources import asset


@dataclass(frozen=True, kw_only=True)
class Collection(Source):
    """Texts with a class each, from a file among the assets.

    The file can be opened as a table of one's own too: a text and the name of its class a line.

    Parameters
    ----------
    file : str
        Among the assets, e.g. ``"texts/messages.csv"``.
    class_names : tuple of str
    """

    file: str
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "classes", len(self.class_names))

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        with asset(self.file).open(encoding="utf-8", newline="") as file:
            (text_name, target_name), *lines = csv.reader(file)
        texts = tuple(dict.fromkeys(text for text, _ in lines))
        code = {text: number for number, text in enumerate(texts)}
        return Dataset(
            name=self.name,
            task="classification",
            description=self.explanation,
            columns=(Column(text_name, "text", texts),),
            inputs=np.array([[code[text]] for text, _ in lines], dtype=np.float64),
            target=np.array([self.class_names.index(name) for _, name in lines], dtype=np.int64),
            target_name=target_name,
            class_names=self.class_names,
        )


COLLECTIONS = (
    Collection(
        name="messages",
        label="Praise and complaint",
        explanation="Predicts whether a short message praises or complains from its words "
        "(240 messages about films, meals, trains and tools).",
        basic=True,
        task="classification",
        inputs=("message",),
        file="texts/messages.csv",
        class_names=("complaint", "praise"),
        suggested={
            "model.hidden": [8],
            "model.activation": "tanh",
            "optimizer.name": "adam",
            "optimizer.learning_rate": 0.01,
            "optimizer.batch_size": 10,
            "stop.epochs": 20,
        },
    ),
)
