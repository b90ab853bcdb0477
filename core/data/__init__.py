"""Data: generators, bundled real data, tables, and how they are split."""

from __future__ import annotations

from core.data.dataset import Column, Dataset
from core.data.load import load_dataset
from core.data.sources import SOURCES
from core.data.splits import Parts, split

__all__ = ["SOURCES", "Column", "Dataset", "Parts", "load_dataset", "split"]
