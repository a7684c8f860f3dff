"""Charts on paper: bars and lines as shapes of SVG, drawn from figures, without a browser.

The printer knows neither canvas nor scripts. Lengths are CSS pixels, figures integers in
minor units; who asks says how they are written. The template writes the shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..measure import ems, shorten

#: colours of series, in their order
COLORS = ("#31475e", "#e0a030", "#43a695", "#ce4257", "#7a6fb0", "#8a949e", "#5b8def")
CALM, LATE, PALE = "#43a695", "#ce4257", "#c3cad2"
#: bars a chart has room for; the rest are added up
MOST_BARS = 9
FONT = 10.0
LABEL_WIDTH = 130
LEGEND, AXIS, PAD = 20, 18, 8
_STEPS = (1, 2, 5, 10)
_TICKS = 4


class Shape(NamedTuple):
    """One element of a drawing: its tag, its attributes, its text."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


class Series(NamedTuple):
    """Figures of one colour, one per label."""

    name: str
    color: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Chart:
    """``kind`` is ``bars`` (side by side), ``stack`` (one after the other) or ``lines``."""

    title: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    is_count: bool = False  #: pieces instead of amounts


def fewer(chart: Chart, others: str, most: int = MOST_BARS) -> Chart:
    """The largest labels by themselves, all others added up.

    >>> one = Chart("", "bars", ("a", "b", "c"), (Series("", "", (1, 9, 3)),))
    >>> found = fewer(one, "others", 2)
    >>> found.labels, found.series[0].values
    (('b', 'others'), (9, 4))
    """
    count = len(chart.labels)
    if count <= most:
        return chart
    size = [sum(abs(one.values[n]) for one in chart.series) for n in range(count)]
    largest = sorted(range(count), key=lambda n: (-size[n], n))[: most - 1]
    kept = sorted(largest)
    rest = [n for n in range(count) if n not in set(kept)]
    return Chart(
        chart.title,
        chart.kind,
        (*(chart.labels[n] for n in kept), others),
        tuple(
            Series(
                one.name,
                one.color,
                (*(one.values[n] for n in kept), sum(one.values[n] for n in rest)),
            )
            for one in chart.series
        ),
        chart.is_count,
    )


