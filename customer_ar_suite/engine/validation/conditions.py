"""The conditions a rule can set; registered in the order in which they are offered."""

from __future__ import annotations

from typing import Any

from ..text import clean
from .base import CONDITIONS, Fault, Rule, Subject, is_empty
from .checksums import CHECKSUMS
from .pattern import fits


@CONDITIONS.register
class Required:
    """There is a value."""

    code = "required"
    label = "Is filled in"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """Nothing entered."""
        return ("rule_required", {}) if is_empty(value) else None


@CONDITIONS.register
class Format:
    """The whole value has a form."""

    code = "format"
    label = "Has the format"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """Another form than the pattern's."""
        if fits(rule.pattern, str(value)):
            return None
        return "rule_format", {"pattern": rule.pattern}


@CONDITIONS.register
class Length:
    """Neither too short nor too long; spaces around do not count."""

    code = "length"
    label = "Has a length of"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """Fewer or more characters."""
        size = len(clean(str(value)))
        if rule.low is not None and size < rule.low:
            return "rule_too_short", {"size": size, "limit": rule.low}
        if rule.high is not None and size > rule.high:
            return "rule_too_long", {"size": size, "limit": rule.high}
        return None


@CONDITIONS.register
class Range:
    """A number or a date within limits."""

    code = "range"
    label = "Lies between"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """Below the lower or above the upper limit."""
        if rule.low is not None and value < rule.low:
            return "rule_too_low", {"limit": rule.low}
        if rule.high is not None and value > rule.high:
            return "rule_too_high", {"limit": rule.high}
        return None


@CONDITIONS.register
class Allowed:
    """One of a list."""

    code = "allowed"
    label = "Is one of"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """Not in the list."""
        if str(value) in rule.allowed:
            return None
        return "rule_not_allowed", {"allowed": ", ".join(sorted(rule.allowed)[:8])}


@CONDITIONS.register
class Checksum:
    """A number or address that proves itself."""

    code = "checksum"
    label = "Is right in itself"

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """What its kind says is wrong."""
        return CHECKSUMS.get(rule.checksum).fault(str(value), subject)
