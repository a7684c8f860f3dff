"""The attack table of maker-checker: each by name, each in vain, administrators' too.

An attack prepares the world as its author could, then tries. It may be refused or do
nothing; afterwards the customer is as before and nothing has been approved. One entry
shows that the test would notice: the right person approves.
"""

import base64
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_customers import PREFIX
from .test_change_request import FORGED, LOUD, ChangeCase

ATTACKS = {}
REVIEWER = f"{PREFIX}customer_reviewer"
CLERK = f"{PREFIX}customer_clerk"


def attack(name):
    def register(run):
        assert name not in ATTACKS, name
        ATTACKS[name] = run
        return run

    return register


def rpc(case, user, model, method, *args, context=None):
    """A call as it comes over the wire."""
    with mute_logger(*LOUD):
        return call_kw(
            case.env(user=user)[model], method, list(args), {"context": context or {}}
        )


def approve(case, user, **context):
    ids = case.request.ids
    rpc(case, user, "customer.change.request", "action_approve", ids, context=context)


def forged_dialog(case, user):
    """The dialog with rows that the user has written himself, confirmed."""
    review = case.env["customer.change.review"].with_user(user)
    review.create(
        {
            "request_ids": [Command.set(case.request.ids)],
            "line_ids": [
                Command.create(
                    {
                        "line_id": case.request.line_ids.id,
                        "seen_hash": case.request._seen_hash(),
                        "verdict": "approved",
                    }
                )
            ],
        }
    ).action_confirm()


def sql(case, query, *params):
    """What somebody with the password of the database can do."""
    case.env.cr.execute(query, params)
    case.env.invalidate_all()


# -- approving what one has asked for oneself -----------------------------------------------


@attack("the maker approves")
def _maker(case):
    approve(case, case.maker)


@attack("the maker approves with every context key there is")
def _maker_context(case):
    approve(case, case.maker, **FORGED)


@attack("the maker approves in the dialog")
def _maker_dialog(case):
    case.review(case.request, case.maker, {"vat": "approved"})


@attack("the maker forges the rows of the dialog")
def _maker_forged_dialog(case):
    forged_dialog(case, case.maker)


@attack("the maker confirms the dialog an approver has open")
def _maker_foreign_dialog(case):
    action = case.request.with_user(case.checker).action_review()
    dialog = case.env[action["res_model"]].browse(action["res_id"])
    dialog.with_user(case.maker).action_confirm()


@attack("a wizard of another addon approves for the maker as superuser")
def _maker_sudo(case):
    case.request.with_user(case.maker).sudo().action_approve()


@attack("a wizard of another addon decides for the maker as superuser")
def _maker_sudo_decide(case):
    verdicts = {case.request.line_ids.id: "approved"}
    case.request.with_user(case.maker).sudo()._decide(verdicts)


@attack("the suite's administrator approves")
def _administrator(case):
    approve(case, case.administrator)


@attack("the system administrator approves")
def _system(case):
    approve(case, case.account("system", "base.group_system"))


@attack("OdooBot approves")
def _robot(case):
    case.request.sudo().action_approve()


@attack("OdooBot is named as approver, and approves")
def _robot_named(case):
    root = case.env.ref("base.user_root")
    sql(
        case,
        "INSERT INTO customer_change_line_approver_rel VALUES (%s, %s)",
        case.request.line_ids.id,
        root.id,
    )
    case.request.with_user(root).action_approve()


@attack("a cron approves in the name of OdooBot")
def _cron(case):
    requests = case.env["customer.change.request"].sudo()
    requests._cron_expire()
    requests.browse(case.request.ids).action_approve()


@attack("a second account of the maker's contact")
def _same_contact(case):
    other = case.account("alias", REVIEWER)
    case.ask_again()
    sql(
        case,
        "UPDATE res_users SET partner_id = %s WHERE id = %s",
        case.maker.partner_id.id,
        other.id,
    )
    approve(case, other)


@attack("a second account with the maker's e-mail address")
def _same_mail(case):
    other = case.account("alias", REVIEWER, email=case.maker.email.upper())
    case.ask_again()
    approve(case, other)


@attack("a second account whose login is the maker's e-mail address")
def _same_login(case):
    other = case.account("alias", REVIEWER)
    other.login = case.maker.email
    case.ask_again()
    approve(case, other)


