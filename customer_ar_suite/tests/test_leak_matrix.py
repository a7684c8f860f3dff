"""The leak matrix: users × customers × routes, against an oracle of its own (GATE3, INV15).

Each route answers, for one user, through which customers something came out. A customer who
came out and may not: a leak. One who did not and may: a false refusal.
"""

import json
import os
import random
import re
from functools import partial
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .access_oracle import EVERYTHING, TREES, Row, may
from .common_grants import USERS, GrantCase

LOUD = ("odoo.addons.base.models.ir_rule", "odoo.models", "odoo.sql_db")
CANARY = re.compile(r"Canary(\d\d)x")


def route(right, model="res.partner"):
    """Mark a route: which right of a customer it needs, which model it calls."""

    def mark(method):
        method.right, method.model = right, model
        return method

    return mark


def download(model, id_):
    return model.browse(id_).action_download()


def render(model, report, id_):
    return model.env["ir.actions.report"]._render_qweb_html(report, [id_])


class MatrixCase(GrantCase):
    """The world, and one function per route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.values = cls.combinations()
        cls.partners = list(
            cls.all_classified(
                [
                    (
                        f"Canary{n:02}x Ltd",
                        values,
                        {
                            "credit_limit": 900000 + n,
                            "comment": f"Canary{n:02}x",
                            "child_ids": [
                                Command.create({"name": f"Canary{n:02}x Jo"})
                            ],
                        },
                    )
                    for n, values in enumerate(cls.values)
                ]
            )
        )
        #: customers that routes look at one by one
        cls.looked_at = set(range(len(cls.partners)))
        cls.number = {partner.id: n for n, partner in enumerate(cls.partners)}
        cls.number |= {
            partner.child_ids.id: n for n, partner in enumerate(cls.partners)
        }
        cls.layout = cls.env["ar.statement.layout"].search([], limit=1)
        cls.accountant = new_test_user(
            cls.env,
            "matrix_accountant",
            "customer_ar_suite.customer_ar_suite_group_ar_accountant",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.tag = cls.env["res.partner.category"].create(
            {
                "name": "Matrix",
                "partner_ids": [Command.set([p.id for p in cls.partners])],
            }
        )
        cls.hang_on()
        cls.match_receipts()
        cls.statements, errors = (
            cls.env["ar.statement"]
            .with_user(cls.accountant)
            .with_company(cls.company)
            ._issue(
                cls.company,
                cls.layout,
                cls.AS_OF,
                partner_ids=[p.id for p in cls.partners],
            )
        )
        assert not errors
        # the same grants through a group, and added to one's own
        group = cls.env["res.groups"].create({"name": "Asia Desk"})
        cls.grant(group, *USERS["asia"])
        cls.users = cls.granted_users(
            USERS | {"by_group": (), "group_and_own": USERS["europe_money"]}
        )
        cls.rows = dict(USERS)
        cls.rows["by_group"] = USERS["asia"]
        cls.rows["group_and_own"] = (*USERS["asia"], *USERS["europe_money"])
        group.user_ids = cls.users["by_group"] | cls.users["group_and_own"]

    @classmethod
    def hang_on(cls):
        """Everything that can hang on a customer, for all of them at once."""
        texts = [f"Canary{n:02}x" for n in range(len(cls.partners))]
        pairs = list(zip(texts, cls.partners, strict=True))
        cls.env["res.partner.bank"].create(
            [{"acc_number": f"{text}ACC", "partner_id": p.id} for text, p in pairs]
        )
        cls.env["ir.attachment"].create(
            [
                {"name": text, "res_model": p._name, "res_id": p.id, "raw": b"x"}
                for text, p in pairs
            ]
        )
        for text, partner in pairs:
            partner.message_post(body=text)
            partner.activity_schedule(summary=text, user_id=cls.env.user.id)
        paid, unpaid = (
            cls.invoices(1000, "2026-05-01"),
            cls.invoices(2000, "2026-06-01"),
        )
        (paid + unpaid).action_post()
        payments = cls.env["account.payment"].create(
            [
                {
                    "partner_type": "customer",
                    "payment_type": "inbound",
                    "partner_id": partner.id,
                    "amount": 400,
                    "date": "2026-05-05",
                    "journal_id": cls.bank_journal.id,
                    "memo": text,
                }
                for text, partner in pairs
            ]
        )
        payments.action_post()
        for invoice, payment in zip(paid, payments, strict=True):
            cls.match(invoice, payment)
        cls.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": cls.bank_journal.id,
                    "date": "2026-06-02",
                    "payment_ref": f"{text} {invoice.name}",
                    "amount": 2000 + number,
                    "partner_id": partner.id,
                }
                for number, ((text, partner), invoice) in enumerate(
                    zip(pairs, unpaid, strict=True)
                )
            ]
        )
        for text, invoice in zip(texts, paid, strict=True):
            invoice.message_post(body=text)

    @classmethod
    def invoices(cls, amount, on):
        """A draft of each customer, over ``amount`` and his number."""
        return cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": on,
                    "date": on,
                    "invoice_date_due": on,
                    "ref": f"Canary{number:02}x",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Goods",
                                "price_unit": amount + number,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for number, partner in enumerate(cls.partners)
            ]
        )

    @classmethod
    def match_receipts(cls):
        run = (
            cls.env["ar.match.run"]
            .with_user(cls.accountant)
            .create({"company_id": cls.company.id, "as_of_date": cls.AS_OF})
        )
        run.action_match()
        cls.proposals = run.proposal_ids

    def setUp(self):
        super().setUp()
        # which rule it was is looked up for each refusal, of which there are thousands
        # here; what refusals say is tested elsewhere
        self.patch(
            self.registry["ir.rule"],
            "_make_access_error",
            lambda *_args: AccessError("refused"),
        )

    # -- helpers of routes -------------------------------------------------------------

    def found(self, answer):
        """The customers whose canary is in whatever came back."""
        text = answer if isinstance(answer, str) else json.dumps(answer, default=str)
        return {int(number) for number in CANARY.findall(text)}

    def each(self, call, records):
        """{number: record} → the customers for whom the call was not refused."""
        seen = set()
        for number in self.looked_at & records.keys():
            record = records[number]
            try:
                with self.env.cr.savepoint(flush=False), mute_logger(*LOUD):
                    call(record)
                seen.add(number)
            except (AccessError, UserError):
                self.env.invalidate_all()
        return seen

    def by_number(self, model, field="partner_id"):
        """One record of the model per customer."""
        records = self.env[model].search([(field, "in", list(self.number))], order="id")
        return {self.number[record[field].id]: record.id for record in records}

    def by_partner(self, rows, field="partner_id"):
        return {
            self.number[row[field][0]]
            for row in rows
            if row[field] and row[field][0] in self.number
        }

    # -- routes: see -------------------------------------------------------------------

    @route("see")
    def route_search(self, model):
        return {self.number[p.id] for p in model.search([("name", "like", "Canary")])}

    @route("see")
    def route_search_read(self, model):
        return self.found(model.search_read([("name", "like", "Canary")], ["name"]))

    @route("see")
    def route_web_search_read(self, model):
        return self.found(
            model.web_search_read(
                [("parent_id", "!=", False), ("name", "like", "Canary")],
                {"name": {}, "parent_id": {"fields": {"display_name": {}}}},
            )
        )

    @route("see")
    def route_read(self, model):
        return self.each(
            lambda partner: model.browse(partner.id).read(["name"]),
            dict(enumerate(self.partners)),
        )

    @route("see")
    def route_read_contact(self, model):
        return self.each(
            lambda partner: model.browse(partner.child_ids.id).read(["name"]),
            dict(enumerate(self.partners)),
        )

    @route("see")
    def route_name_search(self, model):
        return self.found(model.name_search("Canary", limit=None))

    @route("see")
    def route_search_count(self, model):
        return {
            number
            for number in range(len(self.partners))
            if model.search_count([("name", "=", f"Canary{number:02}x Ltd")])
        }

    @route("see")
    def route_formatted_read_group(self, model):
        return self.found(
            model.formatted_read_group(
                [("name", "like", "Canary")], ["name"], ["__count"]
            )
        )

    @route("see")
    def route_group_by_parent(self, model):
        return self.found(
            model.formatted_read_group(
                [("parent_id.name", "like", "Canary")], ["parent_id"], ["__count"]
            )
        )

    @route("see")
    def route_search_panel(self, model):
        rows = model.formatted_read_group(
            [("name", "like", "Canary"), ("parent_id", "=", False)],
            [self.columns["region"], self.columns["size"]],
            ["id:array_agg"],
        )
        return {self.number[id_] for row in rows for id_ in row["id:array_agg"]}

    @route("see", "res.partner.category")
    def route_tags(self, model):
        return {
            self.number[id_]
            for id_ in model.browse(self.tag.id).read(["partner_ids"])[0]["partner_ids"]
        }

    @route("see", "customer.category.assignment")
    def route_assignments(self, model):
        rows = model.search_read(
            [("partner_id", "in", list(self.number))], ["partner_id"]
        )
        # customers without any category have no assignment
        without = {
            n for n, values in enumerate(self.values) if not any(values.values())
        }
        return self.by_partner(rows) | (without & self.route_search(self.partner_model))

    @route("see", "res.partner.bank")
    def route_bank_accounts(self, model):
        return self.found(model.search_read([], ["acc_number", "partner_id"]))

    @route("see", "res.partner.bank")
    def route_bank_account_names(self, model):
        return self.found(model.name_search("Canary", limit=None))

    @route("see", "mail.message")
    def route_chatter(self, model):
        return self.found(model.search_read([("model", "=", "res.partner")], ["body"]))

    @route("see", "ir.attachment")
    def route_attachments(self, model):
        domain = [("res_model", "=", "res.partner"), ("name", "like", "Canary")]
        return self.found(model.search_read(domain, ["name"]))

    @route("see", "ir.attachment")
    def route_attachment_content(self, model):
        found = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("name", "like", "Canary")]
        )
        return self.each(
            lambda record: model.browse(record.id).read(["raw"]),
            {self.number[record.res_id]: record for record in found},
        )

    @route("edit", "mail.activity")
    def route_activities(self, model):
        """Odoo shows colleagues' activities to those who may edit the record."""
        return self.found(
            model.search_read(
                [("res_model", "=", "res.partner")], ["summary", "res_name"]
            )
        )

    # -- routes: edit ------------------------------------------------------------------

    @route("edit")
    def route_write(self, model):
        return self.each(
            lambda partner: model.browse(partner.id).write({"function": "x"}),
            dict(enumerate(self.partners)),
        )

    @route("edit")
    def route_classify(self, model):
        return self.each(
            lambda partner: model.browse(partner.id).write(
                {
                    self.columns["size"]: partner[self.columns["size"]].id,
                    "function": "x",
                }
            ),
            dict(enumerate(self.partners)),
        )

    @route("edit")
    def route_new_contact(self, model):
        return self.each(
            lambda partner: model.create({"name": "Jo", "parent_id": partner.id}),
            dict(enumerate(self.partners)),
        )

    @route("edit", "res.partner.bank")
    def route_new_bank_account(self, model):
        return self.each(
            lambda partner: model.create({"acc_number": "N", "partner_id": partner.id}),
            dict(enumerate(self.partners)),
        )

    # -- routes: money -----------------------------------------------------------------

    @route("money", "account.move")
    def route_invoices(self, model):
        return self.found(
            model.search_read([("move_type", "=", "out_invoice")], ["ref"])
        )

    @route("money", "account.move")
    def route_read_invoice(self, model):
        return self.each(
            lambda id_: model.browse(id_).read(["amount_total"]),
            self.by_number("account.move"),
        )

    @route("money", "account.move")
    def route_invoice_groups(self, model):
        return self.found(
            model.formatted_read_group([], ["partner_id"], ["amount_total:sum"])
        )

    @route("money", "account.move")
    def route_invoice_totals(self, model):
        rows = model.formatted_read_group(
            [("ref", "like", "Canary")], ["ref"], ["amount_total_signed:sum"]
        )
        return self.found(rows)

    @route("money", "account.move.line")
    def route_items(self, model):
        return self.found(
            model.search_read(
                [("account_type", "=", "asset_receivable")], ["partner_id", "ref"]
            )
        )

    @route("money", "account.move.line")
    def route_open_items(self, model):
        items = model.env["ar.ledger"]._open_items(self.AS_OF)
        return {self.number[i.partner_id] for i in items if i.partner_id in self.number}

    @route("money", "account.payment")
    def route_payments(self, model):
        return self.found(model.search_read([], ["memo", "partner_id"]))

    @route("money", "account.bank.statement.line")
    def route_bank_lines(self, model):
        return self.found(model.search_read([], ["payment_ref", "partner_id"]))

    @route("money", "account.partial.reconcile")
    def route_reconciliations(self, model):
        rows = model.search_read([], ["debit_move_id"])
        lines = self.env["account.move.line"].browse(
            [row["debit_move_id"][0] for row in rows]
        )
        return {self.number[p.id] for p in lines.partner_id if p.id in self.number}

    @route("money", "account.invoice.report")
    def route_invoice_analysis(self, model):
        return self.found(
            model.formatted_read_group([], ["partner_id"], ["price_subtotal:sum"])
        )

    @route("money", "ar.aging.report")
    def route_aging(self, model):
        return self.found(
            model.with_context(ar_as_of=str(self.AS_OF)).formatted_read_group(
                [], ["partner_id"], ["residual_amount:sum"]
            )
        )

    @route("money", "ar.statement")
    def route_statements(self, model):
        return self.found(model.search_read([], ["partner_id"]))

    @route("money", "ar.statement.total")
    def route_statement_totals(self, model):
        rows = model.search([])
        return {self.number[p.id] for p in rows.sudo().statement_id.partner_id}

    @route("money", "ar.match.proposal")
    def route_proposals(self, model):
        return self.found(model.search_read([], ["partner_id"]))

    @route("money", "ar.match.allocation")
    def route_allocations(self, model):
        lines = model.search([]).sudo().item_line_id
        return {self.number[p.id] for p in lines.partner_id}

    @route("money")
    def route_customer_money(self, model):
        rows = model.search_read([("name", "like", "Ltd")], ["credit", "credit_limit"])
        return {
            self.number[row["id"]]
            for row in rows
            if row["id"] in self.number and (row["credit"] or row["credit_limit"])
        }

    @route("money")
    def route_balance(self, model):
        rows = model.search_read([("name", "like", "Canary")], ["ar_balance_amount"])
        return {self.number[row["id"]] for row in rows if row["ar_balance_amount"]}

    @route("money")
    def route_search_by_money(self, model):
        found = set()
        for domain in (
            [("credit", ">", 1000)],
            [("credit_limit", ">=", 900000)],
        ):
            partners = model.search([*domain, ("name", "like", "Canary")])
            found |= {self.number[partner.id] for partner in partners}
        return found

    @route("money", "mail.message")
    def route_invoice_chatter(self, model):
        return self.found(model.search_read([("model", "=", "account.move")], ["body"]))

    # -- routes: export ----------------------------------------------------------------

    @route("export")
    def route_export(self, model):
        return self.each(
            lambda partner: model.browse(partner.id).export_data(["name"]),
            dict(enumerate(self.partners)),
        )

    @route("export", "res.partner.bank")
    def route_export_bank_accounts(self, model):
        return self.each(
            lambda id_: model.browse(id_).export_data(["acc_number"]),
            self.by_number("res.partner.bank"),
        )

    def open(self, rows, *rights):
        """The customers who are open for all of ``rights``."""
        return {
            number
            for number, values in enumerate(self.values)
            if all(may(rows, values, right) for right in rights)
        }

    # -- judging -------------------------------------------------------------------------

    def routes(self):
        found = [getattr(self, name) for name in dir(self) if name.startswith("route_")]
        return sorted(found, key=lambda method: method.__name__)

    def cells(self, logins=None, only=None):
        """(user, route, customer, came out) of every cell.

        Routes that ask customer by customer ask a third of them, each user another one.
        """
        everybody = set(range(len(self.partners)))
        for index, login in enumerate(logins or self.users):
            user = self.users[login]
            self.partner_model = self.as_user(user, "res.partner")
            for method in self.routes():
                if only and method.__name__ not in only:
                    continue
                asks_each = "each" in method.__code__.co_names
                looked_at = {
                    n for n in everybody if n % 3 == index % 3 or not asks_each
                }
                with self.rolled_back(), patch.object(self, "looked_at", looked_at):
                    seen = method(self.as_user(user, method.model))
                for number in looked_at:
                    yield login, method, number, number in seen

    def check(self, **scope):
        """The leaks and false refusals, and how many cells were looked at."""
        leaks, refusals, count = [], [], 0
        for login, method, number, came_out in self.cells(**scope):
            count += 1
            expected = self.expected(
                self.rows[login], self.values[number], method.right
            )
            if came_out and not expected:
                leaks.append((login, method.__name__, self.values[number]))
            elif expected and not came_out:
                refusals.append((login, method.__name__, self.values[number]))
        return leaks, refusals, count

    def expected(self, rows, values, right):
        return may(rows, values, right)


