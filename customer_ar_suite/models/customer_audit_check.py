from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.audit import Checker

#: positions of the chain per item of a check
RANGE = 50000
#: findings kept per item; more of the same tell nothing new
MOST = 200
GROUPS = (
    "customer_ar_suite.customer_ar_suite_group_auditor,"
    "customer_ar_suite.customer_ar_suite_group_administrator"
)


class CustomerAuditCheck(models.Model):
    """A check of the audit log: is every sealed entry still there, unchanged, in its place?

    It reads the same lines as the export and the stand-alone checker and uses the same
    engine. Who checked when, and what came out, is kept.
    """

    _name = "customer.audit.check"
    _description = "Audit Check"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _rec_name = "display_name"

    _run_item_model = "customer.audit.check.item"
    _run_item_field = "check_id"
    _run_interactive_limit = 4
    _run_chunk_size = 1

    item_ids = fields.One2many("customer.audit.check.item", "check_id", readonly=True)
    finding_ids = fields.One2many(
        "customer.audit.finding", "check_id", string="Findings", readonly=True
    )
    heads_text = fields.Text(
        string="Heads Kept Elsewhere",
        readonly=True,
        help="Heads from e-mails or files outside the database. Only with them the check "
        "finds out that the end of the log was cut off or an old state restored.",
    )
    head_count = fields.Integer(string="Heads Compared", readonly=True)
    entry_count = fields.Integer(string="Entries Checked", compute="_compute_counts")
    unsealed_count = fields.Integer(string="Not Sealed Yet", compute="_compute_counts")
    erased_count = fields.Integer(string="Erased Details", compute="_compute_counts")
    finding_count = fields.Integer(
        string="Number of Findings", compute="_compute_counts"
    )
    verdict = fields.Selection(
        [("open", "Not Finished"), ("good", "Intact"), ("bad", "Tampered With")],
        compute="_compute_counts",
    )
    last_seal = fields.Integer(string="Checked up to Seal", readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Check %(number)s", number=check.id)

    @api.depends("run_state", "item_ids.entry_count", "finding_ids")
    def _compute_counts(self):
        for check in self:
            for name in ("entry_count", "unsealed_count", "erased_count"):
                check[name] = sum(check.item_ids.mapped(name))
            check.finding_count = len(check.finding_ids)
            if check.finding_ids:
                check.verdict = "bad"
            else:
                check.verdict = "good" if check.run_state == "done" else "open"

    # -- who may ---------------------------------------------------------------------------

    @api.model
    def _check_auditor(self):
        if not self.env.su and not self.env.user.has_groups(GROUPS):
            raise AccessError(
                self.env._("Only auditors and administrators check the audit log.")
            )

    def _check_run_access(self):
        self._check_auditor()
        self.check_access("read")

    # -- the run ---------------------------------------------------------------------------

    @api.model
    def _start_check(self, heads_text=""):
        """Check the whole log; a long one goes to the background."""
        self._check_auditor()
        seals = self.env["customer.audit.seal"]
        if not seals._keys():
            raise UserError(seals._key_problem())
        # sudo: auditors write nothing else; the record keeps what they found
        check = self.sudo().create({"heads_text": heads_text})
        check._load_items()
        self.env["customer.audit.entry"]._ar_log("audit.check", check)
        check._start_run()
        return check.with_env(self.env)

    def _load_items(self):
        """One item per some ten thousand links; the last one takes what is not sealed."""
        seals = self.env["customer.audit.seal"]._seal_rows(1, None)
        self.last_seal = seals[-1]["id"] if seals else 0
        pieces, first, start = [], 1, 0
        for seal in seals:
            if seal["last_seq"] - start >= RANGE:
                pieces.append((first, seal["id"]))
                first, start = seal["id"] + 1, seal["last_seq"]
        pieces.append((first, None))
        self.env["customer.audit.check.item"].create(
            [
                {"check_id": self.id, "first_seal": first, "last_seal": last}
                for first, last in pieces
            ]
        )

    def _load_heads(self):
        """Heads from the configured folder and from what was pasted."""
        seals = self.env["customer.audit.seal"]
        lines = (self.heads_text or "").splitlines()
        heads = seals._heads_outside() + seals._parse_heads(lines)
        self.head_count = len(heads)
        return heads

    def _apply_items(self, items):
        seals = self.env["customer.audit.seal"]
        keys = {key.id: key for key in seals._keys()}
        erased = seals._erasures()
        for item in items:
            heads = item.check_id._load_heads()
            checker = Checker(keys, item._heads_of(heads), most=MOST)
            checker.expect_erasures(erased)
            for line in seals._export_lines(
                item.first_seal, item.last_seal or None, not item.last_seal
            ):
                checker.feed(line)
            item._keep(checker, checker.finish())
            if not item.last_seal:
                item._compare_records()

    def _run_user(self):
        """The check reads by itself, whoever asked for it."""
        return self.env.ref("base.user_root")

    # -- screens ---------------------------------------------------------------------------

    def action_view_findings(self):
        """The entries that findings name."""
        self.check_access("read")
        refs = [finding.entry_ref for finding in self.finding_ids if finding.entry_ref]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_audit_entry_action"
            ),
            "domain": [("id", "in", refs)],
            "context": {},
        }


