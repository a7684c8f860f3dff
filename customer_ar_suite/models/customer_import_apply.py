import json
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..engine.customer_file.fields import DIMENSION_PREFIX, GROUP_OF, base
from .customer_import_defaults import shared_defaults
from .customer_import_existing import LINKS, TEXTS
from .sensitive_values import clear_values

#: fields of a customer that an import writes, with which an undo compares
IMAGE = (
    *TEXTS.values(), *sorted(set(LINKS.values())), "country_id", "lang", "category_id",
    "comment", "credit_limit", "is_company", "active",
    "ar_annual_revenue", "ar_annual_revenue_currency_id", "ar_headcount",
)  # fmt: skip
#: empty, unless the file, a default or a parent says otherwise
SETTLED = ("user_id", "ar_annual_revenue_currency_id")


class CustomerImportBatch(models.Model):
    """Applying a dry run: customers created in bulk, updated where they differ."""

    _inherit = "customer.import.batch"

    def action_apply(self):
        """Create and update customers as the dry run shows; resumes where it stopped."""
        self._check_clerk()
        self._check_step("check", "apply")
        self._check_totals()
        for batch in self:
            if batch.run_state == "draft" and not batch._prepare_run():
                raise UserError(
                    self.env._("There is nothing to apply: every row is skipped.")
                )
            batch._start_run()
        return True

    def _check_totals(self):
        for batch in self:
            if batch.needs_totals:
                raise UserError(
                    self.env._(
                        "A text file does not say whether it is complete. Compare its "
                        "%(rows)s rows and the last one (“%(last)s”) with your source, "
                        "then tick “The Totals Agree”.",
                        rows=batch.read_count,
                        last=batch.last_row_text or "",
                    )
                )

    def _prepare_run(self):
        """Mark the rows nobody wants applied; return how many are left."""
        self.ensure_one()
        self._set_item_state(self._run_items([("choice", "=", "skip")]), "skipped")
        return self._count_todo()

    # -- the chunk ------------------------------------------------------------------------

    def _apply_items(self, items):
        creates = items.filtered(lambda row: row.choice == "create")
        updates = items.filtered(lambda row: row.choice in ("update", "merge"))
        self._check_still_new(creates)
        # clear: writes where the stored value differs, and keeps it for undoing
        with clear_values():
            images = self._apply_create(creates)
            images |= self._apply_update(updates)
            self._apply_categories(items, images)
        self._keep_images(items, images)

    def _check_still_new(self, rows):
        """Nobody entered these customers since the dry run: code and tax id are free."""
        read = {row: row.values or {} for row in rows}
        self._claim_new(read.values())
        refs = [row.ref for row in rows if row.ref]
        vats = [values["vat"] for values in read.values() if values.get("vat")]
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
            twin = taken.get(row.ref) or taken.get(read[row].get("vat"))
            if not twin or row.status != "create":
                continue
            known = {finding["code"] for finding in row.findings or []}
            if "twice_in_file" not in known:
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
        read = {row: row.values for row in rows}
        lookup = self._lookup(read.values())
        partners = self._create_partners(
            [self._prepare_customer(values, lookup) for values in read.values()]
        )
        self._set_rows(
            {
                row.id: {"partner_id": partner.id}
                for row, partner in zip(rows, partners, strict=True)
            }
        )
        beside = self._apply_beside(
            [(row, values, False) for row, values in read.items()], lookup
        )
        self._log("import_create", rows)
        # sudo: what a new customer has, also in fields its maker does not see; an undo
        # compares with it, nobody is shown it
        seen = partners.sudo()
        return {
            row.id: {
                "before": {},
                "after": {n: v for n in IMAGE if (v := self._plain_value(partner, n))},
                "beside": beside.get(row.id, []),
            }
            for row, partner in zip(rows, seen, strict=True)
        }

    def _create_partners(self, vals_list):
        """As Odoo's own import creates them, where nothing is taken from parents.

        What is taken, it reads with the rights of the user, who need not have them.
        """
        writer = self._writer()
        if any(vals.get("parent_id") for vals in vals_list):
            return writer.create(vals_list)
        settled = self._settled(writer)
        with shared_defaults():
            partners = writer._load_records_create(
                [settled | vals for vals in vals_list]
            ).with_env(writer.env)
        self._skip_thumbnails(partners)
        return partners

    def _skip_thumbnails(self, partners):
        """Of nobody's picture no smaller ones are made; Odoo would look for each of them."""
        blank = partners.filtered(lambda partner: not partner.image_1920)
        for field in partners._fields.values():
            if field.store and field.related == "image_1920":
                self.env.remove_to_compute(field, blank)

    def _settled(self, writer):
        """What nobody's child has in fields that are computed before a record is stored.

        For them alone Odoo would make every customer once more in memory.
        """
        defaults = writer.default_get([*SETTLED, "ar_annual_revenue"])
        if defaults.get("ar_annual_revenue"):
            return {}
        return {name: defaults.get(name, False) for name in SETTLED}

    def _apply_update(self, rows):
        """Changed fields only, on one recordset: caches and prefetches are shared."""
        if not rows:
            return {}
        if not all(row.partner_id for row in rows):
            raise UserError(self.env._("The customer to update has been deleted."))
        wanted_of = {row: self._wanted(row) for row in rows}
        lookup = self._lookup(wanted_of.values())
        before, pairs, writes = {}, [], {}
        partners = self._writer().browse(rows.partner_id.ids)
        partners.check_access("write")
        by_id = {partner.id: partner for partner in partners}
        for row in rows:
            partner, keeps = by_id[row.partner_id.id], row.choice == "merge"
            wanted = wanted_of[row]
            vals = self._partner_vals(wanted, lookup)
            vals = {
                n: v
                for n, v in vals.items()
                if not self._holds(partner, n, v) and not (keeps and partner[n])
            }
            before[row.id] = {name: self._plain_value(partner, name) for name in vals}
            pairs.append((row, wanted, keeps))
            if vals:
                writes.setdefault(json.dumps(vals, sort_keys=True), []).append(row)
        self._write_groups(writes, partners)
        beside = self._apply_beside(pairs, lookup)
        self._log("import_update", rows, before)
        return {
            row.id: self._image(by_id[row.partner_id.id], before[row.id])
            | {"beside": beside.get(row.id, [])}
            for row in rows
        }

    def _image(self, partner, before):
        """What the import found and what it left, of the fields it changed."""
        after = {name: self._plain_value(partner, name) for name in before}
        changed = [name for name in before if before[name] != after[name]]
        return {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }

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
        values = row.values
        if row.status != "update":
            return values
        changed = {code for code, _old, _new in row.diff}
        # a contact, an account or an address is known by all that the row says of it
        beside = {GROUP_OF[base(key)] for key in changed if base(key) in GROUP_OF}
        return {
            key: value
            for key, value in values.items()
            if key in changed or GROUP_OF.get(base(key)) in beside
        }

    def _writer(self):
        return (
            self.env["res.partner"]
            .with_company(self.company_id)
            .with_context(tracking_disable=True, active_test=False)
        )

    def _lookup(self, read):
        """What the values of rows need: countries and languages, read once."""
        codes = {
            value
            for values in read
            for key, value in values.items()
            if base(key).endswith("country")
        }
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        langs = self.env["res.lang"].search([])
        return {
            "country": {country.code: country.id for country in countries},
            "lang": {lang.id: lang.code for lang in langs},
        }

    # -- values ---------------------------------------------------------------------------

    def _prepare_customer(self, values, lookup):
        vals = {"is_company": self.is_company, "customer_rank": 1}
        if self.country_id and not values.get("country"):
            vals["country_id"] = self.country_id.id
        return vals | self._partner_vals(values, lookup)

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
            elif code == "annual_revenue":
                vals["ar_annual_revenue"] = float(Decimal(value))
                currency = self.company_id.currency_id
                vals["ar_annual_revenue_currency_id"] = currency.id
            elif code == "headcount":
                vals["ar_headcount"] = value
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
        return sorted(value.ids) if field.type == "many2many" else value

    # -- beside the customer: see customer_import_beside ----------------------------------

    def _apply_categories(self, rows, images):
        """The categories the rows name, one dimension at a time."""
        wanted = {}
        codes = self.mapping_ids.mapped("field_code")
        if not any((code or "").startswith(DIMENSION_PREFIX) for code in codes):
            return
        for row in rows:
            for code, value in self._wanted(row).items():
                if code.startswith(DIMENSION_PREFIX):
                    wanted.setdefault(code, {})[row] = value
        day = fields.Date.context_today(self)
        for code, by_row in sorted(wanted.items()):
            column = self._dimension_column(code)
            partners = self._writer().browse([row.partner_id.id for row in by_row])
            held = {partner.id: partner[column].id for partner in partners}
            by_row = {
                row: value
                for row, value in by_row.items()
                if not (row.choice == "merge" and held[row.partner_id.id])
            }
            self.env["customer.category.assignment"]._assign(
                {row.partner_id.id: value for row, value in by_row.items()},
                self.env["customer.dimension"].browse(
                    int(code[len(DIMENSION_PREFIX) :])
                ),
                "import",
                day,
                reason=self.name,
            )
            for row in by_row:
                now = partners.browse(row.partner_id.id)[column].id
                if now != held[row.partner_id.id]:
                    images[row.id]["before"][code] = held[row.partner_id.id]
                    images[row.id]["after"][code] = now

    def _keep_images(self, rows, images):
        """What each row found and left: an undo gives back what nobody touched since.

        That it is done is written by the same statement: rows are wide.
        """
        self._set_rows(
            {
                row.id: {
                    "run_state": "done",
                    "run_error": None,
                    "before_json": image["before"],
                    "after_json": image["after"],
                    "beside_json": image["beside"],
                }
                for row in rows
                if (image := images.get(row.id))
            }
        )

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


def _with_scheme(website):
    """As Odoo stores it, so that the next dry run finds no difference."""
    return website if "://" in website else f"http://{website}"
