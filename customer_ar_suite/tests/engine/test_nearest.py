"""What an unmatched receipt comes nearest to."""

from ...engine.matching.nearest import nearest
from .case import EngineCase
from .test_matching import item, receipt


class TestNearest(EngineCase):
    def near(self, paid, *items, most=3):
        return nearest([paid], items, most)[paid.line_id]

    def test_a_number_with_one_digit_wrong(self):
        items = [item(1, "INV/2026/00017", amount=100), item(2, "INV/2026/00399")]
        (one,) = self.near(receipt(9, "pmt INV/2026/00417", 995), *items)
        self.assertEqual((one.item.line_id, one.reference), (1, "mistyped"))
        self.assertEqual((one.quoted, one.difference), ("2026/00417", 895))

    def test_the_payers_items_by_amount(self):
        items = [item(n, f"A-{n}", partner=5, amount=n * 100) for n in range(1, 6)]
        found = self.near(receipt(9, "thanks", 310, partner=5), *items)
        self.assertEqual([one.item.line_id for one in found], [3, 4, 2])
        self.assertEqual([one.difference for one in found], [10, -90, 110])
        self.assertEqual([one.amount for one in found], ["more", "less", "more"])
        self.assertEqual({one.payer for one in found}, {"same"})

    def test_near_amounts_of_whoever(self):
        items = [item(1, "A-1", amount=1000), item(2, "A-2", amount=2000)]
        (one,) = self.near(receipt(9, "thanks", 1020), *items)
        self.assertEqual((one.item.line_id, one.payer), (1, "unknown"))
        (other,) = self.near(receipt(9, "thanks", 1020, partner=77), *items)
        self.assertEqual(other.payer, "other")

    def test_a_quoted_number_stands_first(self):
        items = [
            item(1, "INV/2026/00017", partner=5, amount=100),
            item(2, "INV/2026/00018", partner=5, amount=640),
        ]
        found = self.near(receipt(9, "INV/2026/00018", 100, partner=5), *items)
        self.assertEqual([one.item.line_id for one in found], [2, 1])
        self.assertEqual([one.reference for one in found], ["quoted", "mistyped"])

    def test_nothing_near(self):
        self.assertEqual(self.near(receipt(9, "hello", 5), item(1, "A-1")), ())
        elsewhere = item(1, "INV/2026/00017", amount=100, currency_id=2)
        self.assertEqual(self.near(receipt(9, "INV/2026/00017"), elsewhere), ())

    def test_order_of_the_rows_does_not_matter(self):
        items = [
            item(n, f"INV/2026/{n:05}", partner=n % 4, amount=90 + n)
            for n in range(1, 30)
        ]
        paid = receipt(40, "INV/2026/00007 and 12", 101, partner=2)
        self.assertEqual(self.near(paid, *items), self.near(paid, *reversed(items)))
