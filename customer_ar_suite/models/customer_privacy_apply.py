import json

import phonenumbers

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.privacy.redact import pattern, redact
from .customer_privacy_rules import (
    BLANKED,
    LOG,
    LOG_OF_DUTIES,
    PERSONAL,
    SHOWN_NAMES,
    TEXTS,
)

#: columns of a contact whose content recognises him elsewhere
WORDS = ("name", "email", "street", "street2", "vat", "website", "barcode", "login")
NUMBERS = ("phone", "mobile", "phone_sanitized")
#: what stands in a text that must not be empty
ERASED = "erased-%s"


class CustomerPrivacyApply(models.AbstractModel):
    """Carries out the steps of an erasure, below the ORM.

    Through the ORM every write of a text would leave its old value in the chatter, wake
    the guards of other functions and be refused on posted documents. What is written here
    are texts alone: no amount, no date, no account, no link of a journal item.
    """

    _name = "customer.privacy.apply"
    _description = "Steps of an Erasure"

    # Its caller checks the right and asks it as superuser: an erasure is complete.

    @api.model
    def _apply(self, erasure, line):
        """Do what ``line`` says; :meth:`_apply_items` has the right checked."""
        self.env.flush_all()
        steps = {
            "keep": self._do_keep,
            "file": self._do_file,
            "delete": self._do_delete,
            "blank": self._do_blank,
            "redact": self._do_redact,
            "pseudonymise": self._do_pseudonymise,
        }
        steps[line.treatment](erasure, line)
        self.env.invalidate_all()

    # -- who is looked for ----------------------------------------------------------------

    @api.model
    def _pattern(self, partner):
        """What recognises the person in a text; not what he shares with his company."""
        persons = self.env["customer.privacy.sweep"]._persons(partner)
        partners = self.env["res.partner"].browse(persons["res.partner"])
        company = (partner.commercial_partner_id | partner.parent_id) - partners
        words, numbers = self._identifiers(partners)
        shared_words, shared_numbers = self._identifiers(company)
        users = self.env["res.users"].browse(persons["res.users"])
        words |= set(users.mapped("login"))
        return pattern(words - shared_words, numbers - shared_numbers)

    def _identifiers(self, partners):
        words, numbers = set(), set()
        banks = partners.with_context(active_test=False).bank_ids
        for partner in partners:
            words |= self._texts(partner, WORDS)
            for number in self._texts(partner, NUMBERS):
                numbers |= _spellings(number, partner.country_id.code)
        numbers |= set(banks.mapped("acc_number"))
        return words, numbers

    def _texts(self, partner, names):
        known = (name for name in names if name in partner._fields)
        return {value for name in known if (value := partner[name])}

    # -- steps ----------------------------------------------------------------------------

    def _do_keep(self, erasure, line):
        """Kept as it is; invoices get a copy of the address, and lists the pseudonym."""
        if line.res_model == "account.move":
            moves = self.env["account.move"].browse(line.res_ids)
            moves = moves.filtered(lambda move: move.is_invoice(include_receipts=True))
            until = dict.fromkeys(moves.ids, line.keep_until)
            self.env["customer.privacy.legal.copy"]._keep(moves, until)
        for column in SHOWN_NAMES.get(line.res_model, ()):
            field = self.env[line.res_model]._fields[column]
            self._rewrite(line, [field], lambda *_args: erasure.pseudonym)

    def _do_file(self, _erasure, line):
        """The uploaded file goes; name, fingerprint and counts of the import stay."""
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", line.res_model),
                ("res_id", "in", line.res_ids),
                ("res_field", "!=", False),
            ]
        ).unlink()

    def _do_delete(self, _erasure, line):
        self.env[line.res_model].browse(line.res_ids).exists().unlink()

    # -- the audit log --------------------------------------------------------------------

    @api.model
    def _newest_entry(self):
        return self.env[LOG].search([], limit=1, order="id desc").id or 0

    @api.model
    def _forget_entries(self, domain, erasure):
        """Empty the details of entries: what an erasure overwrites is not kept by its log."""
        domain = Domain(domain) & Domain("event", "not =like", f"{LOG_OF_DUTIES}%")
        self.env.flush_all()
        self.env[LOG]._ar_erase(domain, erasure.request_id.number)

    # -- texts ----------------------------------------------------------------------------

    def _do_blank(self, erasure, line):
        if line.res_model == LOG:
            self._forget_entries([("id", "in", line.res_ids)], erasure)
            return
        fields_ = self._text_fields(line.res_model)
        if names := BLANKED[line.res_model]:
            fields_ = [field for field in fields_ if field.name in names]
        self._rewrite(line, fields_, lambda field, id_, _value: _nothing(field, id_))
        if line.res_model == "res.partner.bank":
            self._archive(line)

    def _do_redact(self, erasure, line):
        model = self.env[line.res_model]
        found = self._pattern(erasure.partner_id)
        own, fields_ = set(line.own_ids or ()), self._text_fields(line.res_model)
        if hasattr(model, "_ar_privacy_redact"):
            done = model._ar_privacy_redact(line.res_ids, found, erasure.pseudonym)
            own, fields_ = (), [field for field in fields_ if field.name not in done]

        def change(field, id_, value):
            if id_ in own and _is_personal(field):
                return _nothing(field, id_)
            return redact(value, found, erasure.pseudonym) if found else value

        self._rewrite(line, fields_, change)

    def _do_pseudonymise(self, erasure, line):
        named = {"name", "complete_name"}

        def change(field, id_, value):
            if field.name in named and value:
                return erasure.pseudonym
            return _nothing(field, id_)

        fields_ = self._text_fields(line.res_model)
        self._rewrite(line, fields_, change)
        self._archive(line)
        if line.res_model == "res.partner":
            self._erase_rest(line)
        else:
            self._erase_logins(line)
        self.env.registry.clear_cache()

    # -- the person -----------------------------------------------------------------------

    def _erase_rest(self, line):
        """Where he lives, what he looks like, what he was sorted under."""
        partners = self.env["res.partner"].browse(line.res_ids)
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partners.ids),
                ("id", "!=", 0),
            ]
        ).unlink()
        tags = partners._fields["category_id"]
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(tags.relation),
                SQL.identifier(tags.column1),
                partners.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
            UPDATE res_partner
               SET state_id = NULL, partner_latitude = NULL, partner_longitude = NULL,
                   ar_erased_on = %s
             WHERE id = ANY(%s)
            """,
                fields.Date.context_today(self),
                partners.ids,
            )
        )

    def _erase_logins(self, line):
        """Nobody logs in any more; columns that the ORM does not know hold keys."""
        known = {
            name for name, field in self.env["res.users"]._fields.items() if field.store
        }
        rows = self.env.execute_query(
            SQL(
                """
            SELECT column_name FROM information_schema.columns
             WHERE table_name = 'res_users' AND table_schema = current_schema
               AND data_type IN ('character varying', 'text')
            """
            )
        )
        extra = {name for (name,) in rows} - known | {"password"}
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET %s WHERE id = ANY(%s)",
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in sorted(extra)
                ),
                line.res_ids,
            )
        )

    def _archive(self, line):
        model = self.env[line.res_model]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET active = false WHERE id = ANY(%s)",
                SQL.identifier(model._table),
                line.res_ids,
            )
        )

    # -- texts in tables ------------------------------------------------------------------

    @api.model
    def _text_fields(self, name):
        return [
            field
            for field in self.env[name]._fields.values()
            if field.store and field.type in TEXTS and field.column_type
        ]

    def _rewrite(self, line, fields_, change):
        """Put ``change(field, id, value)`` in the place of each value that differs."""
        if not fields_:
            return
        table = SQL.identifier(self.env[line.res_model]._table)
        columns = [SQL.identifier(field.name) for field in fields_]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(columns),
                table,
                line.res_ids,
            )
        )
        for number, field in enumerate(fields_, start=1):
            changed = {}
            for row in rows:
                new = change(field, row[0], row[number])
                if new != row[number]:
                    changed[row[0]] = _as_column(field, row[number], new)
            if changed:
                self._put(field, changed)

    @api.model
    def _put(self, field, changed):
        """Write {id: value as text} of one column, whatever its model says to that."""
        self.env.cr.execute(
            SQL(
                """
            UPDATE %s AS t SET %s = v.value::%s
              FROM unnest(%s::int[], %s::text[]) AS v(id, value) WHERE t.id = v.id
            """,
                SQL.identifier(self.env[field.model_name]._table),
                SQL.identifier(field.name),
                SQL.identifier(field.column_type[0]),
                list(changed),
                list(changed.values()),
            )
        )


def _is_personal(field):
    """Free texts are; short ones if their name says so."""
    return field.type in ("html", "text") or bool(PERSONAL.search(field.name))


def _nothing(field, id_):
    return ERASED % id_ if field.required else None


def _as_column(field, old, new):
    """Structures, translations and values by company are JSON in the database."""
    if new is None or field.column_type[0] != "jsonb":
        return new
    if isinstance(new, str) and (field.translate or field.company_dependent):
        new = dict.fromkeys(old or {"en_US": ""}, new)
    return json.dumps(new)


def _spellings(number, country):
    """A telephone number as people write it, at home and abroad."""
    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return {number}
    national = str(parsed.national_number)
    return {number, f"0{national}", national, f"{parsed.country_code}{national}"}
