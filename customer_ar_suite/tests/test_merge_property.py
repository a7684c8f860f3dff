"""Whatever hangs on two customers: merged and taken back, every row is what it was."""

import os
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from .common import examples
from .common_merge import MergeCase
from .common_vault import VARIABLE, key

WHO = st.integers(0, 2)
THING = st.tuples(
    st.sampled_from(
        [
            "invoice", "payment", "bank", "tag", "contact", "follower", "note",
            "activity", "external", "file", "alias", "secret", "exclusion",
        ]
    ),
    WHO,
    st.integers(0, 3),
)  # fmt: skip
VALUES = st.dictionaries(
    st.sampled_from(["email", "phone", "website", "street", "comment", "lang"]),
    st.sampled_from([None, "one@a.example", "two@a.example"]),
    max_size=4,
)
EDIT = st.tuples(
    st.sampled_from(["invoice", "bank", "contact", "value"]), st.integers(0, 5)
)


@tagged("post_install", "-at_install")
class TestMergeProperty(MergeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: key("first", 1)}))

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)
        self.third = self.new_customer("Ada")
        self.trio = self.keep | self.twin | self.third
        self.tags = self.env["res.partner.category"].create(
            [{"name": f"T{n}"} for n in range(4)]
        )

    def lay_out(self, things, values):
        """Make what was drawn; returns records by kind."""
        made = {}
        for partner, vals in zip(self.trio, values, strict=True):
            vals = {k: v for k, v in vals.items() if v and k != "lang"}
            partner.write(vals)
        for kind, who, number in things:
            record = getattr(self, f"make_{kind}")(self.trio[who], number)
            if record:
                made.setdefault(kind, []).append(record)
        return made

    def make_invoice(self, partner, number):
        return self.invoice(partner, 100.0 + number)

    def make_payment(self, partner, number):
        invoices = self.env["account.move"].search(
            [("partner_id", "=", partner.id), ("payment_state", "=", "not_paid")],
            limit=1,
        )
        return invoices and self.pay(invoices, 10.0 + number)

    def make_bank(self, partner, number):
        if f"NL{number}" in partner.bank_ids.mapped("acc_number"):
            return None
        return self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": f"NL{number}"}
        )

    def make_tag(self, partner, number):
        partner.category_id |= self.tags[number]

    def make_contact(self, partner, number):
        return self.env["res.partner"].create(
            {"name": f"Bob {number}", "parent_id": partner.id}
        )

    def make_follower(self, partner, number):
        self.trio[number % 3].message_subscribe(partner.ids)

    def make_note(self, partner, number):
        partner.message_post(body=f"note {number}", author_id=partner.id)

    def make_activity(self, partner, number):
        partner.activity_schedule("mail.mail_activity_data_todo", summary=f"{number}")

    def make_external(self, partner, number):
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"__merge__.p{partner.id}_{number}", "record": partner}]
        )

    def make_file(self, partner, number):
        self.env["ir.attachment"].create(
            {"name": f"f{number}", "res_model": "res.partner", "res_id": partner.id}
        )

    def make_alias(self, partner, number):
        alias = self.env["ar.payer.alias"]
        known = [("partner_id", "=", partner.id), ("key", "=", f"k{number}")]
        if alias.search_count(known):
            return
        alias._insert(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "kind": "name",
                    "value": f"K{number}",
                    "key": f"k{number}",
                }
            ]
        )

    def make_secret(self, partner, number):
        partner.ar_identity_number = f"ID{number}"

    def make_exclusion(self, partner, number):
        exclusions = self.env["ar.statement.exclusion"]
        if not exclusions.search_count([("partner_id", "=", partner.id)]):
            exclusions.create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "reason": f"reason {number}",
                }
            )

    def decided(self, others, number):
        merge = self.merge(self.keep, *others)
        for position, conflict in enumerate(merge.conflict_ids):
            allowed = {"unique": "ab", "check": ["stay"], "login": ["off"]}
            choices = allowed[conflict.kind]
            conflict.verdict = choices[(number + position) % len(choices)]
        for position, line in enumerate(merge.field_ids):
            if (number + position) % 3 == 0:
                line.action_switch()
        merge.action_check()
        self.assertFalse(merge.stop_text)
        return merge

    def totals(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT company_id, account_id, sum(balance), sum(amount_residual), count(*)"
            " FROM account_move_line GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return self.env.cr.fetchall()

    @examples(4)
    @given(
        st.lists(THING, max_size=12),
        st.tuples(VALUES, VALUES, VALUES),
        st.integers(1, 2),
        st.integers(0, 5),
    )
    def test_merge_and_unmerge_is_nothing(self, things, values, count, number):
        savepoint = self.env.cr.savepoint()
        try:
            self.lay_out(things, values)
            before, totals = self.picture(), self.totals()
            messages = self.picture(["mail_message"])["mail_message"]
            merge = self.decided([self.twin, self.third][:count], number)
            merge.action_merge()
            self.env.invalidate_all()
            merged = self.picture()
            self.assertEqual(self.totals(), totals)
            secrets = {"customer_vault_entry"}
            self.assertNothingLost(
                {t: rows for t, rows in before.items() if t not in secrets}, merged
            )
            merge.action_unmerge()
            self.env.invalidate_all()
            self.assertEqual(merge.state, "unmerged", merge.undo_text)
            self.assertSamePicture(before, self.picture())
            # messages grow by what the merge says; those of before are what they were
            self.assertLessEqual(
                messages, self.picture(["mail_message"])["mail_message"]
            )
        finally:
            savepoint.close()
            self.env.invalidate_all()
            self.registry.clear_cache("stable")

    @examples(4)
    @given(
        st.lists(THING, min_size=3, max_size=10),
        st.lists(EDIT, min_size=1, max_size=4),
        st.integers(0, 5),
    )
    def test_only_what_was_touched_stays(self, things, edits, number):
        savepoint = self.env.cr.savepoint()
        try:
            made = self.lay_out([(k, 1, n) for k, _who, n in things], ({}, {}, {}))
            before = self.picture()
            merge = self.decided([self.twin], number)
            merge.action_merge()
            self.env.invalidate_all()
            totals = self.totals()
            done = [self.edit(kind, made, position) for kind, position in edits]
            seen = {row for row in done if row}
            # customers and contacts are compared value by value: these did not move
            touched = {row for row in seen if row[0] != "res_partner"}
            merge.action_unmerge()
            self.env.invalidate_all()
            self.assertEqual(self.totals(), totals)
            reported = {(one.table_name, one.res_id) for one in merge.rest_ids}
            moves = {id_ for table, id_ in reported if table == "account_move"}
            # every touched document and row is reported, with what belongs to it …
            self.assertEqual(touched - reported, set())
            for table, id_ in reported - touched:
                self.assertTrue(self.belongs(table, id_, moves), (table, id_))
            # … and whatever is not reported is what it was
            after = self.picture()
            for table, rows in before.items():
                known = {id_ for name, id_ in reported | seen if name == table}
                self.assertEqual(
                    _without(rows, known), _without(after[table], known), table
                )
        finally:
            savepoint.close()
            self.env.invalidate_all()
            self.registry.clear_cache("stable")

    def edit(self, kind, made, position):
        """Somebody works on after the merge; which row that touches."""
        if kind == "value":
            self.keep.website = f"https://{position}.example"
            return ("res_partner", self.keep.id)
        records = made.get(kind)
        if not records:
            return None
        record = records[position % len(records)]
        if kind == "invoice":
            record.payment_reference = f"seen {position}"
            return ("account_move", record.id)
        if kind == "bank":
            record.acc_holder_name = f"Holder {position}"
            return ("res_partner_bank", record.id)
        record.function = f"Buyer {position}"
        return ("res_partner", record.id)

    def belongs(self, table, id_, moves):
        """Rows of the documents that stay, whoever touched them."""
        if table == "res_partner":
            return id_ == self.keep.id
        if table == "account_move_line":
            return self.env["account.move.line"].browse(id_).move_id.id in moves
        if table == "account_payment":
            return self.env["account.payment"].browse(id_).move_id.id in moves
        return table == "account_move"


def _without(rows, ids):
    return {row for row in rows if not any(f'"id": {id_},' in row for id_ in ids)}
