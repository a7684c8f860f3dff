"""Formats that users write, as regular expressions that cannot be made to hang.

A usual subset of regular expressions (classes, groups, alternatives, quantifiers) run as
an automaton: time grows with the text times the size of the pattern, whatever the pattern
is. What needs backtracking (back references, looking around) is refused by name.

>>> fits("[A-Z]{2}-\\\\d{4,6}", "HZ-00123"), fits("[A-Z]{2}-\\\\d{4,6}", "HZ-1")
(True, False)
>>> fits("(a+)+b", "a" * 400)
False
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ..errors import EngineError

#: longest pattern, largest automaton and longest text
LONGEST_PATTERN, MOST_STATES, LONGEST_TEXT = 300, 600, 500
_DEEPEST = 30

Test = Callable[[str], bool]


class PatternError(EngineError):
    """The pattern cannot be used; says where."""


class Char(NamedTuple):
    """One character that passes a test."""

    test: Test


class Sequence(NamedTuple):
    """One after the other."""

    parts: tuple[Node, ...]


class Choice(NamedTuple):
    """One of several."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """As often as at least ``low`` and at most ``high`` times; ``None``: without end."""

    part: Node
    low: int
    high: int | None


Node = Char | Sequence | Choice | Repeat


def fits(pattern: str, text: str) -> bool:
    """Is the whole ``text`` of the form ``pattern``?"""
    return len(text) <= LONGEST_TEXT and automaton(pattern).accepts(text)


@lru_cache(maxsize=512)
def automaton(pattern: str) -> Automaton:
    """The pattern, ready to be asked.

    :raises PatternError: ``pattern_wrong`` (position), ``pattern_refused`` (construct),
        ``pattern_too_big``
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError("pattern_too_big", value=pattern[:40])
    return Automaton(_Reader(pattern).read())


# -- running ------------------------------------------------------------------------------


@dataclass
class Automaton:
    """States that read one character each, and states that only branch."""

    node: Node
    tests: list[Test | None] = field(default_factory=list)
    ways: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        end = self._state(None, ())
        self.start = self._build(self.node, end)
        self.end = end

    def accepts(self, text: str) -> bool:
        """Does the text lead from the start to the end?"""
        current = self._closure((self.start,))
        for char in text:
            reached = [
                self.ways[state][0]
                for state in current
                if (test := self.tests[state]) and test(char)
            ]
            if not reached:
                return False
            current = self._closure(reached)
        return self.end in current

    def _closure(self, states: tuple[int, ...] | list[int]) -> set[int]:
        found, left = set(states), list(states)
        while left:
            state = left.pop()
            if self.tests[state] is None:
                for way in self.ways[state]:
                    if way not in found:
                        found.add(way)
                        left.append(way)
        return found

    def _state(self, test: Test | None, ways: tuple[int, ...]) -> int:
        if len(self.tests) >= MOST_STATES:
            raise PatternError("pattern_too_big", value="{…}")
        self.tests.append(test)
        self.ways.append(ways)
        return len(self.tests) - 1

    def _build(self, node: Node, after: int) -> int:
        """The first state of ``node`` when ``after`` follows it."""
        if isinstance(node, Char):
            return self._state(node.test, (after,))
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                after = self._build(part, after)
            return after
        if isinstance(node, Choice):
            return self._state(None, tuple(self._build(p, after) for p in node.parts))
        return self._build_repeat(node, after)

    def _build_repeat(self, node: Repeat, after: int) -> int:
        if node.high is None:
            loop = self._state(None, ())
            self.ways[loop] = (self._build(node.part, loop), after)
            after = loop
        else:
            last = after
            for _more in range(node.high - node.low):
                after = self._state(None, (self._build(node.part, after), last))
        for _time in range(node.low):
            after = self._build(node.part, after)
        return after


# -- reading ------------------------------------------------------------------------------

_CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}
_MOST_TIMES = 500


