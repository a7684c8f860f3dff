import json
import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.credit_hold import Standing
from ..engine.simulation.record import Recorded, load
from ..engine.simulation.replay import is_exact
from .ar_credit_check import VERDICTS

_logger = logging.getLogger(__name__)
HELD = ("approve", "block")


class ArCreditJudgement(models.Model):
    """A look of the hold rules at a document: what was known, which rules, what came out.

    Kept when a document passes, is refused, or a release is asked for, and never changed.
    Where no rule is in force and no customer on hold, nothing is looked at and nothing kept.
    The verdict can be found again from ``record``; simulations look again under other rules.
    """

    _name = "ar.credit.judgement"
    _description = "Credit Judgement"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "judged_on desc, id desc"
    _rec_name = "document_name"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    document_ref = fields.Char(readonly=True, index=True, groups=".")
    document_name = fields.Char(string="Document", readonly=True)
    stage = fields.Selection(
        [("invoice", "Posting"), ("order", "Confirming an Order")],
        string="Looked at before",
        required=True,
        readonly=True,
    )
    event = fields.Selection(
        [
            ("passed", "Passed"),
            ("refused", "Refused"),
            ("asked", "Release Requested"),
        ],
        string="What Happened",
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    judged_on = fields.Date(string="Looked at on", required=True, readonly=True)
    verdict = fields.Selection(
        VERDICTS,
        string="Credit Check",
        required=True,
        readonly=True,
    )
    record = fields.Json(string="Standing as Data", readonly=True)
    hits_text = fields.Text(string="What Was Found", compute="_compute_texts")
    exposure_amount = fields.Monetary(
        string="Exposure without It", compute="_compute_texts"
    )
    allowed_amount = fields.Monetary(
        string="Allowed Exposure",
        compute="_compute_texts",
        help="Limit, temporary limits and cover of that day.",
    )
    overdue_amount = fields.Monetary(string="Overdue", compute="_compute_texts")
    grade_id = fields.Many2one("ar.credit.grade", compute="_compute_texts")
    rule_count = fields.Integer(string="Rules", compute="_compute_texts")
    is_exact = fields.Boolean(
        string="Comes Out Again",
        compute="_compute_is_exact",
        help="Looked at again with what was known and the rules of then, the verdict is the "
        "same.",
    )

    _company_day_idx = models.Index("(company_id, judged_on, partner_id)")

    # -- what was known -------------------------------------------------------------------

    def _recorded(self):
        """The look as the engine replays it."""
        self.ensure_one()
        minor = self.company_id._ar_minor
        bare = Recorded(
            self.id,
            self.id,
            self.partner_id.id,
            self.judged_on,
            self.stage,
            minor(self.amount),
            Standing(),
            verdict=self.verdict,
            has_passed=self.event == "passed",
        )
        return load(bare, self.record)

    @api.depends("record", "verdict")
    def _compute_is_exact(self):
        for one in self:
            one.is_exact = is_exact(one._recorded())

    @api.depends("record")
    @api.depends_context("lang")
    def _compute_texts(self):
        check = self.env["ar.credit.check"]
        for one in self:
            kept = one._recorded()
            amount = one.company_id._ar_amount
            one.hits_text = "\n".join(check._sentences(kept.hits, one.company_id))
            one.exposure_amount = amount(kept.standing.exposure)
            one.allowed_amount = amount(kept.standing.allowed or 0)
            one.overdue_amount = amount(kept.standing.overdue)
            one.grade_id = kept.standing.grade_id or False
            one.rule_count = len(kept.rules)

    @api.depends("document_name", "move_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            # sudo: tells the name of its document to all who may read it
            document = one.sudo()._document()
            one.display_name = document.display_name if document else one.document_name

    @api.model
    def _document_fields(self):
        """Fields that point to documents; extend for further kinds."""
        return ["move_id"]

    def _document(self):
        for name in self._document_fields():
            if self[name]:
                return self[name]
        return None

    def action_open_document(self):
        """The document that was looked at."""
        self.check_access("read")
        self.ensure_one()
        document = self._document()
        if not document:
            raise UserError(self.env._("The document is gone."))
        return document.get_formview_action()

    # -- keeping --------------------------------------------------------------------------

    @api.model
    def _keep(self, looks, event):
        """Keep looks in the transaction in which the documents pass."""
        # sudo: nobody has the right to write these; the check itself does
        return self.sudo()._insert([{**vals, "event": event} for vals in looks])

    @api.model
    def _keep_refused(self, looks):
        """Keep what was held; the refusal takes back the transaction it is in.

        Therefore after its end, whichever way it ends, and in one of its own: by then it
        holds no lock that this one would wait for.
        """
        held = [vals for vals in looks if vals["verdict"] in HELD]
        if held:
            keep = partial(_keep_apart, self.env.registry, self.env.uid, held)
            self.env.cr.postcommit.add(keep)
            self.env.cr.postrollback.add(keep)

    @api.model
    def _insert_refused(self, looks):
        """Once per document, day and finding; what is gone with the refusal is left out."""
        # sudo: as in _keep
        judgements = self.sudo()
        known = {
            (one.document_ref, one.judged_on, _as_text(one.record["hits"]))
            for one in judgements.search(
                [
                    ("document_ref", "in", [vals["document_ref"] for vals in looks]),
                    ("event", "=", "refused"),
                ]
            )
        }
        new = []
        for vals in looks:
            hits = _as_text(vals["record"]["hits"])
            key = vals["document_ref"], vals["judged_on"], hits
            if key in known or not judgements._still_there("partner_id", vals):
                continue
            links = {
                name: judgements._still_there(name, vals)
                for name in self._document_fields()
                if vals.get(name)
            }
            new.append({**vals, **links})
        return judgements._keep(new, "refused")

    def _still_there(self, name, vals):
        """The id a field points to, or False where the record is gone."""
        return self.env[self._fields[name].comodel_name].browse(vals[name]).exists().id


def _as_text(hits):
    return json.dumps(hits, sort_keys=True)


def _keep_apart(registry, uid, looks):
    """In a transaction of its own; that a trace is missing must not stop anything else."""
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, uid, {})
            env["ar.credit.judgement"]._insert_refused(looks)
    except Exception:  # noqa: BLE001 - the refusal itself has reached the user
        _logger.warning("a refused document was not recorded", exc_info=True)
