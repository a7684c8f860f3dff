from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..engine.customer_file.checking import run_checks
from ..engine.customer_file.fields import DIMENSION_PREFIX, is_reference
from ..engine.customer_file.plan import CREATE, UPDATE, Existing, build, keys_of
from ..engine.customer_file.rows import ERROR, Column, Settings, read_rows
from ..engine.masking import mask
from ..engine.money import from_minor, to_minor
from ..engine.tabular.columns import as_text
from ..engine.tabular.numbers import FORMATS
from ..engine.text import compact, fold
from .customer_import_mapping import PARTNER_FIELDS
from .sensitive_values import clear_values

#: field code -> partner field, where the value is the same text
TEXTS = {
    "name": "name", "ref": "ref", "vat": "vat", "company_registry": "company_registry",
    "email": "email", "phone": "phone", "website": "website", "street": "street",
    "street2": "street2", "city": "city", "zip": "zip",
}  # fmt: skip
#: field code -> many2one of the partner
LINKS = {
    "state": "state_id", "payment_term": "property_payment_term_id",
    "salesperson": "user_id", "parent": "parent_id",
    "payment_cycle": "property_payment_term_id",
}  # fmt: skip
#: field code -> the field that may be masked for the clerk
SENSITIVE = {
    "phone": ("res.partner", "phone"),
    "contact_phone": ("res.partner", "phone"),
    "bank_account": ("res.partner.bank", "acc_number"),
}
KEYS = ["ref", "vat", "company_registry", "email", "name"]
_STAGE_SIZE = 2_000