def ticks(low: int, high: int) -> list[int]:
    """Round figures along an axis that holds both ends, and zero.

    >>> ticks(0, 87), ticks(-30, 100), ticks(0, 0)
    ([0, 50, 100], [-50, 0, 50, 100], [0, 1])
    """
    low, high = min(low, 0), max(high, 0)
    if low == high:
        return [0, 1]
    rough = (high - low) / _TICKS
    power = 10 ** max(len(str(int(rough))) - 1, 0)
    step = next(int(n * power) for n in _STEPS if n * power >= rough)
    first, last = -(-low // step) * step, -(-high // step) * step
    if first > low:
        first -= step
    return list(range(first, last + step, step))


def draw(
    chart: Chart, width: int, height: int, text: Callable[[int], str]
) -> list[Shape]:
    """The chart in a drawing of this size; ``text`` writes the figures of its axis."""
    body = _lines if chart.kind == "lines" else _bars
    shapes = body(chart, width, height - LEGEND, text)
    return shapes + _legend(chart.series, width, height - PAD)


def _bars(
    chart: Chart, width: int, height: int, text: Callable[[int], str]
) -> list[Shape]:
    """Lying bars: names of categories are long."""
    ends = _stacked_ends(chart) if chart.kind == "stack" else _plain_ends(chart)
    marks = ticks(*ends)
    scale = _Scale(marks[0], marks[-1], LABEL_WIDTH, width - 2 * PAD)
    bottom = height - AXIS
    shapes = _grid(scale, marks, PAD, bottom, text)
    slot = (bottom - PAD) / max(len(chart.labels), 1)
    for row, label in enumerate(chart.labels):
        top = PAD + row * slot
        shapes.append(
            _text(LABEL_WIDTH - 6, top + slot / 2 + 3.5, _fitting(label), "end")
        )
        shapes += _row_of_bars(chart, row, top, slot, scale)
    return shapes


def _row_of_bars(
    chart: Chart, row: int, top: float, slot: float, scale: _Scale
) -> list[Shape]:
    shapes: list[Shape] = []
    room = min(slot * 0.7, 26.0)
    start = top + (slot - room) / 2
    if chart.kind == "stack":
        reached = {True: 0, False: 0}
        for one in chart.series:
            value = one.values[row]
            base = reached[value >= 0]
            reached[value >= 0] = base + value
            shapes.append(scale.bar(base, base + value, start, room, one.color))
        return shapes
    each = room / len(chart.series)
    for number, one in enumerate(chart.series):
        shapes.append(
            scale.bar(0, one.values[row], start + number * each, each, one.color)
        )
    return shapes


def _lines(
    chart: Chart, width: int, height: int, text: Callable[[int], str]
) -> list[Shape]:
    """Standing lines: one point per label, from left to right."""
    marks = ticks(*_plain_ends(chart))
    bottom, left, right = height - AXIS, 62, width - 3 * PAD
    scale = _Scale(marks[0], marks[-1], bottom, PAD)
    shapes = []
    for mark in marks:
        y = scale.at(mark)
        shapes.append(_rule(left, y, right, y))
        shapes.append(_text(left - 6, y + 3.5, text(mark), "end"))
    step = (right - left) / max(len(chart.labels) - 1, 1)
    for number, label in enumerate(chart.labels):
        shapes.append(_text(left + number * step, height - 4, label, "middle"))
    for one in chart.series:
        points = " ".join(
            f"{left + number * step:.1f},{scale.at(value):.1f}"
            for number, value in enumerate(one.values)
        )
        look = {"fill": "none", "stroke": one.color, "stroke-width": "1.8"}
        shapes.append(Shape("polyline", {"points": points, **look}))
    return shapes


class _Scale(NamedTuple):
    """Figures along a length."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: int) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def bar(self, low: int, high: int, top: float, size: float, color: str) -> Shape:
        left, right = sorted((self.at(low), self.at(high)))
        return _box(left, top, right - left, size, color)


def _plain_ends(chart: Chart) -> tuple[int, int]:
    values = [value for one in chart.series for value in one.values]
    return min(values, default=0), max(values, default=0)


def _stacked_ends(chart: Chart) -> tuple[int, int]:
    rows = list(zip(*(one.values for one in chart.series), strict=True))
    low = min((sum(v for v in row if v < 0) for row in rows), default=0)
    return low, max((sum(v for v in row if v > 0) for row in rows), default=0)


def _grid(
    scale: _Scale,
    marks: Sequence[int],
    top: float,
    bottom: float,
    text: Callable[[int], str],
) -> list[Shape]:
    shapes = []
    for mark in marks:
        x = scale.at(mark)
        shapes.append(_rule(x, top, x, bottom))
        shapes.append(_text(x, bottom + 13, text(mark), "middle"))
    return shapes


def _legend(series: Sequence[Series], width: int, y: float) -> list[Shape]:
    shapes, left = [], 2.0 * PAD
    room = (width - left) / max(len(series), 1) / FONT
    for one in series:
        name = shorten(one.name, min(room - 3, 12))
        shapes.append(_box(left, y - 8, 9, 9, one.color))
        shapes.append(_text(left + 13, y, name, "start"))
        left += 13 + FONT * (ems(name) + 1.6)
    return shapes


def _fitting(label: str) -> str:
    return shorten(label, (LABEL_WIDTH - 10) / FONT)


def _box(x: float, y: float, width: float, height: float, color: str) -> Shape:
    lengths = {"x": x, "y": y, "width": width, "height": height}
    return Shape("rect", {**_written(lengths), "fill": color})


def _rule(x1: float, y1: float, x2: float, y2: float) -> Shape:
    lengths = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return Shape("line", {**_written(lengths), "stroke": "#e1e5e9"})


def _text(x: float, y: float, text: str, anchor: str) -> Shape:
    return Shape("text", {**_written({"x": x, "y": y}), "text-anchor": anchor}, text)


def _written(lengths: dict[str, float]) -> dict[str, str]:
    return {name: f"{length:.1f}" for name, length in lengths.items()}
