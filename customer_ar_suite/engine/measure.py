"""How wide a text prints, before it is printed.

Nothing is cut by the printer: cells that hide their overflow make a PDF four times as
large and as slow. So texts are measured here, on the safe side, in ems of a sans-serif
face as wide as DejaVu Sans.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from .text import display_width

_ADVANCE = {
    char: advance
    for advance, chars in (
        (0.34, " ,./:;|\\Iijl'"),
        (0.42, "()-[]ftJ!r"),
        (0.53, '"*_`?csz'),
        (0.62, "FLkvxy"),
        (0.64, "0123456789$abdeghnopqu{}"),
        (0.86, "#&+<=>DGHNOQUw^~"),
        (1.0, "@MW%m"),
    )
    for char in chars
}
_LETTER = 0.7
#: Chinese punctuation that never begins a line
_NOT_FIRST = "。，、；：？！）》」』”’…％"


@lru_cache(4096)
def _advance(char: str) -> float:
    if display_width(char) == 2:
        return 1.0
    return _ADVANCE.get(char, _LETTER)


def ems(text: str) -> float:
    """Width of ``text`` in ems, never less than it prints.

    >>> round(ems("1,234.56"), 2), ems("对账单")
    (4.52, 3.0)
    """
    return sum(map(_advance, text))


def shorten(text: str, width: float) -> str:
    """``text`` cut to ``width`` ems, with an ellipsis where something is missing.

    >>> shorten("Long customer name", 6), shorten("上海测试公司", 4), shorten("short", 9)
    ('Long cus…', '上海测…', 'short')
    """
    if ems(text) <= width:
        return text
    left, kept = width - 1.0, 0
    for char in text:
        left -= _advance(char)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def wrap(text: str, width: float, max_lines: int) -> list[str]:
    """``text`` in at most ``max_lines`` lines of ``width`` ems; the last one is cut.

    Breaks at spaces; Chinese, and words longer than a line, break anywhere.

    >>> wrap("Alpha Beta Gamma", 7, 3), wrap("上海测试公司", 4, 2), wrap("", 9, 2)
    (['Alpha Beta', 'Gamma'], ['上海测试', '公司'], [])
    >>> wrap("本函仅供对账。谢谢", 6, 2)
    ['本函仅供对', '账。谢谢']
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        rest = paragraph.strip()
        while rest:
            if len(lines) == max_lines - 1:
                return [*lines, shorten(rest, width)]
            line = _first_line(rest, width)
            lines.append(line.rstrip())
            rest = rest[len(line) :].lstrip()
    return lines


def _first_line(text: str, width: float) -> str:
    """As much of ``text`` as fits into one line, at least one character."""
    if ems(text) <= width:
        return text
    end, left = 0, width
    for char in text:
        left -= _advance(char)
        if left < 0:
            break
        end += 1
    space = text.rfind(" ", 0, end + 1)
    wide = display_width(text[end]) == 2
    if space > 0 and not wide:
        return text[:space]
    while end > 1 and text[end] in _NOT_FIRST:
        end -= 1
    return text[: max(end, 1)]


def share_out(
    needs: Sequence[float], floors: Sequence[float], room: float
) -> list[float]:
    """Ems each column gets: what it must have; the rest goes to modest ones first.

    What nobody needs widens all columns alike.

    >>> share_out([5, 9, 40], [5, 8, 8], 41)
    [5.0, 9.0, 27.0]
    >>> share_out([5, 4, 8], [5, 4, 8], 29)
    [9.0, 8.0, 12.0]
    """
    shares = [float(floor) for floor in floors]
    room -= sum(shares)
    wanting = sorted(
        (i for i, need in enumerate(needs) if need > floors[i]),
        key=lambda i: (needs[i], i),
    )
    for n, i in enumerate(wanting):
        more = min(needs[i] - floors[i], room / (len(wanting) - n))
        shares[i] += more
        room -= more
    spare = max(room, 0) / len(shares)
    return [share + spare for share in shares]
