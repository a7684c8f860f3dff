"""Bank files: one import line per format registers it."""

from . import camt053 as camt053
from .base import BankLine, BankStatement, ReadContext, check_balance
from .base import FORMATS as FORMATS
from .detect import detect

__all__ = [
    "FORMATS",
    "BankLine",
    "BankStatement",
    "ReadContext",
    "check_balance",
    "detect",
]