class _Reader:
    """Recursive descent over the characters of a pattern."""

    def __init__(self, pattern: str) -> None:
        # a format is of the whole value: the signs that say so may be written or not
        pattern = pattern.removeprefix("^")
        if pattern.endswith("$") and not pattern.endswith("\\$"):
            pattern = pattern[:-1]
        self.pattern, self.at, self.depth = pattern, 0, 0

    def read(self) -> Node:
        node = self._choice()
        if self.at < len(self.pattern):
            self._wrong()
        return node

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PatternError("pattern_too_big", value="(((…")
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.pattern) and self._next() not in "|)":
            parts.append(self._quantified(self._atom()))
        return Sequence(tuple(parts))

    def _quantified(self, node: Node) -> Node:
        if self._take("*"):
            node = Repeat(node, 0, None)
        elif self._take("+"):
            node = Repeat(node, 1, None)
        elif self._take("?"):
            node = Repeat(node, 0, 1)
        elif self._take("{"):
            node = Repeat(node, *self._times())
        else:
            return node
        self._take("?")  # the shortest or the longest: the whole value is the same
        if self.at < len(self.pattern) and self._next() in "*+{":
            self._wrong()
        return node

    def _times(self) -> tuple[int, int | None]:
        low = self._number()
        high: int | None = low
        if self._take(","):
            high = None if self._peek("}") else self._number()
        if not self._take("}") or (high is not None and high < low):
            self._wrong()
        return low, high

    def _number(self) -> int:
        start = self.at
        while self.at < len(self.pattern) and self._next() in "0123456789":
            self.at += 1
        if start == self.at or self.at - start > 3:
            self._wrong()
        number = int(self.pattern[start : self.at])
        if number > _MOST_TIMES:
            raise PatternError("pattern_too_big", value=f"{{{number}}}")
        return number

    def _atom(self) -> Node:
        char = self._next()
        self.at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return Char(self._set())
        if char == "\\":
            return Char(self._escape())
        if char == ".":
            return Char(lambda one: one != "\n")
        if char in "*+?{":
            self.at -= 1
            self._wrong()
        if char in "^$":
            raise PatternError("pattern_refused", value=char)
        return Char(char.__eq__)

    def _group(self) -> Node:
        if self._take("?") and not self._take(":"):
            raise PatternError("pattern_refused", value="(?" + self._rest())
        node = self._choice()
        if not self._take(")"):
            self._wrong()
        return node

    def _escape(self) -> Test:
        if self.at >= len(self.pattern):
            self._wrong()
        char = self._next()
        self.at += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char.lower() in _CLASSES:
            inside = _CLASSES[char.lower()]
            return lambda one: not inside(one)
        if char in _CONTROLS:
            return _CONTROLS[char].__eq__
        if char.isalnum():
            raise PatternError("pattern_refused", value="\\" + char)
        return char.__eq__

    def _set(self) -> Test:
        negated = self._take("^")
        tests: list[Test] = []
        while not self._peek("]") or not tests:
            tests.append(self._member())
        self.at += 1
        if negated:
            return lambda char: not any(test(char) for test in tests)
        return lambda char: any(test(char) for test in tests)

    def _member(self) -> Test:
        if self.at >= len(self.pattern):
            self._wrong()
        start = self._next()
        self.at += 1
        if start == "\\":
            return self._escape()
        if not self._peek("-") or self.pattern[self.at + 1 : self.at + 2] in ("]", ""):
            return start.__eq__
        self.at += 1
        end = self._next()
        self.at += 1
        if end == "\\" or end < start:
            self._wrong()
        return lambda char: start <= char <= end

    def _next(self) -> str:
        return self.pattern[self.at]

    def _peek(self, char: str) -> bool:
        return self.pattern[self.at : self.at + 1] == char

    def _take(self, char: str) -> bool:
        found = self._peek(char)
        self.at += found
        return found

    def _rest(self) -> str:
        return self.pattern[self.at : self.at + 2]

    def _wrong(self) -> None:
        raise PatternError("pattern_wrong", value=self.pattern, position=self.at + 1)
