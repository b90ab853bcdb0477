"""The registry of data sources; a new one is a part in its module, listed here by it."""

from __future__ import annotations

from core.data.bundled import BUNDLED
from core.data.drawn import DRAWN
from core.data.generators import GENERATORS
from core.data.source import Source
from core.data.table import TABLE
from core.data.texts import COLLECTIONS
from core.registry import Registry

SOURCES: Registry[Source] = Registry(
    "data source", *GENERATORS, *BUNDLED, *COLLECTIONS, TABLE, DRAWN
)
