"""Rules × records -> findings: the one place where a rule is applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .base import ANYBODY, COMPANY, CONDITIONS, Finding, Rule, Subject, is_empty


def judge(
    subjects: Iterable[Subject],
    rules: Sequence[Rule],
    fields: Collection[str] | None = None,
) -> list[tuple[Finding, ...]]:
    """The findings about each record, in the order of the rules.

    :param fields: judge these fields only; ``None``: all that a rule is about

    >>> rules = [Rule(1, "email", "required"), Rule(2, "zip", "length", low=5, high=6)]
    >>> rows = [Subject({"email": "", "zip": "12"}), Subject({"email": "a@b.de"})]
    >>> found = judge(rows, rules)
    >>> [[finding.code for finding in one] for one in found]
    [['rule_required', 'rule_too_short'], []]
    """
    wanted = [rule for rule in rules if fields is None or rule.field in fields]
    return [
        tuple(
            finding
            for rule in wanted
            if applies(rule, subject) and (finding := _finding(rule, subject))
        )
        for subject in subjects
    ]


def applies(rule: Rule, subject: Subject) -> bool:
    """Is this record within the scope of the rule?"""
    if rule.party != ANYBODY and subject.is_company != (rule.party == COMPANY):
        return False
    if rule.countries and subject.country not in rule.countries:
        return False
    return not rule.categories or bool(rule.categories & subject.categories)


def _finding(rule: Rule, subject: Subject) -> Finding | None:
    value = subject.values.get(rule.field)
    if is_empty(value) and rule.condition != "required":
        return None
    fault = CONDITIONS.get(rule.condition).fault(value, rule, subject)
    if not fault:
        return None
    code, params = fault
    shown = "" if is_empty(value) else str(value)
    return Finding(
        rule.rule_id, rule.field, rule.severity, code, {"value": shown, **params}
    )
