import json
import re
from functools import lru_cache

from babel.dates import format_date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import babel_locale_parse, posix_to_ldml

from ..engine.privacy.redact import redact
from ..engine.statement.matrix import fingerprint
from ..engine.statement.paginate import A4, LETTER
from ..engine.statement.wording import Wording

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class ArPaperMixin(models.AbstractModel):
    """A paper that left the house: frozen as a snapshot, proven by a hash, printed from it.

    Whatever is invoiced or paid later, the paper can be shown again as the customer
    received it. Models that inherit it have ``name``, ``partner_id``, ``company_id`` and
    ``language``, and say how they are printed.
    """

    _name = "ar.paper.mixin"
    _description = "Issued Paper"

    #: external id of the QWeb document that prints it
    _paper_document = None
    #: files in one download; each takes a call of the printer
    _most_files = 200

    snapshot = fields.Text(required=True, readonly=True, copy=False)
    snapshot_hash = fields.Char(
        string="Fingerprint (SHA-256)",
        required=True,
        readonly=True,
        copy=False,
        help="Computed from all figures and texts when it was issued.",
    )
    is_intact = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_intact",
        help="The figures are those that were issued.",
    )
    redacted_on = fields.Date(readonly=True, copy=False)
    redacted_hash = fields.Char(
        string="Fingerprint after Redaction",
        readonly=True,
        copy=False,
        help="Computed from what is left after name and address were erased.",
    )

    @api.depends("snapshot", "snapshot_hash", "redacted_hash")
    def _compute_is_intact(self):
        for paper in self:
            found = fingerprint(paper.snapshot) if paper.snapshot else ""
            paper.is_intact = found == (paper.redacted_hash or paper.snapshot_hash)

    def _intact_snapshot(self):
        """The text as issued; refuses one that was tampered with."""
        self.ensure_one()
        if not self.is_intact:
            raise UserError(
                self.env._(
                    "The stored figures of %(name)s are no longer those that were issued. "
                    "Do not use it; inform your administrator.",
                    name=self.name,
                )
            )
        return self.snapshot

    # -- printing -------------------------------------------------------------------------

    def _document(self, wording, index):
        """One paper as pages of text; ``index`` marks its pages in a joint print."""
        raise NotImplementedError

    def _documents(self):
        """The papers as pages of text, ready to print; in the order of ``self``.

        :rtype: list[dict]
        """
        self.check_access("read")
        wordings = {code: self._wording(code) for code in set(self.mapped("language"))}
        return [
            paper._document(wordings[paper.language], index)
            for index, paper in enumerate(self, 1)
        ]

    def _wording(self, language):
        """How ``language`` writes figures, dates and the fixed words."""
        lang = self.env["res.lang"]._get_data(code=language)
        locale = babel_locale_parse(language)
        pattern = posix_to_ldml(lang.date_format or "%Y-%m-%d", locale=locale)

        @lru_cache(2000)
        def date_text(day):
            return format_date(day, format=pattern, locale=locale)

        return Wording(
            labels=self.with_context(lang=language)._labels(),
            date_text=date_text,
            decimal_point=lang.decimal_point or ".",
            thousands_sep=lang.thousands_sep or "",
            grouping=tuple(
                size for size in json.loads(lang.grouping or "[]") if size >= 0
            ),
        )

    def _labels(self):
        """The fixed words of the paper in the language of the context."""
        raise NotImplementedError

    def _prints_on_letter(self):
        """Whether the company prints on US Letter; else it is A4."""
        # sudo: the name of a paper format is no secret
        return self.company_id.sudo().paperformat_id.format == "Letter"

    def _paper(self):
        return LETTER if self._prints_on_letter() else A4

    def _printer_format(self):
        """Page size and margins for the printer."""
        size = "letter" if self._prints_on_letter() else "a4"
        return self.env.ref(f"customer_ar_suite.ar_statement_paperformat_{size}")

    def _print_name(self):
        """File name of the printed papers, without extension."""
        if len(self) == 1:
            return _NOT_IN_FILE_NAMES.sub("-", f"{self.name} {self.partner_id.name}")
        return self._print_title()

    def _print_title(self):
        """What many papers of this kind are called."""
        raise NotImplementedError

    def _log_printed(self):
        """Note in the audit log that the papers were printed."""
        raise NotImplementedError

    # -- privacy --------------------------------------------------------------------------

    @api.model
    def _ar_privacy_redact(self, ids, found, marker):
        """Take the customer out of the frozen figures; no figure changes.

        The fingerprint of what was issued stays: it proves that a copy somebody still has
        is genuine. A second one proves the rest.
        """
        texts, hashes = {}, {}
        # sudo: part of an erasure, which was checked
        for paper in self.sudo().browse(ids):
            texts[paper.id] = _without_customer(paper.snapshot, found, marker)
            hashes[paper.id] = fingerprint(texts[paper.id])
        today = fields.Date.to_string(fields.Date.context_today(self))
        put = self.env["customer.privacy.apply"]._put
        put(self._fields["snapshot"], texts)
        put(self._fields["redacted_hash"], hashes)
        put(self._fields["redacted_on"], dict.fromkeys(ids, today))
        return ("snapshot", "snapshot_hash", "redacted_hash")

    def _check_issuer(self, roles, refusal):
        """Refuse, in these words, whoever has none of the roles."""
        prefix = "customer_ar_suite.customer_ar_suite_group_"
        if not any(self.env.user.has_group(prefix + role) for role in roles):
            raise AccessError(refusal)
        self.check_access("read")


def _without_customer(snapshot, found, marker):
    content = json.loads(snapshot)
    if found:
        content = redact(content, found, marker)
    header = content.get("matrix", content)["header"]
    # name, address, contact, tax id, reference
    header["customer"] = [marker, [], [], "", ""]
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
