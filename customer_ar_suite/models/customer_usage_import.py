from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import EngineError
from ..engine.usage import as_number, read_count
from .engine_messages import engine_message, user_error
from .safe_io import run_parser

#: rows a call may bring
MOST_ROWS = 5_000
PROBLEMS = ("unknown_customer", "ambiguous_customer", "unknown_kind", "twice")


class CustomerUsageImport(models.Model):
    """A file of usage counts on its way in: read, compared, loaded, undone.

    Reading writes no count. Customers are known by their number, kinds by code or name.
    """

    _name = "customer.usage.import"
    _description = "Import of Usage"
    _inherit = ["ar.staged.file.mixin", "customer.file.purge"]
    _purge_field = "file"

    faults_json = fields.Json(readonly=True, groups=".")
    fault_text = fields.Text(string="Rows Not Read", compute="_compute_fault_text")
    line_ids = fields.One2many("customer.usage.import.line", "import_id", readonly=True)
    new_count = fields.Integer(string="New", compute="_compute_counts")
    change_count = fields.Integer(string="Changed", compute="_compute_counts")
    same_count = fields.Integer(string="Unchanged", compute="_compute_counts")
    problem_count = fields.Integer(string="Not Usable", compute="_compute_counts")

    @api.depends("faults_json")
    @api.depends_context("lang")
    def _compute_fault_text(self):
        # sudo: sentences about rows of the file, for whoever reads the import
        for one in self.sudo():
            faults = [
                EngineError(code, **params) for code, params in one.faults_json or ()
            ]
            one.fault_text = "\n".join(engine_message(self.env, f) for f in faults)

    @api.depends("line_ids.status")
    def _compute_counts(self):
        counts = {
            (one.id, status): count
            for one, status, count in self.env[
                "customer.usage.import.line"
            ]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "status"], ["__count"]
            )
        }
        for one in self:
            one.new_count = counts.get((one.id, "new"), 0)
            one.change_count = counts.get((one.id, "change"), 0)
            one.same_count = counts.get((one.id, "same"), 0)
            one.problem_count = sum(counts.get((one.id, code), 0) for code in PROBLEMS)

    def _purge_domain(self):
        """What was decided needs its file no more; its counts stay."""
        return [("state", "!=", "staged")]

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _stage(self, name, content, company):
        """Read a file and compare it with what is there; nothing is loaded yet."""
        self.env["customer.usage"]._check_writer()
        today = fields.Date.context_today(self)
        try:
            found = run_parser("usage:read_usage", content, filename=name, today=today)
        except EngineError as error:
            raise user_error(self.env, error) from error
        if not found.counts and not found.faults:
            raise UserError(self.env._("%(file)s holds no counts.", file=name))
        faults = [[one.code, one.params] for one in found.faults[:50]]
        staged = self._stage_file(name, content, company, faults_json=faults)
        staged._compare(found.counts)
        return staged

    def _compare(self, counts):
        """The lines of the file with what each would do."""
        usage = self.env["customer.usage"]
        customers = self._customers(self.company_id, {one.customer for one in counts})
        kinds = self._kinds()
        keys = [self._key(one, customers, kinds) for one in counts]
        known = usage._existing(
            self.company_id, [key for key in keys if None not in key]
        )
        seen, lines = set(), []
        for one, key in zip(counts, keys, strict=True):
            status, old = self._status(one, key, customers, known, seen)
            seen.add(key)
            partner_id, kind_id, month = key
            lines.append(
                Command.create(
                    {
                        "row": one.row,
                        "customer_text": one.customer,
                        "kind_text": one.kind,
                        "partner_id": partner_id,
                        "kind_id": kind_id,
                        "month": month,
                        "value": float(as_number(one.value)),
                        "old_value": old,
                        "status": status,
                    }
                )
            )
        # sudo: see _stage_file
        self.sudo().line_ids = [Command.clear(), *lines]

    @api.model
    def _key(self, one, customers, kinds):
        found = customers.get(one.customer, [])
        partner_id = found[0] if len(found) == 1 else None
        return partner_id, kinds.get(one.kind.casefold()), one.month

    @api.model
    def _status(self, one, key, customers, known, seen):
        """What a row would do, and the count there is."""
        partner_id, kind_id, _month = key
        if not partner_id:
            several = len(customers.get(one.customer, [])) > 1
            return ("ambiguous_customer" if several else "unknown_customer"), 0
        if not kind_id:
            return "unknown_kind", 0
        if key in seen:
            return "twice", 0
        row = known.get(key)
        if not row:
            return "new", 0
        value = float(as_number(one.value))
        same = fields.Float.compare(row.value, value, precision_digits=2) == 0
        return ("same" if same else "change"), row.value

    @api.model
    def _customers(self, company, references):
        """{number: ids of the customers who have it}, of those this user may see."""
        partners = self.env["res.partner"].search_fetch(
            [
                ("ref", "in", sorted(references)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, company.id)),
            ],
            ["ref"],
        )
        found = {}
        for partner in partners:
            found.setdefault(partner.ref, []).append(partner.id)
        return found

    @api.model
    def _kinds(self):
        """{code or name in any installed language, folded: id}."""
        kinds = self.env["customer.usage.kind"].search([])
        found = {}
        for lang, _name in self.env["res.lang"].get_installed():
            found |= {
                kind.name.casefold(): kind.id for kind in kinds.with_context(lang=lang)
            }
        return found | {kind.code.casefold(): kind.id for kind in kinds}

    # -- buttons --------------------------------------------------------------------------

    def action_check(self):
        """Compare again with what is there now."""
        self._check_role()
        self._take_step("staged", lambda one: one._recheck())

    def action_apply(self):
        """Load the counts; those that were there are kept for undoing."""
        self._check_role()
        self._take_step("staged", lambda one: one._apply())

    def action_undo(self):
        """Put back what was there before, but for what somebody has changed since."""
        self._check_role()
        self._take_step("applied", lambda one: one._undo())

    def action_cancel(self):
        """Give up a file that was only read."""
        self._check_role()
        self._take_step("staged", lambda one: one._set(state="cancelled"))

    def _check_role(self):
        self.env["customer.usage"]._check_writer()
        self.check_access("read")

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Imports of usage cannot be edited."))
        return super().write(vals)

    # -- applying -------------------------------------------------------------------------

    def _recheck(self):
        """Statuses by what is there at this moment."""
        usage = self.env["customer.usage"]
        lines = self.line_ids.filtered(
            lambda line: line.status in ("new", "change", "same")
        )
        known = usage._existing(self.company_id, [line._key() for line in lines])
        for line in lines:
            row = known.get(line._key())
            old = row.value if row else 0
            same = row and not fields.Float.compare(old, line.value, precision_digits=2)
            # sudo: see _stage_file
            line.sudo().write(
                {
                    "old_value": old,
                    "status": "same" if same else "change" if row else "new",
                }
            )

    def _apply(self):
        self._recheck()
        lines = self.line_ids.filtered(lambda line: line.status in ("new", "change"))
        if not lines:
            raise UserError(
                self.env._(
                    "%(file)s changes nothing: there is nothing to load.",
                    file=self.name,
                )
            )
        self.env["customer.usage"]._store(
            self.company_id, {line._key(): line.value for line in lines}, "file"
        )
        # sudo: see _stage_file
        lines.sudo().write({"is_applied": True})
        self._set_applied()
        self._log("usage.load", {"count": len(lines)})

    def _undo(self):
        usage = self.env["customer.usage"]
        lines = self.line_ids.filtered("is_applied")
        known = usage._existing(self.company_id, [line._key() for line in lines])
        kept = 0
        for line in lines:
            row = known.get(line._key())
            if not row or fields.Float.compare(
                row.value, line.value, precision_digits=2
            ):
                kept += 1
            elif line.status == "new":
                # sudo: what the import made goes with it; the role was checked
                row.sudo().unlink()
            else:
                row.value = line.old_value
        self._set(state="undone")
        self._log("usage.undo", {"count": len(lines) - kept, "kept": kept})