@attack(
    "a checker who takes the maker's address until he has asked, then his own again"
)
def _borrowed_address(case):
    other = case.account("alias", REVIEWER, email=case.maker.email)
    case.ask_again()
    case.maker.email = "another@example.org"
    case.maker.partner_id.email = "another@example.org"
    other.login = "ar_chg_maker_2"
    other.partner_id = case.maker.partner_id
    approve(case, other)


@attack("the maker is promoted after he has asked")
def _promoted(case):
    case.maker.group_ids |= case.env.ref(REVIEWER)
    approve(case, case.maker)


@attack("an administrator writes another maker into the request")
def _other_maker(case):
    sql(
        case,
        "UPDATE customer_change_request SET maker_id = %s, create_uid = %s WHERE id = %s",
        case.second.id,
        case.second.id,
        case.request.id,
    )
    case.maker.group_ids |= case.env.ref(REVIEWER)
    sql(
        case,
        "INSERT INTO customer_change_line_approver_rel VALUES (%s, %s)",
        case.request.line_ids.id,
        case.maker.id,
    )
    approve(case, case.maker)


# -- approving without being on the list ----------------------------------------------------


@attack("a reviewer who joined after the request")
def _late(case):
    approve(case, case.account("late", REVIEWER))


@attack("an approver named by the policy after the request")
def _named_late(case):
    late = case.account("late", CLERK)
    case.env["customer.change.policy"].search([]).approver_ids |= late
    approve(case, late)


@attack("a listed reviewer who lost the role")
def _demoted(case):
    case.checker.group_ids -= case.env.ref(REVIEWER)
    approve(case, case.checker)


@attack("a listed reviewer whose account is archived")
def _archived(case):
    case.checker.active = False
    approve(case, case.checker)


@attack("a clerk without the role")
def _clerk(case):
    approve(case, case.clerk)


@attack("the auditor")
def _auditor(case):
    approve(case, case.role_user("auditor"))


@attack("an employee without a role")
def _employee(case):
    approve(case, case.employee)


@attack("a portal visitor")
def _portal(case):
    approve(case, case.account("visitor", "base.group_portal"))


@attack("a reviewer of another company")
def _elsewhere(case):
    company = case.env["res.company"].create({"name": "Elsewhere"})
    user = case.account("elsewhere", REVIEWER, company_ids=[Command.set(company.ids)])
    approve(case, user, allowed_company_ids=case.env.company.ids)


