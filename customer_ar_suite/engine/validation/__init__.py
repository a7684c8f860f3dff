"""Rules that values of customers must keep: data from the database, judged here.

One validator for every path: form, create and write, import, API (``evaluate.judge``).
"""

from . import conditions as conditions
from .base import CONDITIONS as CONDITIONS