@tagged("post_install", "-at_install")
class TestLeakMatrix(MatrixCase):
    def test_nothing_leaks_and_nothing_is_refused(self):
        leaks, refusals, count = self.check()
        self.assertGreater(count, 6_000)
        self.assertEqual((leaks[:20], refusals[:20]), ([], []))

    def test_a_missing_rule_turns_it_red(self):
        logins = ["asia", "europe_poor"]
        for model, names in (
            ("res.partner", {"route_search"}),
            ("res.partner.bank", {"route_bank_accounts"}),
            ("account.move", {"route_invoices"}),
            ("account.payment", {"route_payments"}),
            ("account.invoice.report", {"route_invoice_analysis"}),
            ("account.partial.reconcile", {"route_reconciliations"}),
            ("customer.category.assignment", {"route_assignments"}),
            ("ar.match.allocation", {"route_allocations"}),
            ("ar.statement", {"route_statements"}),
        ):
            with self.subTest(model), self.rolled_back():
                self.assertEqual(self.check(logins=logins, only=names)[:2], ([], []))
                rule = self.env.ref(
                    f"customer_ar_suite.ar_grant_{model.replace('.', '_')}_see"
                )
                rule.active = False
                self.assertTrue(self.check(logins=logins, only=names)[0])
            self.env.registry.clear_cache()

    def test_statements_are_printed_for_those_who_may_export(self):
        statements = self.by_number("ar.statement")
        for login in ("asia", "china_see", "europe_poor", "europe_money", "mixed"):
            model = self.as_user(self.users[login], "ar.statement")
            with self.subTest(login):
                seen = self.each(partial(download, model), statements)
                html = partial(render, model, "customer_ar_suite.ar_statement_document")
                expected = self.open(self.rows[login], "money", "export")
                self.assertEqual(seen, expected)
                self.assertEqual(self.each(html, statements), expected)

    def test_reports_of_documents(self):
        """One gate stands before html and pdf."""
        invoices = self.by_number("account.move")
        for login in ("mixed", "two_dimensions", "europe_poor"):
            model = self.as_user(self.users[login], "ir.actions.report")
            with self.subTest(login), self.rolled_back():
                html = partial(render, model, "account.report_invoice")
                self.assertEqual(
                    self.each(html, invoices), self.open(self.rows[login], "money")
                )

    def test_dashboard_of_journals_adds_up_what_is_open(self):
        journal = self.company_data["default_journal_sale"]
        for login in ("free", "asia", "china_see"):
            seen = self.as_user(self.users[login], "account.journal").browse(journal.id)
            data = seen._get_journal_dashboard_data_batched()[journal.id]
            expected = 2 * sum(  # both invoices are open, one of them in part
                may(self.rows[login], values, "money") for values in self.values
            )
            self.assertEqual(data["number_waiting"], expected, login)

    def test_money_is_exported_by_those_who_see_it(self):
        for login, expected in (("europe_poor", set()), ("asia", {"asia"})):
            partners = self.as_user(self.users[login], "res.partner")
            banks = partners.env["res.partner.bank"]
            first = {
                values["region"]: partner
                for partner, values in zip(self.partners, self.values, strict=True)
            }
            for region in ("asia", "europe"):
                account = self.env["res.partner.bank"].search(
                    [("partner_id", "=", first[region].id)]
                )
                for records, names in (
                    (partners.browse(first[region].id), ["name", "credit"]),
                    (partners.browse(first[region].id), ["name", "credit_limit"]),
                    (
                        banks.browse(account.id),
                        ["acc_number", "partner_id/credit_limit"],
                    ),
                ):
                    with self.subTest(login, region=region, names=names):
                        seen = self.each(lambda r: r.export_data(names), {0: records})  # noqa: B023
                        self.assertEqual(bool(seen), region in expected)

    def test_money_of_a_customers_portal_user(self):
        partner = next(
            p
            for p, v in zip(self.partners, self.values, strict=True)
            if v == {"region": "europe", "size": "big"}
        )
        portal = new_test_user(
            self.env, "matrix_portal", "base.group_portal", partner_id=partner.id
        )
        for login, is_open in (("europe_poor", False), ("unclassified", True)):
            user = self.as_user(self.users[login], "res.users").browse(portal.id)
            self.assertEqual(
                bool(user.read(["credit_limit"])[0]["credit_limit"]), is_open
            )

    def test_sums_of_money_are_refused_to_those_who_see_a_part(self):
        partners = self.as_user(self.users["europe_poor"], "res.partner")
        (european,) = (
            partner
            for partner, values in zip(self.partners, self.values, strict=True)
            if values == {"region": "europe", "size": "big"}
        )
        with self.assertRaises(AccessError):
            partners.search([], order="credit_limit desc")
        with self.assertRaises(AccessError):
            partners.formatted_read_group([], [], ["credit_limit:sum"])
        partners.browse(european.id).write({"function": "may edit"})
        with self.assertRaises(AccessError):
            partners.browse(european.id).write({"credit_limit": 7})


