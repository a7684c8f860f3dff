"""Logistic regression with a penalty on the size of the weights, by Newton's method.

Small and without dependencies: a few figures, some thousand rows, a second. Of figures that
may only speak one way a weight of the other sign is taken out, so that what is told as a
reason is one: more late payments never make a customer look better.

>>> model = fit([(0.0,), (1.0,), (2.0,), (3.0,)], [False, False, True, True])
>>> model.probability((3.0,)) > 0.5 > model.probability((0.0,))
True
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

#: pulls weights to zero; as strong as so many rows
PENALTY = 1.0
#: Newton's steps are no longer than this, and end when they are shorter than that
_LONGEST, _SHORTEST, _ROUNDS = 2.0, 1e-4, 30
#: figures that spread less are the same for all
_SAME = 1e-9


class Logistic(NamedTuple):
    """What was learned; ``weights`` are per spread of a figure, so that they compare."""

    intercept: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]

    def parts(self, row: Sequence[float]) -> tuple[float, ...]:
        """What every figure adds to the log-odds, beside an average invoice."""
        columns = zip(self.weights, row, self.means, self.spreads, strict=True)
        return tuple(
            weight * (value - mean) / spread for weight, value, mean, spread in columns
        )

    def probability(self, row: Sequence[float]) -> float:
        """How likely it is."""
        return _sigmoid(self.intercept + sum(self.parts(row)))


def fit(
    rows: Sequence[Sequence[float]],
    labels: Sequence[bool],
    counts: Sequence[float] = (),
    rising: Sequence[bool] = (),
) -> Logistic:
    """Learn from rows and what came of them.

    :param counts: what each row counts
    :param rising: of each figure, whether it may only raise the probability
    """
    counts = counts or [1.0] * len(rows)
    means, spreads = _scale(rows, counts)
    table = [
        (1.0, *((v - m) / s for v, m, s in zip(row, means, spreads, strict=True)))
        for row in rows
    ]
    kept = list(range(len(means) + 1))
    weights = [0.0] * len(kept)
    while True:
        _climb(table, labels, counts, kept, weights)
        wrong = {
            place
            for place in kept[1:]
            if rising and rising[place - 1] and weights[place] < 0
        }
        if not wrong:
            break
        kept = [place for place in kept if place not in wrong]
        for place in wrong:
            weights[place] = 0.0
    return Logistic(weights[0], tuple(weights[1:]), means, spreads)


def _climb(
    table: Sequence[tuple[float, ...]],
    labels: Sequence[bool],
    counts: Sequence[float],
    kept: Sequence[int],
    weights: list[float],
) -> None:
    """Move the weights that are kept to where the penalised likelihood is highest."""
    rows = [tuple(row[place] for place in kept) for row in table]
    for _round in range(_ROUNDS):
        step = _step(rows, labels, counts, [weights[place] for place in kept])
        longest = max(map(abs, step))
        scale = min(1.0, _LONGEST / longest) if longest else 1.0
        for place, value in zip(kept, step, strict=True):
            weights[place] += value * scale
        if longest < _SHORTEST:
            return


def _step(
    rows: Sequence[tuple[float, ...]],
    labels: Sequence[bool],
    counts: Sequence[float],
    weights: Sequence[float],
) -> list[float]:
    size = len(weights)
    gradient = [0.0] + [-PENALTY * weight for weight in weights[1:]]
    curves = [[0.0] * size for _ in range(size)]
    for place in range(size):
        curves[place][place] = PENALTY if place else _SAME
    for row, label, count in zip(rows, labels, counts, strict=True):
        found = _sigmoid(sum(map(float.__mul__, weights, row)))
        error, curve = count * (label - found), count * found * (1 - found)
        for i, value in enumerate(row):
            gradient[i] += error * value
            line, factor = curves[i], curve * value
            for j in range(i + 1):
                line[j] += factor * row[j]
    return _solve(curves, gradient)


def _scale(
    rows: Sequence[Sequence[float]], counts: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    total = sum(counts)
    means, spreads = [], []
    for column in zip(*rows, strict=True):
        mean = sum(map(float.__mul__, column, counts)) / total
        square = sum((v - mean) ** 2 * c for v, c in zip(column, counts, strict=True))
        spread = float((square / total) ** 0.5)
        means.append(mean)
        spreads.append(spread if spread > _SAME else 1.0)
    return tuple(means), tuple(spreads)


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1 / (1 + exp(-value))
    odds = exp(value)
    return odds / (1 + odds)


def _solve(lower: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve a symmetric system, given its lower half, by Cholesky's decomposition."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = max(rest, _SAME) ** 0.5 if i == j else rest / root[j][j]
    half: list[float] = []
    for i in range(size):
        known = sum(root[i][k] * half[k] for k in range(i))
        half.append((right[i] - known) / root[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(root[k][i] * found[k] for k in range(i + 1, size))
        found[i] = (half[i] - known) / root[i][i]
    return found
