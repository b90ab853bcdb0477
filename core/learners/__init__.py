"""Model families behind the same few methods."""

from core.learners.families import FAMILIES as FAMILIES
