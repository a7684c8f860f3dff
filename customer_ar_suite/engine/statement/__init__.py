"""Statements of account: the matrix, its builders, its split into pages."""

from . import activity, open_item
from .builder import BUILDERS

__all__ = ["BUILDERS", "activity", "open_item"]
