"""Bank files: one import line per format registers it."""

from . import camt053 as camt053
from . import csv_profile as csv_profile
from . import mt940 as mt940
from . import ofx as ofx
from . import qif as qif
from ..errors import RowError
from .account import same_account
from .base import BankLine, BankStatement, ReadContext, check_balance
from .base import FORMATS as FORMATS
from .csv_profile import CsvProfile
from .detect import detect
from .fingerprint import Identity, fingerprint, identities, new_ones
from .proof import Confirmed, Figures, Proof, prove


def read_bank_file(data: bytes, context: ReadContext) -> list[BankStatement]:
    """All statements of a file of any registered kind, or an ``EngineError``."""
    try:
        return detect(data, context.filename).parse(data, context)
    except RowError as error:
        error.params.setdefault("statement", context.filename)
        raise


__all__ = [
    "FORMATS",
    "BankLine",
    "BankStatement",
    "Confirmed",
    "CsvProfile",
    "Figures",
    "Identity",
    "Proof",
    "ReadContext",
    "check_balance",
    "detect",
    "fingerprint",
    "identities",
    "new_ones",
    "prove",
    "read_bank_file",
    "same_account",
]
