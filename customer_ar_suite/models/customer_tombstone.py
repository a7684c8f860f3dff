import hashlib
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, json_default

#: left out of what is kept: derived, technical, or pictures that say nothing in court
SKIPPED = ("binary", "json", "properties", "reference", "many2one_reference")
SECRET = "password", "signup", "token"


class CustomerTombstone(models.Model):
    """What is left of a customer that was closed or deleted: who, when, why, and the data.

    Written once by the closing request; ``create`` and ``write`` refuse everybody and the
    database refuses UPDATE, DELETE and TRUNCATE. It points to no contact, so nothing that
    happens to contacts reaches it. Only auditors and administrators read it.
    """

    _name = "customer.tombstone"
    _description = "Tombstone"
    _inherit = ["ar.locked.mixin"]
    _order = "id desc"
    _rec_name = "customer_name"
    _log_access = False

    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("close", "Closed"), ("delete", "Deleted")],
        string="What Happened",
        required=True,
        readonly=True,
    )
    former_id = fields.Integer(string="Former ID", required=True, readonly=True)
    customer_name = fields.Char(string="Customer", readonly=True, index="trigram")
    customer_ref = fields.Char(string="Number", readonly=True)
    customer_vat = fields.Char(string="Tax ID", readonly=True)
    reason = fields.Text(readonly=True)
    maker_id = fields.Many2one(
        "res.users",
        string="Requested by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    requested_at = fields.Datetime(string="Requested on", readonly=True)
    approver_id = fields.Many2one(
        "res.users",
        string="Approved by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    approved_at = fields.Datetime(string="Approved on", readonly=True)
    request_id = fields.Many2one(
        "customer.closing.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    content = fields.Text(string="Data", readonly=True, help="Canonical JSON.")
    digest = fields.Char(string="Fingerprint", required=True, readonly=True)
    content_html = fields.Html(compute="_compute_content_html", sanitize=False)
    is_intact = fields.Boolean(compute="_compute_is_intact")

    _full_or_emptied = models.Constraint(
        "CHECK (content IS NOT NULL OR emptied_on IS NOT NULL)",
        "A tombstone says what was there.",
    )
    _two_people = models.Constraint(
        "CHECK (approver_id <> maker_id)", "Somebody else has approved."
    )

    def init(self):
        """Let the database itself refuse to change what was written."""
        self.env.cr.execute(
            SQL("""
            CREATE OR REPLACE FUNCTION customer_tombstone_refuse() RETURNS trigger AS $$
            DECLARE
                gone text[] := ARRAY['emptied_on', 'content', 'reason', 'customer_name',
                                     'customer_ref', 'customer_vat'];
            BEGIN
                -- what was known of the customer may be removed for good, and nothing else
                IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
                    IF old.emptied_on IS NULL AND new.emptied_on IS NOT NULL
                        AND new.content IS NULL AND new.reason IS NULL
                        AND new.customer_name IS NULL AND new.customer_ref IS NULL
                        AND new.customer_vat IS NULL
                        AND to_jsonb(new) - gone = to_jsonb(old) - gone
                    THEN
                        RETURN new;
                    END IF;
                END IF;
                RAISE EXCEPTION 'customer_tombstone is append-only';
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER customer_tombstone_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_tombstone
                FOR EACH ROW EXECUTE FUNCTION customer_tombstone_refuse();
            CREATE OR REPLACE TRIGGER customer_tombstone_refuse_truncate
                BEFORE TRUNCATE ON customer_tombstone
                FOR EACH STATEMENT EXECUTE FUNCTION customer_tombstone_refuse();
        """)
        )

    # -- reading --------------------------------------------------------------------------

    @api.depends("content", "digest", "emptied_on")
    def _compute_is_intact(self):
        for stone in self:
            stone.is_intact = (
                bool(stone.emptied_on) or _digest(stone.content or "") == stone.digest
            )

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_content_html(self):
        """The data as tables one can read, every value escaped."""
        for stone in self:
            data = json.loads(stone.content or "{}")
            stone.content_html = Markup().join(
                Markup("<h4>%s</h4>%s") % (title, self._as_table(model, rows))
                for key, title, model in self._sections()
                if (rows := data.get(key))
            )

    def _sections(self):
        return (
            ("customer", self.env._("Customer"), "res.partner"),
            ("contacts", self.env._("Contacts and addresses"), "res.partner"),
            ("bank_accounts", self.env._("Bank accounts"), "res.partner.bank"),
            (
                "categories",
                self.env._("Categories"),
                "customer.category.assignment",
            ),
            ("attachments", self.env._("Attachments"), "ir.attachment"),
            ("approvals", self.env._("Approvals"), "customer.closing.vote"),
        )

    def _as_table(self, model, rows):
        # sudo: what a field is called is no secret
        described = (
            self.env[model].sudo().fields_get(attributes=["string", "selection"])
        )
        body = Markup().join(
            Markup("<tr><th scope='row'>%s</th><td>%s</td></tr>")
            % (field.get("string", name), self._shown(value, field))
            for row in rows
            for name, value in row.items()
            for field in [described.get(name, {})]
        )
        return Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % body

    def _shown(self, value, field):
        """A value in the reader's language, as far as it is one of a list."""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        options = dict(field.get("selection") or ())
        if isinstance(value, str) and value in options:
            return options[value]
        return _readable(value)

    # -- writing --------------------------------------------------------------------------

    @api.model
    def _raise(self, request, family):
        """Write down everything about the customer before it goes."""
        customer = request.partner_id
        content = json.dumps(
            self._snapshot(customer, family) | {"approvals": self._approvals(request)},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            default=json_default,
        )
        return self._insert(
            [
                {
                    "at": fields.Datetime.now(),
                    "company_id": request.company_id.id,
                    "kind": request.kind,
                    "former_id": customer.id,
                    "customer_name": customer.name,
                    "customer_ref": customer.ref,
                    "customer_vat": customer.vat,
                    "reason": request.reason,
                    "maker_id": request.maker_id.id,
                    "requested_at": request.requested_at,
                    "approver_id": request.checker_id.id,
                    "approved_at": request.decided_at,
                    "request_id": request.id,
                    "content": content,
                    "digest": _digest(content),
                }
            ]
        )

    def _snapshot(self, customer, family):
        assignments = self.env["customer.category.assignment"].search(
            [("partner_id", "in", family.ids)], order="id"
        )
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", family.ids)],
            order="id",
        )
        banks = family.with_context(active_test=False).bank_ids
        return {
            "customer": self._rows(customer),
            "contacts": self._rows(family - customer),
            "bank_accounts": self._rows(banks),
            "categories": self._rows(assignments),
            "attachments": [
                {"name": one.name, "checksum": one.checksum} for one in attachments
            ],
        }

    def _approvals(self, request):
        return [
            {
                "user_id": vote.user_id.display_name,
                "verdict": vote.verdict,
                "decided_at": vote.decided_at,
            }
            for vote in request.vote_ids
        ]

    def _rows(self, records):
        names = [
            name for name, field in records._fields.items() if self._is_kept(field)
        ]
        return [
            {
                "id": record.id,
                **{
                    name: value
                    for name in names
                    if (value := self._value(record, name)) not in (False, None, "", [])
                },
            }
            for record in records
        ]

    @api.model
    def _is_kept(self, field):
        """Stored values and tags of any addon, but no pictures and no secrets."""
        return (
            (field.store or field.company_dependent)
            and field.type not in SKIPPED
            and field.type != "one2many"
            and field.name != "id"
            and not (field.compute and not field.store)
            and not any(word in field.name for word in SECRET)
        )

    def _value(self, record, name):
        """Plain data; what each company says for itself, by company."""
        field = record._fields[name]
        if not field.company_dependent:
            return _plain(field, record[name])
        values = {}
        # sudo: the tombstone keeps what was, in all companies
        for company in self.env["res.company"].sudo().search([]):
            value = _plain(field, record.with_company(company)[name])
            if value not in (False, None, "", 0, 0.0):
                values[company.name] = value
        return values or False


def _plain(field, value):
    if field.type == "many2one":
        return value.display_name if value else False
    if field.type == "many2many":
        return value.mapped("display_name")
    return value


def _readable(value):
    if isinstance(value, dict):
        return " · ".join(f"{name}: {_readable(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _digest(content):
    return hashlib.sha256(content.encode()).hexdigest()
