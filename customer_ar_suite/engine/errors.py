"""One small tree of errors by cause; texts are made at the edge.

An engine error carries a ``code`` (what went wrong, in snake case) and parameters (where
and with what value). ``models/engine_messages.py`` holds one translated sentence per code;
a test fails when a code has none.

>>> try:
...     raise RowError("amount_not_readable", row=7, column="Amount", value="abc")
... except EngineError as error:
...     print(error.code, error.params["row"])
amount_not_readable 7
"""

from __future__ import annotations

from typing import Any


class EngineError(Exception):
    """Something the user can put right; never a bug of ours.

    :param code: what went wrong; key of the translated message
    :param params: values named in the message (``row``, ``column``, ``value`` …)
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        return f"{self.code}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        # errors cross the border of the child process that reads foreign files
        return _rebuild, (type(self), self.code, self.params)


def _rebuild(cls: type[EngineError], code: str, params: dict[str, Any]) -> EngineError:
    return cls(code, **params)


class FileError(EngineError):
    """The file as a whole cannot be used: type, size, encoding, structure."""


class RowError(EngineError):
    """One value of one row cannot be used; names ``row`` (as in the file) and ``column``."""


class BalanceError(EngineError):
    """Figures that must agree do not: opening + lines against closing, parts against whole."""


class UnknownCode(EngineError):
    """A database row names something that no file of the engine registers."""


class AllocationError(EngineError):
    """More is applied than is open, or the parts do not fit together."""


class ApprovalError(EngineError):
    """Somebody may not decide on this change, or not now."""


class VaultError(EngineError):
    """A sealed value cannot be opened, or nothing can be sealed now."""


class BillError(EngineError):
    """A step of a bill that cannot be taken: out of order, wrong day, wrong amount."""


class TermError(EngineError):
    """A payment cycle contradicts itself or the calendar."""


class RateError(EngineError):
    """There is no exchange rate, or one that cannot be used."""


class NumberingError(EngineError):
    """A pattern that makes no numbers, or a customer it cannot number."""


class RatingError(EngineError):
    """A scorecard that contradicts itself."""
