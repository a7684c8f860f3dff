"""Money that grants close: in change requests, and in entries that name no customer."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_oracle import Row
from .common_grants import ACCOUNTANT
from .test_category_grants import LOUD, PREFIX, GrantedCase

REVIEWER = (
    "base.group_user",
    f"{PREFIX}customer_reviewer",
    "account.group_account_invoice",
)
HIDDEN = "•••"


@tagged("post_install", "-at_install")
class TestMoneyOfChanges(GrantedCase):
    """Old and new credit limit: for those who may see the customer's money."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)
        self.env["customer.change.policy"].search([]).active = False
        policies = self.env["customer.change.policy"].with_user(self.administrator)
        for name in ("credit_limit", "vat"):
            field = self.env["ir.model.fields"]._get("res.partner", name)
            policies.create({"field_id": field.id})

    def reviewer(self, login, *rows, groups=REVIEWER):
        user = self.granted_user(login, rows, groups)
        user.email = f"{login}@money.example"  # else they are one person
        return user

    def asked(self):
        """The lines of a request for a limit and a tax id, asked for by an accountant."""
        maker = self.reviewer("maker", groups=ACCOUNTANT)
        mine = self.as_user(maker, "res.partner").browse(self.europe.id)
        mine.write({"credit_limit": 7654.0, "vat": "EU7654"})
        request = self.env["customer.change.request"].search(
            [("partner_id", "=", self.europe.id)]
        )
        return {line.field_name: line for line in request.line_ids}

    def texts(self, user, line):
        seen = self.as_user(user, line._name).browse(line.id)
        return seen.old_text, seen.new_text

    def decide(self, user, line, verdict="approved"):
        request = self.as_user(user, "customer.change.request")
        request.browse(line.request_id.id)._decide({line.id: verdict}, "why")

    def test_whoever_lacks_the_money_sees_no_limit_and_does_not_decide_on_it(self):
        poor = self.reviewer(
            "poor", Row("region", "europe", rights=("see", "edit", "export"))
        )
        rich = self.reviewer("rich", Row("region", "europe"))
        free = self.reviewer("nobody")
        lines = self.asked()
        limit, vat = lines["credit_limit"], lines["vat"]
        # the limit for those who have the money of this customer, the tax id for all
        self.assertEqual(self.texts(poor, limit), (HIDDEN, HIDDEN))
        self.assertEqual(self.texts(poor, vat), ("", "EU7654"))
        for user in (rich, free):
            self.assertIn("7,654", self.texts(user, limit)[1])
        # nothing comes out by reading, exporting, sorting or asking for the values
        seen = self.as_user(poor, limit._name).browse(limit.id)
        whole = [seen.read(), seen.web_read({"old_text": {}, "new_text": {}})]
        self.assertNotIn("7654", str(whole).replace(",", ""))
        for attempt in (
            lambda: seen.read(["new_json"]),
            lambda: seen.search([("new_json", "=", 7654.0)]),
            lambda: seen.search([], order="new_json"),
        ):
            with self.assertRaises(AccessError), mute_logger(*LOUD):
                attempt()
        # who is not shown it does not approve it
        self.assertFalse(seen.can_decide)
        with self.assertRaisesRegex(UserError, "granted the money"):
            self.decide(poor, limit)
        self.assertEqual(limit.state, "pending")
        self.decide(poor, vat)
        self.decide(rich, limit)
        self.assertEqual((limit.state, self.europe.credit_limit), ("approved", 7654))

    def test_who_decides_sees_what_his_groups_would_hide(self):
        plain = self.reviewer("plain", groups=REVIEWER[:2])
        clerk = self.reviewer(
            "onlooker", groups=("base.group_user", f"{PREFIX}customer_clerk")
        )
        limit = self.asked()["credit_limit"]
        self.assertIn("7,654", self.texts(plain, limit)[1])
        self.assertEqual(self.texts(clerk, limit), (HIDDEN, HIDDEN))
        # his say is over: so is his need to know
        self.decide(plain, limit, "rejected")
        self.assertEqual(self.texts(plain, limit), (HIDDEN, HIDDEN))


@tagged("post_install", "-at_install")
class TestEntriesWithoutPartner(GrantedCase):
    """An entry that names no customer is judged by its items, one closed one closes it."""

    def seen(self, *moves):
        ids = [move.id for move in moves]
        found = self.as_user(self.user, "account.move").search([("id", "in", ids)])
        return set(found.ids)

    def test_the_header_is_closed_with_a_closed_item(self):
        asia = self.entry(self.japan, 100, "2026-06-01")
        europe = self.entry(self.europe, 200, "2026-06-01")
        nobody = self.entry(None, 300, "2026-06-01")
        both = self.entry(self.japan, 400, "2026-06-01", post=False)
        both.line_ids[0].partner_id = self.europe
        contact = self.env["res.partner"].create(
            {"name": "Jo of Europe", "parent_id": self.europe.id}
        )
        persons = self.entry(contact, 500, "2026-06-01")
        every = (asia, europe, nobody, both, persons)
        self.assertFalse(self.env["account.move"].union(*every).partner_id)
        # without grants, as in Odoo
        self.assertEqual(self.seen(*every), {move.id for move in every})
        # when Asia is opened, and customers without a category with it
        grant = self.grant(self.user, Row("region", "asia", unclassified=True))
        self.assertEqual(self.seen(*every), {asia.id, nobody.id})
        moves = self.as_user(self.user, "account.move")
        for move in (europe, both, persons):
            closed = moves.browse(move.id)
            for attempt in (
                lambda closed=closed: closed.read(["name", "amount_total"]),
                lambda closed=closed: closed.web_read({"amount_total": {}}),
                lambda closed=closed: closed.write({"ref": "x"}),
                lambda closed=closed: closed.export_data(["name"]),
            ):
                with self.assertRaises(AccessError), mute_logger(*LOUD):
                    attempt()
        totals = moves.formatted_read_group(
            [("id", "in", [move.id for move in every])], [], ["amount_total:sum"]
        )
        self.assertEqual(totals[0]["amount_total:sum"], 400)
        # the item of the open customer stays, the name of its entry does not
        item = both.line_ids.filtered(lambda line: line.partner_id == self.japan)
        (row,) = (
            self.as_user(self.user, "account.move.line")
            .browse(item.id)
            .read(["move_id", "balance"])
        )
        self.assertEqual(row["move_id"], (both.id, "Restricted"))
        # money has to be granted, too
        grant.can_see_money = False
        self.assertEqual(self.seen(*every), {nobody.id})

    def test_whoever_writes_an_entry_stays_with_the_open_customers(self):
        self.grant(self.user, Row("region", "asia"))
        moves = self.as_user(self.user, "account.move")

        def make(partner):
            return moves.create(
                {
                    "move_type": "entry",
                    "journal_id": self.misc_journal.id,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": self.receivable_account.id,
                                "partner_id": partner.id,
                                "balance": amount,
                            }
                        )
                        for amount in (10, -10)
                    ],
                }
            )

        self.assertTrue(make(self.japan))
        with self.assertRaises(AccessError), mute_logger(*LOUD):
            make(self.europe)
