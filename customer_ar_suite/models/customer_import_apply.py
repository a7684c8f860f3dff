import json
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..engine.customer_file.fields import BANK, CONTACT, DIMENSION_PREFIX
from ..engine.text import compact, fold
from .customer_import_stage import LINKS, TEXTS
from .sensitive_values import clear_values

_CONTACT_FIELDS = {
    "contact_name": "name",
    "contact_function": "function",
    "contact_email": "email",
    "contact_phone": "phone",
}


class CustomerImportBatch(models.Model):
    """Applying a dry run: customers created in bulk, updated where they differ."""

    _inherit = "customer.import.batch"

    def action_apply(self):
        """Create and update customers as the dry run shows; resumes where it stopped."""
        self._check_clerk()
        self._check_step("check", "apply")
        for batch in self:
            if batch.run_state == "draft" and not batch._prepare_run():
                raise UserError(
                    self.env._("There is nothing to apply: every row is skipped.")
                )
            batch._start_run()
        return True

    def _prepare_run(self):
        """Mark the rows nobody wants applied; return how many are left."""
        self.ensure_one()
        rows = self._run_items()
        self._set_item_state(rows.filtered(lambda row: row.choice == "skip"), "skipped")
        return self._count_todo()

    # -- the chunk ------------------------------------------------------------------------

    def _apply_items(self, items):
        creates = items.filtered(lambda row: row.choice == "create")
        updates = items.filtered(lambda row: row.choice == "update")
        self._check_still_new(creates)
        # clear: writes where the stored value differs, and keeps it for undoing
        with clear_values():
            before = self._apply_create(creates)
            before |= self._apply_update(updates)
        self._apply_categories(items)
        self._keep_before(items, before)

    def _check_still_new(self, rows):
        """Nobody entered these customers since the dry run: code and tax id are free."""
        refs = [row.ref for row in rows if row.ref]
        vats = [row.values["vat"] for row in rows if row.values.get("vat")]
        twins = rows and self._partners().search_fetch(
            [
                ("parent_id", "=", False),
                "|",
                ("ref", "in", refs),
                ("vat", "in", vats),
            ],
            ["ref", "vat", "name"],
        )
        taken = {twin.ref: twin for twin in twins or () if twin.ref}
        taken |= {twin.vat: twin for twin in twins or () if twin.vat}
        for row in rows:
            known = {finding["code"] for finding in row.findings or []}
            twin = taken.get(row.ref) or taken.get(row.values.get("vat"))
            if twin and row.status == "create" and "twice_in_file" not in known:
                raise UserError(
                    self.env._(
                        "Row %(row)s: the customer “%(name)s” has been entered since the "
                        "dry run. Make the dry run again.",
                        row=row.number,
                        name=twin.display_name,
                    )
                )

    def _apply_create(self, rows):
        """New customers, their contacts and accounts: one ``create`` each for all rows."""
        if not rows:
            return {}
        lookup = self._lookup(rows)
        partners = self._writer().create(
            [self._prepare_customer(row, lookup) for row in rows]
        )
        for row, partner in zip(rows, partners, strict=True):
            # sudo: the customer made of a row is not for the user to choose
            row.sudo().partner_id = partner
        self._create_contacts([(row, row.values) for row in rows])
        self._create_accounts([(row, row.values) for row in rows])
        self._log("import_create", rows)
        return {row.id: {} for row in rows}

    def _apply_update(self, rows):
        """Changed fields only, on one recordset: caches and prefetches are shared."""
        if not rows:
            return {}
        if not all(row.partner_id for row in rows):
            raise UserError(self.env._("The customer to update has been deleted."))
        lookup = self._lookup(rows)
        before, pairs, writes = {}, [], {}
        partners = self._writer().browse(rows.partner_id.ids)
        partners.check_access("write")
        by_id = {partner.id: partner for partner in partners}
        for row in rows:
            partner = by_id[row.partner_id.id]
            wanted = self._wanted(row)
            vals = self._partner_vals(wanted, lookup)
            vals = {n: v for n, v in vals.items() if not self._holds(partner, n, v)}
            before[row.id] = {name: self._plain_value(partner, name) for name in vals}
            pairs.append((row, wanted))
            if vals:
                writes.setdefault(json.dumps(vals, sort_keys=True), []).append(row)
        self._write_groups(writes, partners)
        self._update_contacts(pairs)
        self._create_accounts(pairs)
        self._log("import_update", rows, before)
        return before

    def _write_groups(self, writes, partners):
        """One write for all customers that get the same values: a file often moves many.

        What writing reads of one customer is read for the whole chunk at once.
        """
        for encoded, rows in writes.items():
            same = partners.browse([row.partner_id.id for row in rows])
            same = same.with_prefetch(partners._prefetch_ids)
            held = same._ar_write_guarded(json.loads(encoded))
            if held:
                for row in rows:
                    # sudo: outcome of the import
                    row.sudo().held_json = held

    def _wanted(self, row):
        """The values a row applies: what its dry run shows, or all of a chosen customer's."""
        if row.status == "update":
            changed = {code for code, _old, _new in row.diff}
            if changed & set(CONTACT) or changed & set(BANK):
                changed |= {*CONTACT, *BANK}
            return {
                code: value for code, value in row.values.items() if code in changed
            }
        return row.values

    def _writer(self):
        return (
            self.env["res.partner"]
            .with_company(self.company_id)
            .with_context(tracking_disable=True, active_test=False)
        )

    def _lookup(self, rows):
        """What the values of these rows need: countries and languages, read once."""
        codes = {row.values["country"] for row in rows if row.values.get("country")}
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        langs = self.env["res.lang"].search([])
        return {
            "country": {country.code: country.id for country in countries},
            "lang": {lang.id: lang.code for lang in langs},
        }

    # -- values ---------------------------------------------------------------------------

    def _prepare_customer(self, row, lookup):
        vals = {"is_company": self.is_company, "customer_rank": 1}
        if self.country_id and not row.values.get("country"):
            vals["country_id"] = self.country_id.id
        return vals | self._partner_vals(row.values, lookup)

    def _partner_vals(self, values, lookup):
        """Values of a row as values of a partner; contact, account and categories apart."""
        vals = {}
        for code, value in values.items():
            if code in TEXTS:
                vals[TEXTS[code]] = _with_scheme(value) if code == "website" else value
            elif code in LINKS:
                vals[LINKS[code]] = value
            elif code == "country":
                vals["country_id"] = lookup["country"][value]
            elif code == "lang":
                vals["lang"] = lookup["lang"][value]
            elif code == "tags":
                vals["category_id"] = [Command.link(tag) for tag in value]
            elif code == "comment":
                vals["comment"] = plaintext2html(value)
            elif code == "credit_limit":
                vals["credit_limit"] = float(Decimal(value))
            elif code == "is_company":
                vals["is_company"] = value
        return vals

    def _holds(self, partner, name, value):
        """Has ``partner`` this value already? Then it is not written."""
        if name == "category_id":
            return {command[1] for command in value} <= set(partner.category_id.ids)
        return self._plain_value(partner, name) == value

    def _plain_value(self, partner, name):
        field = partner._fields[name]
        value = partner[name]
        if field.type == "many2one":
            return value.id
        return value.ids if field.type == "many2many" else value

    # -- beside the customer --------------------------------------------------------------

    def _create_contacts(self, pairs):
        self._writer().create(
            [
                {
                    "parent_id": row.partner_id.id,
                    "type": "contact",
                    "lang": row.partner_id.lang,
                    **_contact_vals(values),
                }
                for row, values in pairs
                if values.get("contact_name")
            ]
        )

    def _update_contacts(self, pairs):
        """Known contact persons get what is new about them, the others are created."""
        named = [(row, values) for row, values in pairs if values.get("contact_name")]
        if not named:
            return
        children = self._writer().search_fetch(
            [
                ("parent_id", "in", [row.partner_id.id for row, _values in named]),
                ("type", "=", "contact"),
            ],
            ["parent_id", "name", *set(_CONTACT_FIELDS.values())],
        )
        known = {(c.parent_id.id, fold(c.name or "")): c for c in children}
        missing = []
        for row, values in named:
            contact = known.get((row.partner_id.id, fold(values["contact_name"])))
            if not contact:
                missing.append((row, values))
            elif vals := _changed(contact, _contact_vals(values)):
                contact._ar_write_guarded(vals)
        self._create_contacts(missing)

    def _create_accounts(self, pairs):
        wanted = [(row, values) for row, values in pairs if values.get("bank_account")]
        if not wanted:
            return
        partner_ids = [row.partner_id.id for row, _values in wanted]
        accounts = self.env["res.partner.bank"]
        known = {
            (partner.id, compact(number or ""))
            for partner, number in accounts.with_context(active_test=False)._read_group(
                [("partner_id", "in", partner_ids)],
                ["partner_id", "sanitized_acc_number"],
            )
        }
        banks = self._banks([values for _row, values in wanted])
        accounts.create(
            [
                {
                    "partner_id": row.partner_id.id,
                    "acc_number": values["bank_account"],
                    "bank_id": banks.get(_bank_key(values)),
                }
                for row, values in wanted
                if (row.partner_id.id, compact(values["bank_account"])) not in known
            ]
        )

    def _banks(self, rows):
        """Banks by their name and identifier code; the missing ones are created."""
        keys = {_bank_key(values) for values in rows} - {("", "")}
        banks = self.env["res.bank"].search(
            [
                "|",
                ("name", "in", [name for name, _bic in keys if name]),
                ("bic", "in", [bic for _name, bic in keys if bic]),
            ]
        )
        by_name = {bank.name: bank.id for bank in banks}
        by_bic = {bank.bic: bank.id for bank in banks if bank.bic}
        found = {key: by_bic.get(key[1]) or by_name.get(key[0]) for key in keys}
        missing = sorted(key for key in keys if not found[key])
        created = self.env["res.bank"].create(
            [{"name": name or bic, "bic": bic or False} for name, bic in missing]
        )
        return found | dict(zip(missing, created.ids, strict=True))

    def _apply_categories(self, rows):
        """The categories the rows name, one dimension at a time."""
        wanted = {}
        for row in rows:
            for code, value in self._wanted(row).items():
                if code.startswith(DIMENSION_PREFIX):
                    wanted.setdefault(code, {})[row.partner_id.id] = value
        day = fields.Date.context_today(self)
        for code, values in sorted(wanted.items()):
            self.env["customer.category.assignment"]._assign(
                values,
                self.env["customer.dimension"].browse(
                    int(code[len(DIMENSION_PREFIX) :])
                ),
                "import",
                day,
                reason=self.name,
            )

    def _keep_before(self, rows, before):
        for row in rows:
            # sudo: pre-images are written by the import alone
            row.sudo().before_json = {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in before.get(row.id, {}).items()
            }

    def _log(self, event, rows, before=None):
        self.env["customer.audit.entry"]._ar_log(
            event,
            rows.partner_id,
            {"import": self.id, "file": self.filename, "sha256": self.sha256},
            {
                row.partner_id.id: {
                    "row": row.number,
                    "before": (before or {}).get(row.id),
                }
                for row in rows
            },
        )


def _contact_vals(values):
    return {
        name: values[code] for code, name in _CONTACT_FIELDS.items() if values.get(code)
    }


def _changed(record, vals):
    return {name: value for name, value in vals.items() if record[name] != value}


def _bank_key(values):
    return values.get("bank_name", ""), values.get("bank_bic", "")


def _with_scheme(website):
    """As Odoo stores it, so that the next dry run finds no difference."""
    return website if "://" in website else f"http://{website}"
