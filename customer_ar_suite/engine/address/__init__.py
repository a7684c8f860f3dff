"""Addresses in parts: one line read into them, the line made of them, what is missing."""

from .base import Parts as Parts
from .completeness import missing_parts as missing_parts
from .completeness import score as score
from .read import compose as compose
from .read import read as read
