"""What the proofs of ``customer.ar.check`` share: their registry and their rows."""

from typing import NamedTuple

from ...engine.registry import Registry


class Scope(NamedTuple):
    """What is looked at.

    :param since: naive datetime in UTC: only what was touched after it; None: everything
    """

    company_ids: list
    as_of: object
    since: object = None


class Fault(NamedTuple):
    """One red line: figures in the currency named, and the record to look at."""

    problem: str  #: key of the proof's ``problems``
    company_id: int
    model: str = ""
    res_id: int = 0
    partner_id: int = 0
    currency_id: int = 0
    expected: float = 0.0
    found: float = 0.0


class Proof:
    """One invariant. ``prove`` only reads, in questions that do not grow with the data."""

    code = ""
    label = ""  #: English; what users read is :meth:`title`

    def title(self, env):
        """What is proven, in the reader's language."""
        raise NotImplementedError

    def problems(self, env):
        """{problem: sentence that says what is wrong and what to do}."""
        raise NotImplementedError

    def prove(self, env, scope):
        """How much was looked at, and what was found to be wrong.

        :rtype: tuple[int, list[Fault]]
        """
        raise NotImplementedError


PROOFS = Registry("proof")
