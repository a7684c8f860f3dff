"""Prediction: how well late payment is foretold on real invoices, beside naive methods."""

from __future__ import annotations

from pathlib import Path

from tools.dev.suites import SHARED_DATA

from ..inside import Bench
from ..payments import measure
from . import flow


@flow
def prediction(bench: Bench) -> None:
    """AUC, calibration and days of every set, beside naive methods and published figures."""
    for result in measure(Path(SHARED_DATA), "odoo.addons.customer_ar_suite"):
        found = result.quality
        for name in ("auc", "calibration", "days"):
            value, target = getattr(found, name), result.targets.get(name)
            bench.accuracy(result.name, name, round(value, 4), target)
        for name in ("naive_auc", "due_days", "median_days"):
            bench.accuracy(result.name, name, round(getattr(found, name), 4), None)
        for name, figure in result.published.items():
            bench.accuracy(result.name, name, figure, None)
        bench.accuracy(result.name, "better than naive", float(found.is_better), 1.0)