@tagged("post_install", "-at_install")
class TestLeaksOverHttp(MatrixCase, HttpCase):
    """The same over the wire: JSON-2 with an API key, reports, the thread of a record."""

    def test_json2_report_and_thread(self):
        for login in ("asia", "europe_poor", "mixed"):
            user, rows = self.users[login], self.rows[login]
            self.authenticate(None, None)
            key = (
                self.env["res.users.apikeys"]
                .with_user(user)
                ._generate(
                    "rpc", "leaks", fields.Datetime.add(fields.Datetime.now(), days=1)
                )
            )
            headers = {"Authorization": f"bearer {key}"}
            context = {"allowed_company_ids": self.company.ids}
            for model, field, right in (
                ("res.partner", "name", "see"),
                ("res.partner.bank", "acc_number", "see"),
                ("account.move", "ref", "money"),
                ("ar.statement", "display_name", "money"),
            ):
                with self.subTest(login=login, model=model):
                    answer = self.url_open(
                        f"/json/2/{model}/search_read",
                        json={"domain": [], "fields": [field], "context": context},
                        headers=headers,
                    )
                    self.assertEqual(answer.status_code, 200, answer.text[:500])
                    self.assertEqual(self.found(answer.text), self.open(rows, right))
            self.check_pages(user, rows)

    def check_pages(self, user, rows):
        self.authenticate(user.login, user.login)
        invoices = self.by_number("account.move")
        for number in (0, 5, 8, 12):
            may_see = number in self.open(rows, "money")
            with mute_logger(*LOUD, "odoo.http", "odoo.addons.web.controllers.report"):
                page = self.url_open(
                    f"/report/html/account.report_invoice/{invoices[number]}"
                )
            self.assertEqual(
                f"Canary{number:02}x" in page.text, may_see, (user.login, number)
            )
            with mute_logger(*LOUD, "odoo.http"):
                thread = self.make_jsonrpc_request(
                    "/mail/thread/messages",
                    {
                        "thread_model": "res.partner",
                        "thread_id": self.partners[number].id,
                    },
                )
            self.assertEqual(
                number in self.found(thread), number in self.open(rows, "see")
            )


@tagged("-standard", "long_grants", "post_install", "-at_install")
class TestLeaksAtRandom(MatrixCase):
    """Random grants of random users through every route; ``./dev test-long grants``."""

    def test_random_grants(self):
        drawn = random.Random(os.environ.get("AR_SEED", "1"))
        for round_ in range(max(1, int(os.environ.get("AR_EXAMPLES", "1000")) // 50)):
            with self.rolled_back():
                rows = tuple(self.draw(drawn) for _n in range(drawn.randint(1, 5)))
                self.users = {"random": self.granted_user(f"random_{round_}", rows)}
                self.rows = {"random": rows}
                leaks, refusals, _count = self.check()
                self.assertEqual((leaks, refusals), ([], []), rows)
            self.env.registry.clear_cache()

    def draw(self, drawn):
        dimension = drawn.choice(list(TREES))
        return Row(
            dimension,
            drawn.choice([None, *TREES[dimension]]),
            tuple(
                right for right in EVERYTHING if right == "see" or drawn.random() < 0.6
            ),
            drawn.random() < 0.7,
            drawn.random() < 0.3,
            drawn.choice([None, None, None, "theirs"]),
        )