@attack("a listed reviewer who has left the company, in a dialog of his own")
def _left_the_company(case):
    company = case.env["res.company"].create({"name": "Elsewhere"})
    case.checker.write(
        {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
    )
    forged_dialog(case, case.checker)


@attack("a deputy before his day")
def _early_deputy(case):
    deputy = case.account("deputy", CLERK)
    case.env["customer.change.policy"].search([]).write(
        {"deputy_ids": [Command.set(deputy.ids)], "deputy_after_days": 3}
    )
    case.ask_again()
    approve(case, deputy)


@attack("a deputy who is the maker's second account")
def _own_deputy(case):
    deputy = case.account("deputy", CLERK, email=case.maker.email)
    case.env["customer.change.policy"].search([]).write(
        {"deputy_ids": [Command.set(deputy.ids)], "deputy_after_days": 0}
    )
    case.ask_again()
    approve(case, deputy)


@attack("one of two approvals, given twice by one person")
def _twice(case):
    case.needs_two()
    approve(case, case.checker)
    approve(case, case.checker)


@attack("one of two approvals, given by two accounts of one person")
def _twins(case):
    twin = case.account("twin", REVIEWER, email=case.checker.email)
    case.needs_two()
    approve(case, case.checker)
    approve(case, twin)


@attack("the administrator lowers the number of approvals after the request")
def _lowered(case):
    case.needs_two()
    case.env["customer.change.policy"].search([]).approver_count = 1
    approve(case, case.checker)


# -- at the wrong time, or something else ---------------------------------------------------


@attack("after the request has expired")
def _expired(case):
    yesterday = fields.Date.today() - timedelta(days=1)
    case.request._set(expires_on=yesterday)
    approve(case, case.checker)


@attack("after it was withdrawn")
def _withdrawn(case):
    case.request.with_user(case.maker).action_cancel()
    approve(case, case.checker)


@attack("somebody else withdraws it")
def _cancel(case):
    rpc(
        case,
        case.checker,
        "customer.change.request",
        "action_cancel",
        case.request.ids,
    )
    case.fail("withdrawn")


@attack("the value is changed in the database between open and approve")
def _payload(case):
    sql(
        case,
        "UPDATE customer_change_line SET new_json = '\"EVIL\"' WHERE request_id = %s",
        case.request.id,
    )
    approve(case, case.checker)


@attack("value and fingerprint are changed in the database")
def _payload_and_hash(case):
    _payload_only(case)
    lines = case.request.line_ids
    data = lines.read(["field_name", "bank_id", "old_json", "new_json"])
    case.request._set(payload_hash=case.request._hash(case.request._parties(), data))
    approve(case, case.checker)


def _payload_only(case):
    sql(
        case,
        "UPDATE customer_change_line SET new_json = '\"EVIL\"' WHERE request_id = %s",
        case.request.id,
    )


@attack("the approver saw an older version")
def _old_version(case):
    verdicts = {case.request.line_ids.id: "approved"}
    case.request.with_user(case.checker)._decide(verdicts, "", "0" * 64)


@attack("the maker changes his reason after the approver opened the dialog")
def _new_reason(case):
    action = case.request.with_user(case.checker).action_review()
    dialog = case.env[action["res_model"]].browse(action["res_id"])
    case.request.with_user(case.maker)._explain("Something else", [])
    dialog.with_user(case.checker).action_confirm()


@attack("lines of another request in the ballot")
def _foreign_lines(case):
    case.guard("email", approver_ids=[Command.set(case.second.ids)])
    other = case.ask({"email": "evil@example.org"})
    verdicts = dict.fromkeys((case.request | other).line_ids.ids, "approved")
    case.request.with_user(case.checker)._decide(verdicts)


@attack("a verdict that is none")
def _verdict(case):
    verdicts = {case.request.line_ids.id: "pending"}
    case.request.with_user(case.checker)._decide(verdicts)


@attack("a vote of somebody else is forged in the database")
def _forged_vote(case):
    case.needs_two()
    line = case.request.line_ids
    sql(
        case,
        "INSERT INTO customer_change_decision"
        " (request_id, line_id, user_id, maker_id, verdict, payload_hash, decided_at)"
        " VALUES (%s, %s, %s, %s, 'approved', %s, now())",
        case.request.id,
        line.id,
        case.second.id,
        case.maker.id,
        case.request.payload_hash,
    )
    approve(case, case.checker)


@attack("a rejection is deleted in the database")
def _deleted_vote(case):
    case.guard("email")
    case.request = case.ask({"vat": "NEW9", "email": "x@example.org"})
    case.review(case.request, case.checker, {"vat": "rejected"}, "No")
    sql(case, "DELETE FROM customer_change_decision WHERE verdict = 'rejected'")
    sql(
        case,
        "UPDATE customer_change_line SET state = 'pending' WHERE request_id = %s",
        case.request.id,
    )
    approve(case, case.second)


@attack("the state is set in the database, without a checker")
def _state_by_sql(case):
    sql(
        case,
        "UPDATE customer_change_request SET state = 'approved' WHERE id = %s",
        case.request.id,
    )


@attack("the state is set in the database, with the maker as checker")
def _state_by_sql_own(case):
    sql(
        case,
        "UPDATE customer_change_request SET state = 'approved', checker_id = maker_id"
        " WHERE id = %s",
        case.request.id,
    )


@attack("the maker votes in the database")
def _vote_by_sql(case):
    sql(
        case,
        "INSERT INTO customer_change_decision"
        " (request_id, line_id, user_id, maker_id, verdict, payload_hash, decided_at)"
        " VALUES (%s, %s, %s, %s, 'approved', 'x', now())",
        case.request.id,
        case.request.line_ids.id,
        case.maker.id,
        case.maker.id,
    )


@attack("somebody else gives the maker's reason")
def _foreign_reason(case):
    case.request.with_user(case.checker)._explain("Because", [])
    case.fail("explained")


@attack("the policy is switched off by who is not its administrator")
def _policy(case):
    policies = case.env["customer.change.policy"].search([])
    rpc(case, case.checker, policies._name, "write", policies.ids, {"active": False})
    case.fail("switched off")


# -- every way to write a row ----------------------------------------------------------------

ROWS = ("request", "line", "decision", "evidence")


def _row(case, kind):
    """(model, id of one, values that would approve it)."""
    model = case.env[f"customer.change.{kind}"]
    one = case.request if kind == "request" else case.request[f"{kind}_ids"]
    vals = {
        "request": {"state": "approved", "checker_id": case.checker.id},
        "line": {"state": "approved", "request_id": case.request.id},
        "decision": {
            "request_id": case.request.id,
            "line_id": case.request.line_ids.id,
            "user_id": case.checker.id,
            "maker_id": case.maker.id,
            "verdict": "approved",
            "payload_hash": case.request.payload_hash,
            "decided_at": "2026-05-01 00:00:00",
        },
        "evidence": {"request_id": case.request.id, "name": "x", "sha256": "x"},
    }[kind]
    return model, one.ids or [1], vals


def _everybody(case):
    return (
        case.maker,
        case.checker,
        case.administrator,
        case.env.ref("base.user_admin"),
    )


def _each(case, call):
    """Nobody gets through; the last refusal is raised."""
    for user in _everybody(case):
        try:
            with case.env.cr.savepoint():
                call(user)
                case.env.flush_all()
        except (UserError, psycopg2.Error) as error:
            refused = error
        else:
            case.fail(f"{user.login} got through")
    raise refused


for _kind in ROWS:

    @attack(f"{_kind}: write")
    def _write(case, kind=_kind):
        model, ids, vals = _row(case, kind)
        _each(case, lambda u: rpc(case, u, model._name, "write", ids, vals))

    @attack(f"{_kind}: create")
    def _create(case, kind=_kind):
        model, _ids, vals = _row(case, kind)
        _each(case, lambda u: rpc(case, u, model._name, "create", [vals]))

    @attack(f"{_kind}: unlink")
    def _unlink(case, kind=_kind):
        model, ids, _vals = _row(case, kind)
        _each(case, lambda u: rpc(case, u, model._name, "unlink", ids))

    @attack(f"{_kind}: copy")
    def _copy(case, kind=_kind):
        model, ids, _vals = _row(case, kind)
        _each(case, lambda u: rpc(case, u, model._name, "copy", ids))

    @attack(f"{_kind}: web_save")
    def _web_save(case, kind=_kind):
        model, ids, vals = _row(case, kind)
        _each(case, lambda u: rpc(case, u, model._name, "web_save", ids, vals, {}))

    @attack(f"{_kind}: load")
    def _load(case, kind=_kind):
        model, ids, vals = _row(case, kind)
        names = [".id", *(name for name in vals if name != "sha256")]
        row = [str(ids[0]), *(str(vals[name]) for name in names[1:])]
        for user in _everybody(case):
            result = model.with_user(user).load(names, [row])
            case.assertFalse(result["ids"], user.login)

    @attack(f"{_kind}: the import dialog")
    def _import(case, kind=_kind):
        model, ids, vals = _row(case, kind)
        name = next(iter(vals))
        for user in _everybody(case):
            wizard = case.env["base_import.import"].with_user(user)
            wizard = wizard.create(
                {
                    "res_model": model._name,
                    "file": f"id,{name}\n{ids[0]},{vals[name]}\n".encode(),
                    "file_type": "text/csv",
                }
            )
            options = {"has_headers": True, "quoting": '"', "separator": ","}
            result = wizard.execute_import([".id", name], ["id", name], options)
            case.assertFalse(result.get("ids"), user.login)

    @attack(f"{_kind}: a wizard of another addon, as superuser")
    def _sudo(case, kind=_kind):
        model, ids, vals = _row(case, kind)
        model.sudo().browse(ids).write(vals)


@attack("request: a command written to the customer")
def _command(case):
    one2many = [
        name
        for name, field in case.env["res.partner"]._fields.items()
        if field.type == "one2many" and field.comodel_name == "customer.change.request"
    ]
    case.assertEqual(one2many, [], "a way in")
    case.partner.with_user(case.maker).write(
        {"activity_ids": [Command.create({"res_model": "customer.change.request"})]}
    )


# -- around the request ----------------------------------------------------------------------


@attack("list: several customers at once")
def _multi_edit(case):
    vals = [{"vat": "EVIL"}]
    rpc(case, case.maker, "res.partner", "web_save_multi", case.partner.ids, vals, {})


@attack("import dialog of contacts")
def _import_contacts(case):
    wizard = case.env["base_import.import"].with_user(case.maker)
    wizard = wizard.create(
        {
            "res_model": "res.partner",
            "file": f"id,vat\n{case.partner.id},EVIL\n".encode(),
            "file_type": "text/csv",
        }
    )
    options = {"has_headers": True, "quoting": '"', "separator": ","}
    wizard.execute_import([".id", "vat"], ["id", "vat"], options)


@attack("through a contact person, who shares the company's tax id")
def _contact(case):
    contact = case.env["res.partner"].create(
        {"name": "Jo", "parent_id": case.partner.id}
    )
    contact.with_user(case.maker).vat = "EVIL"


@attack("by becoming a contact of a company that has the value")
def _parent(case):
    shell = case.env["res.partner"].create(
        {"name": "Shell", "is_company": True, "vat": "EVIL"}
    )
    case.partner.with_user(case.maker).write(
        {"parent_id": shell.id, "is_company": False}
    )


@attack("by merging a customer that has the value")
def _merge(case):
    source = case.env["res.partner"].create({"name": "Ada", "vat": "EVIL"})
    wizard = case.env["base.partner.merge.automatic.wizard"].with_user(case.maker)
    wizard.create(
        {
            "partner_ids": [Command.set((source | case.partner).ids)],
            "dst_partner_id": case.partner.id,
        }
    ).action_merge()


@attack("as a portal visitor behind the system")
def _portal_write(case):
    visitor = case.account("visitor", "base.group_portal")
    case.partner.with_user(visitor).sudo().write({"vat": "EVIL"})


@attack("by a copy with another value, and its archive")
def _copied(case):
    copy = case.partner.with_user(case.maker).copy({"vat": "EVIL"})
    case.assertFalse(copy.vat)


@attack("with a file of somebody else as document")
def _foreign_file(case):
    foreign = case.env["ir.attachment"].create(
        {"name": "x", "datas": base64.b64encode(b"secret"), "public": True}
    )
    action = case.request.with_user(case.maker).action_explain()
    dialog = case.env[action["res_model"]].browse(action["res_id"])
    dialog.attachment_ids = foreign
    dialog.with_user(case.maker).action_confirm()
    case.fail("taken")


@tagged("post_install", "-at_install")
class TestChangeAttackTable(ChangeCase):
    def setUp(self):
        super().setUp()
        self.guard("vat")
        self.request = self.ask({"vat": "NEW1"})
        self.as_request_of(self.maker)

    def ask_again(self):
        """The same wish after the world has changed, so that the list is a new one."""
        self.request.with_user(self.maker).action_cancel()
        self.request = self.ask({"vat": "NEW2"})

    def needs_two(self):
        self.env["customer.change.policy"].search([]).approver_count = 2
        self.ask_again()

    def untouched(self):
        self.env.invalidate_all()
        approved = self.requests(partner_id=self.partner.id).filtered(
            lambda request: request.state in ("approved", "partly")
        )
        return not approved and (self.partner.vat, self.partner.name) == (
            "OLD1",
            "Ada Ltd",
        )

    def run_attack(self, run):
        """True if the customer is as before."""
        request, outer = self.request, self.env.cr.savepoint()
        try:
            with mute_logger(*LOUD), self.env.cr.savepoint():
                run(self)
                self.env.flush_all()
        except (UserError, psycopg2.Error):
            pass
        try:
            return self.untouched()
        finally:
            outer.rollback()
            self.env.invalidate_all()
            self.registry.clear_cache("stable")
            self.request = request

    def test_forty_attacks_and_more(self):
        self.assertGreaterEqual(len(ATTACKS), 40)
        for name, run in ATTACKS.items():
            with self.subTest(name):
                self.assertTrue(self.run_attack(run), "the attack succeeded")

    def test_the_table_would_notice(self):
        self.assertFalse(self.run_attack(lambda case: approve(case, case.checker)))
        self.assertFalse(
            self.run_attack(lambda case: case.partner.sudo().write({"vat": "EVIL"}))
        )