class CustomerImportBatch(models.Model):
    """The dry run: rows read, checked, compared with the customers there are."""

    _inherit = "customer.import.batch"

    def action_check(self):
        """Show what the file would do; nothing is written but the rows of this import."""
        self._check_clerk()
        self._check_step("mapping", "check")
        for batch in self:
            batch._check_mapping()
            batch._forget_check()
            batch._apply_plan(*batch._load_plan())
        return True

    def action_back_to_mapping(self):
        """Forget the dry run and change how the columns are read."""
        self._check_clerk()
        self._check_step("check")
        self._forget_check()

    def _forget_check(self):
        # sudo: rows of a dry run are made and dropped by the import alone
        batches = self.sudo()
        batches.row_ids.unlink()
        batches.checked_at = False

    def _check_mapping(self):
        self.ensure_one()
        codes = set(self.mapping_ids.mapped("field_code"))
        if not codes & {"name", "ref", "vat"}:
            raise UserError(
                self.env._(
                    "No column is the name, the customer code or the tax ID. Choose the "
                    "field of at least one of them under “Columns”."
                )
            )
        partner = self.env["res.partner"]
        labels = dict(self.env["customer.import.mapping"]._selection_field_code())
        for code in filter(None, codes):
            name = PARTNER_FIELDS.get(code)
            if code.startswith(DIMENSION_PREFIX):
                name = self._dimension_column(code)
            field = partner._fields.get(name)
            if name and not (field and partner._has_field_access(field, "write")):
                raise UserError(
                    self.env._(
                        "You have no right to write “%(field)s”. Leave the field of this "
                        "column empty, or let somebody who has it load the file.",
                        field=labels[code],
                    )
                )

    # -- load -----------------------------------------------------------------------------

    def _load_plan(self):
        """The plan of the file, and its rows as they stand in it."""
        _table, sheet = self._load_table()
        raw = sheet.rows[self._header_position(sheet) + 1 :]
        settings = self._load_settings()
        rows = run_checks(read_rows(raw, self._columns(), settings), settings)
        rows = self._refuse_closed(rows)
        # clear: compares the file with what is stored; what the user sees of it is masked
        with clear_values():
            existing = self._load_existing(rows)
        return build(rows, existing), raw, settings

    def _columns(self):
        return [
            Column(line.position, line.heading, line.field_code)
            for line in self.mapping_ids
            if line.field_code
        ]

    def _load_settings(self):
        codes = [code for code in self.mapping_ids.mapped("field_code") if code]
        return Settings(
            country=self.country_id.code or "",
            countries=self._load_countries() if "country" in codes else {},
            numbers=FORMATS[self.number_format],
            digits=self.company_id.currency_id.decimal_places,
            references=self._load_references(filter(is_reference, codes)),
        )

    def _load_existing(self, rows):
        """The customers that share a key with a row, with all the values a file can change.

        Internal users and the companies themselves are not customers: a file never
        reaches them.
        """
        wanted = {kind: set() for kind in ("ref", "vat", "email", "name")}
        for row in rows:
            for kind, keys in keys_of(row.values).items():
                wanted[kind] |= keys
        partners = self._partners().search_fetch(
            [
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id)),
                ("partner_share", "=", True),
                ("ref_company_ids", "=", False),
            ],
            KEYS,
        )
        found = partners.filtered(
            lambda partner: any(
                keys & wanted[kind]
                for kind, keys in keys_of(
                    {key: partner[key] or "" for key in KEYS}
                ).items()
            )
        )
        return self._read_existing(found)

    def _partners(self):
        """Partners as this company sees them, archived ones too."""
        return (
            self.env["res.partner"]
            .with_company(self.company_id)
            .with_context(active_test=False)
        )

    def _read_existing(self, partners):
        codes = {code for code in self.mapping_ids.mapped("field_code") if code}
        accounts = self._read_accounts(partners)
        contacts = self._read_contacts(partners)
        return [
            Existing(
                partner.id,
                self._current_values(partner, codes | set(KEYS)),
                frozenset(accounts.get(partner.id, ())),
                contacts.get(partner.id, {}),
                not partner.active,
            )
            for partner in partners
        ]

    def _read_accounts(self, partners):
        accounts = {}
        for partner, number in self.env["res.partner.bank"]._read_group(
            [("partner_id", "in", partners.ids)], ["partner_id", "sanitized_acc_number"]
        ):
            accounts.setdefault(partner.id, set()).add(compact(number or ""))
        return accounts

    def _read_contacts(self, partners):
        contacts = {}
        for contact in self._partners().search_fetch(
            [("parent_id", "in", partners.ids), ("type", "=", "contact")],
            ["parent_id", "name", "email", "phone", "function"],
        ):
            contacts.setdefault(contact.parent_id.id, {})[fold(contact.name or "")] = {
                "contact_email": contact.email or "",
                "contact_phone": contact.phone or "",
                "contact_function": contact.function or "",
            }
        return contacts

    def _current_values(self, partner, codes):
        """The values of a partner in the form in which a file's values are compared."""
        values = {}
        for code in codes:
            value = self._current_value(partner, code)
            if value or value is False and code == "is_company":
                values[code] = value
        return values

    def _current_value(self, partner, code):
        if code in TEXTS:
            return partner[TEXTS[code]] or ""
        if code in LINKS:
            return partner[LINKS[code]].id
        if code.startswith(DIMENSION_PREFIX):
            return partner[self._dimension_column(code)].id
        if code == "country":
            return partner.country_id.code or ""
        if code == "lang":
            return self.env["res.lang"]._get_data(code=partner.lang).id
        if code == "tags":
            return tuple(sorted(partner.category_id.ids))
        if code == "comment":
            return html2plaintext(partner.comment or "").strip()
        if code == "credit_limit":
            digits = self.company_id.currency_id.decimal_places
            return from_minor(to_minor(partner.credit_limit, digits), digits)
        return partner.is_company if code == "is_company" else ""

    def _dimension_column(self, code):
        dimension = self.env["customer.dimension"].browse(
            int(code[len(DIMENSION_PREFIX) :])
        )
        return dimension._column_name()

    # -- apply: the rows of the dry run ---------------------------------------------------

    def _apply_plan(self, plan, raw, settings):
        """Keep what was read and found as rows of this import."""
        names = self._reference_names(plan)
        values = [
            self._prepare_row(row_plan, raw_row, names)
            for row_plan, raw_row in zip(plan.rows, raw, strict=True)
        ]
        # sudo: rows are what the file says; users may only choose what becomes of them
        rows = self.env["customer.import.row"].sudo()
        for start in range(0, len(values), _STAGE_SIZE):
            rows.create(values[start : start + _STAGE_SIZE])
        # sudo: figures of the dry run are the import's
        self.sudo().write({"checked_at": fields.Datetime.now(), "read_count": len(raw)})

    def _prepare_row(self, plan, raw_row, names):
        row = plan.row
        severities = {finding.severity for finding in row.findings}
        return {
            "batch_id": self.id,
            "number": row.number,
            "name": row.text("name")[:200],
            "ref": row.text("ref"),
            "raw": [as_text(cell)[:500] for cell in raw_row.cells],
            "values": {code: _to_json(value) for code, value in row.values.items()},
            "status": plan.status,
            "choice": plan.status if plan.status in (CREATE, UPDATE) else "skip",
            "has_warning": bool(severities - {ERROR}),
            "matched_by": plan.matched_by,
            "partner_id": plan.partner_id or False,
            "findings": [
                {"severity": f.severity, "code": f.code, "params": _plain(f.params)}
                for f in row.findings
            ],
            "diff": [
                [c.field, self._shown_old(c, names), _shown(c.field, c.new, names)]
                for c in plan.changes
            ],
        }

    def _shown_old(self, change, names):
        """The stored value a row would replace, as the clerk may see it."""
        shown = _shown(change.field, change.old, names)
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        rule = rules.get(SENSITIVE.get(change.field))
        return mask(shown, rule.visible) if rule and isinstance(shown, str) else shown

    def _reference_names(self, plan):
        """Names of the records that the plan's changes speak of, by field and id."""
        ids = {}
        for row_plan in plan.rows:
            for change in row_plan.changes:
                if is_reference(change.field):
                    for value in (change.old, change.new):
                        found = value if isinstance(value, tuple) else (value,)
                        ids.setdefault(change.field, set()).update(filter(None, found))
        names = {}
        for code, found in ids.items():
            # sudo: names of records that the user's own file or customers name
            records = self.env[self._reference_model(code)].sudo().browse(found)
            names[code] = {record.id: record.display_name for record in records}
        return names

    def _reference_model(self, code):
        if code.startswith(DIMENSION_PREFIX):
            return "customer.category"
        return {
            "state": "res.country.state",
            "payment_term": "account.payment.term",
            "salesperson": "res.users",
            "lang": "res.lang",
            "tags": "res.partner.category",
            "parent": "res.partner",
        }[code]


def _to_json(value):
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _plain(params):
    """Parameters of a finding as JSON keeps them."""
    return {
        key: value if isinstance(value, (int, str)) else str(value)
        for key, value in params.items()
    }


def _shown(code, value, names):
    """A value as a person reads it in the list of changes."""
    if is_reference(code):
        found = value if isinstance(value, tuple) else (value,)
        return ", ".join(names[code].get(v, "") for v in found if v)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return str(value)