class CustomerUsageImportLine(models.Model):
    """One count of a file, and what loading it does."""

    _name = "customer.usage.import.line"
    _description = "Row of a Usage File"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "import_id, row, id"
    _rec_name = "customer_text"

    import_id = fields.Many2one(
        "customer.usage.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    row = fields.Integer(readonly=True)
    customer_text = fields.Char(string="Customer No.", readonly=True)
    kind_text = fields.Char(string="Usage in the File", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    kind_id = fields.Many2one(
        "customer.usage.kind", string="Usage", readonly=True, ondelete="cascade"
    )
    month = fields.Date(readonly=True)
    value = fields.Float(string="Counted", digits=(16, 2), readonly=True)
    old_value = fields.Float(string="Before", digits=(16, 2), readonly=True)
    is_applied = fields.Boolean(readonly=True)
    status = fields.Selection(
        [
            ("new", "New"),
            ("change", "Changed"),
            ("same", "Unchanged"),
            ("unknown_customer", "No Such Customer"),
            ("ambiguous_customer", "Several Customers"),
            ("unknown_kind", "No Such Usage"),
            ("twice", "Twice in the File"),
        ],
        required=True,
        readonly=True,
    )

    def _key(self):
        return self.partner_id.id, self.kind_id.id, self.month


class CustomerUsage(models.Model):
    """The same by a call of another system."""

    _inherit = "customer.usage"

    @api.model
    def api_upsert(self, rows):
        """Load counts of a month each.

        :param rows: ``[{"customer": "C1", "month": "2026-10", "kind": "sign_ins", "value": 7},
            …]``
        :return: one ``{"result": "created" | "updated" | "unchanged" | "refused", "error": …}``
            per row, in their order; refused rows stop no other
        """
        self._check_writer()
        self.check_access("create")
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            raise UserError(
                self.env._("Send a list of at most %(limit)s rows.", limit=MOST_ROWS)
            )
        company, answers, counts = self.env.company, [], []
        for number, row in enumerate(rows, 1):
            try:
                counts.append((number, self._read_row(number, row)))
                answers.append({"result": "refused", "error": ""})
            except EngineError as error:
                text = engine_message(self.env, error)
                answers.append({"result": "refused", "error": text})
        self._upsert(company, counts, answers)
        return answers

    @api.model
    def _read_row(self, number, row):
        row = row if isinstance(row, dict) else {}
        names = ("customer", "month", "kind", "value")
        cells = {name: str(row.get(name, "")) for name in names}
        return read_count(number, cells, fields.Date.context_today(self))

    @api.model
    def _upsert(self, company, counts, answers):
        imports = self.env["customer.usage.import"]
        customers = imports._customers(company, {one.customer for _n, one in counts})
        kinds = imports._kinds()
        labels = dict(
            self.env["customer.usage.import.line"]
            ._fields["status"]
            ._description_selection(self.env)
        )
        keys = {n: imports._key(one, customers, kinds) for n, one in counts}
        whole = [key for key in keys.values() if None not in key]
        known, seen, values = self._existing(company, whole), set(), {}
        results = {"new": "created", "change": "updated", "same": "unchanged"}
        for number, one in counts:
            key = keys[number]
            status, _old = imports._status(one, key, customers, known, seen)
            seen.add(key)
            answer = answers[number - 1]
            if status in results:
                answer["result"] = results[status]
                values[key] = float(as_number(one.value))
            else:
                answer["error"] = labels[status]
        if values:
            self._store(company, values, "api")
            self.env["customer.audit.entry"]._ar_log_event(
                "usage.load", self._name, {"count": len(values), "source": "api"}
            )
