"""Real invoices with their payment dates: late payment is foretold better than by guessing."""

import os
import unittest
from pathlib import Path

from bench.payments import measure

FOLDER = Path(os.environ["AR_SHARED_DATA"])


class TestPaymentPrediction(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.results = {one.name: one for one in measure(FOLDER, "customer_ar_suite")}

    def test_reaches_what_is_asked(self):
        self.assertEqual(set(self.results), {"highradius", "ibm"})
        for result in self.results.values():
            for name, target in result.targets.items():
                with self.subTest(result.name, figure=name):
                    value = getattr(result.quality, name)
                    if name == "auc":
                        self.assertGreaterEqual(value, target)
                    else:
                        self.assertLessEqual(value, target)

    def test_is_used_on_both(self):
        for result in self.results.values():
            with self.subTest(result.name):
                self.assertTrue(result.quality.is_better)

    def test_naive_figures_are_those_of_the_data(self):
        # the README of the data states them: the comparison is with the same methods
        highradius = self.results["highradius"].quality
        self.assertAlmostEqual(highradius.median_days, 2.81, delta=0.02)
        self.assertAlmostEqual(highradius.naive_auc, 0.780, delta=0.005)
        self.assertAlmostEqual(
            self.results["ibm"].quality.naive_auc, 0.843, delta=0.005
        )