class CustomerAuditCheckItem(models.Model):
    """A stretch of seals, checked on its own."""

    _name = "customer.audit.check.item"
    _description = "Part of an Audit Check"
    _inherit = ["ar.run.item.mixin"]

    check_id = fields.Many2one(
        "customer.audit.check", required=True, index=True, ondelete="cascade"
    )
    first_seal = fields.Integer(string="From Seal", readonly=True)
    last_seal = fields.Integer(string="To Seal", readonly=True)
    entry_count = fields.Integer(string="Entries", readonly=True)
    unsealed_count = fields.Integer(string="Not Sealed Yet", readonly=True)
    erased_count = fields.Integer(string="Erased Details", readonly=True)

    def _heads_of(self, heads):
        """The heads that fall into this stretch."""
        return [
            head
            for head in heads
            if head["seal"] >= self.first_seal
            and (not self.last_seal or head["seal"] <= self.last_seal)
        ]

    def _keep(self, checker, findings):
        self.write(
            {
                "entry_count": checker.entry_count,
                "unsealed_count": checker.unsealed_count,
                "erased_count": checker.erased_count,
            }
        )
        self._find(
            [
                {
                    "code": finding.code,
                    "position": finding.seq,
                    "entry_ref": finding.entry,
                    "seal_ref": finding.seal,
                    "detail": finding.detail,
                }
                for finding in findings
            ]
        )

    def _compare_records(self):
        """Are the records as the log says, and does the database record them?"""
        policies = self.env["customer.audit.policy"]
        self._find(
            [
                {"code": "record_differs", "detail": f"{model},{id_}: {names}"}
                for model, id_, names in policies._mismatches()
            ]
            + [
                {"code": "recording_off", "detail": policy.model}
                for policy in policies._current()
                if not policy.is_recording
            ]
        )

    def _find(self, findings):
        self.env["customer.audit.finding"].create(
            [{"check_id": self.check_id.id, **finding} for finding in findings]
        )


class CustomerAuditFinding(models.Model):
    """One thing in the log that does not fit, and where."""

    _name = "customer.audit.finding"
    _description = "Audit Finding"
    _order = "id"
    _rec_name = "code"

    check_id = fields.Many2one(
        "customer.audit.check", required=True, index=True, ondelete="cascade"
    )
    code = fields.Selection(
        [
            ("entry_changed", "Entry changed after it was sealed"),
            ("entry_missing", "Sealed entry deleted"),
            ("payload_changed", "Details of the entry changed"),
            ("payload_erased", "Details removed without a record of the erasure"),
            ("link_missing", "Entries cut out of the chain"),
            ("link_twice", "Two entries claim one position"),
            ("entry_unsealed", "Entry put in later, or its seal taken away"),
            ("entry_late", "Entry dated long before the seal in front of it"),
            ("entry_old_transaction", "Entry put in later into the past"),
            ("seal_changed", "Seal forged or changed"),
            ("seal_missing", "Seals missing"),
            ("seal_range", "Seal does not close the entries in front of it"),
            ("key_unknown", "Sealed with a key the server does not have"),
            ("head_missing", "End cut off or old state restored"),
            ("head_differs", "Log rewritten: another seal is kept elsewhere"),
            ("record_differs", "Record changed without an entry"),
            ("recording_off", "Recording switched off in the database"),
            ("file_damaged", "Line not readable"),
            ("file_incomplete", "Export cut off"),
        ],
        string="Finding",
        required=True,
        readonly=True,
    )
    position = fields.Integer(readonly=True)
    entry_ref = fields.Integer(string="Entry Number", readonly=True)
    seal_ref = fields.Integer(string="Seal Number", readonly=True)
    detail = fields.Char(readonly=True)
