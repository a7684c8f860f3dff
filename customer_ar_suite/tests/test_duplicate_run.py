"""The worklist of possible duplicates: search, side by side, decisions that hold."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..models.ar_demo import SAMPLE
from .common import ArCommon


@tagged("post_install", "-at_install")
class TestDuplicateRun(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.duplicate.pair"].search([])._drop()
        cls.eldest = cls.customer(
            "Kestrel Optics Limited", vat="GB123456782", city="Leeds"
        )
        cls.second = cls.customer(
            "Kestrel Optics Ltd", phone="+44 113 496 0001", city="Leeds"
        )
        cls.third = cls.customer("KESTREL OPTICS", phone="0113 496 0001", city="York")
        cls.osprey = cls.customer("Osprey Paper Mills", vat="GB999999973")
        cls.twin = cls.customer("Osprey Paper Millls")
        cls.alone = cls.customer("Heron Bakery")
        cls.reviewer = cls.user_with("customer_reviewer")

    def search_all(self, user=None):
        run = (
            self.env["customer.duplicate.run"]
            .with_user(user or self.reviewer)
            .create({})
        )
        run.action_start()
        while run._work_off_chunk() is not None:
            pass
        self.env.invalidate_all()
        self.assertEqual(run.run_state, "done")
        return run

    def pairs(self, *partners, user=None):
        pairs = self.env["customer.duplicate.pair"].with_user(user or self.reviewer)
        ids = [partner.id for partner in partners]
        return pairs.search([("one_id", "in", ids), ("other_id", "in", ids)])

    def group_of(self, partner, user=None):
        groups = self.env["customer.duplicate.group"].with_user(user or self.reviewer)
        return groups.search([("lead_id", "=", partner.id)])

    def test_finds_groups_and_shows_them_side_by_side(self):
        run = self.search_all()
        self.assertGreaterEqual(run.pair_count, 4)
        group = self.group_of(self.eldest)
        self.assertEqual(group.member_ids, self.eldest | self.second | self.third)
        self.assertEqual(self.group_of(self.osprey).member_ids, self.osprey | self.twin)
        pairs = self.pairs(*self.env["res.partner"].search([]))
        self.assertNotIn(self.alone, pairs.one_id | pairs.other_id)
        # one column per record, what differs marked, what is the same not
        html = group.comparison
        for text in ("GB123456782", "Kestrel Optics Ltd", "York"):
            self.assertIn(text, html)
        self.assertEqual(html.count("<th><a "), 3)
        pair = self.pairs(self.second, self.third)
        # 10 points for the name, 8 for the number, which one of them wrote without +44
        self.assertEqual(
            pair.why,
            "The names are alike (kestrel optics, +10); "
            "The telephone number is the same (134960001, +8)",
        )
        self.assertIn("The cities are different (leeds / york, -2)", pair.against)

    def test_the_same_search_again_changes_nothing(self):
        self.search_all()
        before = self.pairs(*self.env["res.partner"].search([]))
        known = {pair.id: (pair.score, pair.state, pair.group_id) for pair in before}
        self.search_all()
        after = self.pairs(*self.env["res.partner"].search([]))
        self.assertEqual(
            known, {pair.id: (pair.score, pair.state, pair.group_id) for pair in after}
        )

    def test_two_customers_stay_two_until_their_data_change(self):
        self.search_all()
        pair = self.pairs(self.osprey, self.twin)
        dialog = pair.action_ask_reason()
        self.decide(dialog, "Mill and its trading company")
        self.assertEqual((pair.state, pair.decided_by_id), ("different", self.reviewer))
        self.assertFalse(self.group_of(self.osprey))
        # neither a new search nor the form brings them up again
        self.search_all()
        self.assertEqual(pair.state, "different")
        self.assertFalse(self.twin.with_user(self.reviewer).ar_duplicate_warning)
        # an address is no reason to ask again, a number is
        self.twin.street = "1 Mill Lane"
        self.search_all()
        self.assertEqual(pair.state, "different")
        self.twin.vat = "GB999999973"
        self.search_all()
        self.assertEqual(pair.state, "open")
        self.assertTrue(pair.is_reopened)
        self.assertEqual(pair.reason, "Mill and its trading company")
        self.assertIn("Osprey", self.twin.with_user(self.reviewer).ar_duplicate_warning)
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "duplicate.decide")], limit=1
        )
        self.assertTrue(entry)

    def decide(self, dialog, reason):
        wizard = (
            self.env["customer.duplicate.decide"]
            .with_user(self.reviewer)
            .with_context(**dialog["context"])
            .create({"reason": reason})
        )
        wizard.action_confirm()
        self.env.invalidate_all()

    def test_a_reason_is_needed(self):
        self.search_all()
        with self.assertRaises(UserError):
            self.decide(self.pairs(self.osprey, self.twin).action_ask_reason(), "  ")

    def test_put_off_and_taken_up_again(self):
        self.search_all()
        group = self.group_of(self.eldest)
        group.action_later()
        groups = self.env["customer.duplicate.group"].with_user(self.reviewer)
        self.assertEqual(group.state, "later")
        self.assertNotIn(group, groups.search([("state", "=", "open")]))
        self.assertIn(group, groups.search([("state", "=", "later")]))
        self.search_all()
        self.assertEqual(self.group_of(self.eldest).state, "later")
        self.group_of(self.eldest).action_reopen()
        self.assertEqual(self.group_of(self.eldest).state, "open")

    def test_pairs_that_are_none_any_more_go(self):
        self.search_all()
        self.twin.name = "Bittern Cement Works"
        self.search_all()
        self.assertFalse(self.pairs(self.osprey, self.twin))

    def test_who_may_what(self):
        clerk = self.user_with("customer_clerk")
        with self.assertRaises(AccessError):
            self.env["customer.duplicate.run"].with_user(clerk).create({})
        self.search_all()
        pair = self.pairs(self.osprey, self.twin, user=clerk)
        self.assertEqual(len(pair), 1)
        for call in (pair.action_later, pair.action_ask_reason, pair.action_merge):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            pair.write({"state": "different"})
        with self.assertRaises(AccessError):
            self.pairs(self.osprey, self.twin).sudo().write({"state": "different"})

    def test_other_companies_see_nothing(self):
        other = self.setup_other_company()["company"]
        (self.osprey | self.twin).company_id = other
        self.search_all()
        self.assertFalse(self.pairs(self.osprey, self.twin))
        run = self.env["customer.duplicate.run"].with_company(other).create({})
        run.action_start()
        while run._work_off_chunk() is not None:
            pass
        self.assertFalse(self.pairs(self.osprey, self.twin))
        theirs = self.env["customer.duplicate.pair"].search(
            [("one_id", "=", self.osprey.id), ("other_id", "=", self.twin.id)]
        )
        self.assertEqual(theirs.company_id, other)

    def test_who_is_merged_is_no_duplicate_any_more(self):
        merge = self.env["customer.merge"].create(
            [{"survivor_id": self.osprey.id, "partner_ids": [(6, 0, self.twin.ids)]}]
        )
        self.assertTrue(self.search_all().pair_count)
        member = self.env["customer.merge.member"].search([("merge_id", "=", merge.id)])
        self.assertEqual(member.partner_id, self.twin)
        # as it is once the merge has been carried out
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_merge_member SET is_in_force = true WHERE id = %s",
            member.ids,
        )
        self.search_all()
        self.assertFalse(self.pairs(self.osprey, self.twin))

    def test_merged_by_core_leaves_no_pair(self):
        self.search_all()
        self.pairs(self.eldest, self.third)._decide("different", "York is a branch")
        self.env["customer.duplicate.pair"].sudo()._ar_merge_partners(
            self.eldest.ids, self.second.id
        )
        pair = self.pairs(self.second, self.third)
        # the undecided pair of the two that remain is there already
        self.assertEqual(len(pair), 1)
        self.assertFalse(self.pairs(self.eldest, self.second, self.third) - pair)


@tagged("post_install", "-at_install")
class TestDuplicateDemo(TransactionCase):
    def test_sample_duplicates_are_listed(self):
        pairs = self.env["customer.duplicate.pair"]
        for first, second, state in (
            ("customer_C20004", "twin_C20004", "open"),
            ("customer_C10004", "twin_C10004", "open"),
            ("customer_C20004", "subsidiary_C20004", "different"),
        ):
            one, other = (self.env.ref(f"{SAMPLE}.{name}") for name in (first, second))
            pair = pairs.search([("one_id", "=", one.id), ("other_id", "=", other.id)])
            self.assertEqual(pair.state, state, (first, second))
