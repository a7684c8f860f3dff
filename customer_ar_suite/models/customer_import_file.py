from odoo import models

from ..engine.customer_file.checks.tax_id import home_of
from ..engine.customer_file.fields import DIMENSION_PREFIX, parted
from ..engine.customer_file.headers import is_known, is_reason, propose, signature
from ..engine.tabular.cells import pack
from ..engine.tabular.header import headings_of
from .ar_table_file_mixin import head, samples


class CustomerImportBatch(models.Model):
    """What the file says about itself: its table, its headings, which column is which field."""

    _inherit = "customer.import.batch"

    def action_reparse(self):
        """Read the file again with what was chosen: encoding, separator, sheet, header."""
        self._check_clerk()
        self._check_step("mapping", "check")
        for batch in self:
            batch._forget_check()
            # sudo: columns and figures are what the file says, not what a user writes
            batch.sudo()._apply_file()

    def _file_facts(self, table, sheet, position):
        headings = headings_of(sheet.rows, position)
        return {
            **super()._file_facts(table, sheet, position),
            "encoding_confidence": table.confidence,
            "delimiter_found": repr(table.delimiter)[1:-1],
            "empty_count": sheet.empty_rows,
            "head_raw": [pack(row.cells) for row in sheet.rows[: position + 1]],
            "open_end": table.open_end,
            "totals_confirmed": False,
            "signature": signature(heading.name for heading in headings),
        }

    def _file_options(self):
        return {"delimiter": self.delimiter or None}

    def _file_is_known(self, heading):
        return is_known(heading)

    def _file_propose(self, headings):
        return propose(headings, self._screen_names())

    def _apply_mapping(self, headings, rows):
        """Columns with their fields: of the profile for this layout, else by synonyms."""
        profile = self.env["customer.import.profile"].search(
            [
                ("signature", "=", self.signature),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        names = [heading.name for heading in headings]
        proposed = self._file_propose(names)
        kept = profile.mapping or {}
        known = dict(self.env["customer.import.mapping"]._selection_field_code())
        self.profile_id = profile
        if profile.number_format and not self.checked_at:
            self.number_format = profile.number_format
            self.country_id = profile.country_id or self.country_id
            self.search_duplicates = profile.search_duplicates
        keys = [
            kept.get(name, "") if profile else mapped.field
            for name, mapped in zip(names, proposed, strict=True)
        ]
        if not profile and not self.checked_at:
            self._guess_country(headings, keys, rows)
        self.mapping_ids.unlink()
        self.env["customer.import.mapping"].create(
            [
                {
                    "batch_id": self.id,
                    "position": heading.column,
                    "heading": heading.name,
                    "samples": samples(rows, heading.column),
                    **_field_and_number(key, known),
                    "confidence": 1.0 if profile else mapped.confidence,
                }
                for heading, mapped, key in zip(headings, proposed, keys, strict=True)
                if not is_reason(heading.name)
            ]
        )

    def _guess_country(self, headings, codes, rows):
        """A file without countries is of the country its tax ids belong to."""
        if "country" in codes or "vat" not in codes:
            return
        column = headings[codes.index("vat")].column
        home = home_of(head(rows, column))
        if home and home != self.country_id.code:
            self.country_id = self.env["res.country"].search([("code", "=", home)])

    def _screen_names(self):
        """What the screens and the template call the fields -> code, in all languages."""
        dimensions = self.env["customer.dimension"].search(
            [("is_mirror", "=", False), ("mode", "!=", "rule")]
        )
        names = {}
        for lang, _name in self.env["res.lang"].get_installed():
            mapping = self.env["customer.import.mapping"].with_context(lang=lang)
            names |= {label: code for code, label in mapping._field_labels().items()}
            for dimension in dimensions.with_context(lang=lang):
                names[dimension.name] = f"{DIMENSION_PREFIX}{dimension.id}"
        return names

    def action_save_profile(self):
        """Keep this mapping; the next file with these headings is mapped by it."""
        self._check_clerk()
        self.ensure_one()
        values = {
            "name": self.name,
            "company_id": self.company_id.id,
            "signature": self.signature,
            "encoding": self.encoding or self.encoding_found,
            "delimiter": self.delimiter,
            "number_format": self.number_format,
            "country_id": self.country_id.id,
            "search_duplicates": self.search_duplicates,
            "mapping": {m.heading: m._key() for m in self.mapping_ids},
        }
        # sudo: profiles are kept by this button; clerks do not edit them otherwise
        profiles = self.env["customer.import.profile"].sudo()
        profile = profiles.search(
            [
                ("signature", "=", self.signature),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if profile:
            profile.write({**values, "name": profile.name})
        else:
            profile = profiles.create(values)
        # sudo: as above
        self.sudo().profile_id = profile
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The mapping is kept as “%(name)s”.", name=profile.name
                ),
            },
        }


def _field_and_number(key, known):
    code, number = parted(key)
    return {"field_code": code, "number": number} if code in known else {}
