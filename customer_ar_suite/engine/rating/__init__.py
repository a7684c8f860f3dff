"""Credit rating: figures of a customer -> points by factor -> score 0-100 -> grade.

One file per factor in ``factors``; ``scorecard`` weighs them and says what would lift the
grade, ``policy`` says what follows from a grade. Everything is integers, so that a score is
the same whenever it is computed again.
"""

from . import factors
