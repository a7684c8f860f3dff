"""Labelled customers: who is one and who is two, with one threshold and one set of weights."""

import os
import unittest
from pathlib import Path

from bench.labelled import ANCHORS, measure

FOLDER = Path(os.environ["AR_SHARED_DATA"])


class TestLabelledSets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.results = {one.name: one for one in measure(FOLDER, "customer_ar_suite")}

    def test_at_or_above_the_published_figures(self):
        for name, anchors in ANCHORS.items():
            for measured, figure in anchors.items():
                with self.subTest(name=name, measure=measured):
                    self.assertGreaterEqual(
                        getattr(self.results[name], measured), figure
                    )

    def test_two_companies_are_seldom_one(self):
        # 25 pairs of Chinese names are of two companies; published rules catch one of them
        pairs = self.results["chinese pairs"]
        self.assertGreaterEqual(pairs.precision, 0.99)
        # thousands of listed companies: every full name is a company of its own
        self.assertEqual(self.results["chinese listed (all differ)"].found, 0)
        self.assertGreaterEqual(self.results["febrl 4"].precision, 0.999)
        self.assertGreaterEqual(self.results["dutch pairs"].precision, 0.9)
