import base64
import hashlib
import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from ..engine.evidence import File, build
from ..identity import ar_identity_required

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
MAKERS = ("ar_accountant", "credit_manager", "administrator")
#: who may fetch and verify one, too
READERS = (*MAKERS, "auditor")
#: the folders of a pack, in this order
PARTS = (
    "aging",
    "tie_out",
    "statements",
    "confirmations",
    "checks",
    "bank",
    "signatures",
)


class ArEvidencePack(models.Model):
    """The receivables of a month end as one file that opens without us, with its hashes.

    Made part by part; put together when all parts are there. Afterwards nothing of it is
    written: the fingerprint of its manifest, kept here, proves a copy.
    """

    _name = "ar.evidence.pack"
    _description = "Evidence Pack"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "ar.evidence.pack.part"
    _run_item_field = "pack_id"
    _run_chunk_size = 1

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    lang = fields.Char(string="Language of Files", required=True, readonly=True)
    with_papers = fields.Boolean(
        string="With Each Paper",
        readonly=True,
        help="Every statement and confirmation as PDF of its own.",
    )
    part_ids = fields.One2many("ar.evidence.pack.part", "pack_id", readonly=True)
    #: handed out by :meth:`_file` alone, which asks who may have all customers
    file = fields.Binary(attachment=True, readonly=True, groups=fields.NO_ACCESS)
    file_size = fields.Integer(string="Size (Bytes)", readonly=True)
    file_count = fields.Integer(string="Files", readonly=True)
    file_hash = fields.Char(string="SHA-256 of the File", readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        help="SHA-256 of the manifest, which names every file with its own.",
    )
    made_by_id = fields.Many2one("res.users", string="Made by", readonly=True)
    made_at = fields.Datetime(string="Made on", readonly=True)
    is_intact = fields.Boolean(string="Intact", compute="_compute_is_intact")

    @api.depends("company_id", "as_of_date")
    def _compute_display_name(self):
        for pack in self:
            day = format_date(self.env, pack.as_of_date) if pack.as_of_date else ""
            pack.display_name = f"{pack.company_id.name or ''}, {day}"

    @api.depends("file", "file_hash")
    def _compute_is_intact(self):
        for pack in self:
            content = pack._content()
            digest = hashlib.sha256(content).hexdigest()
            pack.is_intact = bool(content) and digest == pack.file_hash

    def _content(self):
        """The bytes of the pack; the caller has checked who asks, or shows a hash."""
        # sudo: nobody has the field itself, see above
        return base64.b64decode(self.sudo().with_context(bin_size=False).file or b"")

    # -- rights ---------------------------------------------------------------------------

    @api.model
    def _check_maker(self, roles=MAKERS):
        if not any(self.env.user.has_group(f"{_PREFIX}{role}") for role in roles):
            raise AccessError(
                self.env._(
                    "Only AR accountants, credit managers and administrators take evidence "
                    "out of the books; auditors fetch and verify it."
                )
            )
        self.check_access("read")

    def _check_reader(self):
        self._check_maker(READERS)

    def _check_run_access(self):
        self._check_maker()

    @api.model
    def _check_take_out(self):
        """A pack holds all customers: whoever may not export all of them gets none."""
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "You may not take data out of the system. Ask an administrator for "
                    "“Access to export feature”."
                )
            )
        grants = self.env["customer.category.grant"]
        if grants._is_restricted():
            raise AccessError(
                self.env._(
                    "An evidence pack holds all customers, and you see some of them only. "
                    "Ask somebody without restrictions to make it."
                )
            )

    # -- making ---------------------------------------------------------------------------

    @api.model
    def _make(self, company, date_from, as_of, lang, with_papers=False):
        """A pack, made at once if it is small, else in the background."""
        self._check_maker()
        self._check_take_out()
        # sudo: nobody has the right to write packs; who may make one was checked
        pack = self.sudo().create(
            {
                "company_id": company.id,
                "date_from": date_from,
                "as_of_date": as_of,
                "lang": lang,
                "with_papers": with_papers,
                "made_by_id": self.env.uid,
                "part_ids": [Command.create({"code": code}) for code in PARTS],
            }
        )
        pack = pack.with_env(self.env)
        pack._start_run()
        return pack

    def _run_user(self):
        return self.made_by_id

    def _apply_items(self, items):
        for part in items:
            part._make_files()

    def _on_run_finished(self):
        """Put the parts together; a part that failed leaves the pack without a file."""
        for pack in self:
            if pack.part_ids.filtered(lambda part: part.run_state == "error"):
                continue
            pack._put_together()

    def _put_together(self):
        files = [file for part in self.part_ids for file in part._files()]
        about = self._about()
        files.append(File("index.html", self._index(files, about)))
        content, fingerprint = build(files, about)
        # sudo: nobody has the right to write packs; its own last step does
        self.sudo().write(
            {
                "file": base64.b64encode(content),
                "file_size": len(content),
                "file_count": len(files),
                "file_hash": hashlib.sha256(content).hexdigest(),
                "fingerprint": fingerprint,
                "made_at": fields.Datetime.now(),
            }
        )
        # sudo: as above; what is in the file is not kept twice
        self.sudo().part_ids.write({"content": False})
        self.env["customer.audit.entry"]._ar_log(
            "evidence.make", self, {"files": len(files), "fingerprint": fingerprint}
        )

    def _about(self):
        """What the manifest says of the pack."""
        return {
            "company": self.company_id.name,
            "from": str(self.date_from),
            "as_of": str(self.as_of_date),
            "language": self.lang,
            "made_by": self.made_by_id.name,
            "pack": str(self.id),
        }

    def _index(self, files, about):
        """The page a reader begins with."""
        pack = self.with_context(lang=self.lang)
        titles = pack.part_ids._titles()
        folders = [
            (
                titles.get(part.code, part.code),
                [file.name for file in files if file.name.startswith(part._folder())],
            )
            for part in pack.part_ids
        ]
        page = pack.env["ir.qweb"]._render(
            "customer_ar_suite.ar_evidence_index",
            {
                "title": pack.env._("Evidence of Receivables"),
                "company": about["company"],
                "period": pack.env._(
                    "%(first)s – %(last)s",
                    first=format_date(pack.env, self.date_from),
                    last=format_date(pack.env, self.as_of_date),
                ),
                "made": pack.env._(
                    "%(user)s, %(time)s",
                    user=about["made_by"],
                    time=format_datetime(pack.env, fields.Datetime.now()),
                ),
                "folders": folders,
                "language": self.lang[:2],
            },
        )
        return str(page).encode()

    # -- taking it out, checking it -------------------------------------------------------

    @ar_identity_required("audit_export", "company_id")
    def action_download(self):
        """The pack as a file."""
        self._check_reader()
        self._check_take_out()
        self.ensure_one()
        if not self.made_at:
            raise UserError(self.env._("The pack is not finished yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/evidence/{self.id}/evidence.zip",
            "target": "download",
        }

    def _file(self, _kind):
        """Name and bytes of the pack; taken down in the audit log."""
        self.ensure_one()
        self._check_reader()
        self._check_take_out()
        content = self._content()
        if not content:
            raise UserError(self.env._("The pack is not finished yet."))
        self.env["customer.audit.entry"]._ar_log(
            "evidence.download", self, {"fingerprint": self.fingerprint}
        )
        return f"evidence-{self.as_of_date}-{self.id}.zip", content

    def action_resume(self):
        """Try the parts that failed once more."""
        self._check_maker()
        return self.action_resume_run()


class ArEvidencePackPart(models.Model):
    """A folder of a pack: what it is about, and its files until the pack is made."""

    _name = "ar.evidence.pack.part"
    _description = "Part of an Evidence Pack"
    _inherit = ["ar.run.item.mixin"]
    _order = "pack_id, id"
    _rec_name = "code"

    pack_id = fields.Many2one(
        "ar.evidence.pack",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="pack_id.company_id", store=True, precompute=True
    )
    code = fields.Char(required=True, readonly=True)
    title = fields.Char(string="Part", compute="_compute_title")
    content = fields.Binary(attachment=True, readonly=True, groups=fields.NO_ACCESS)
    file_names = fields.Json(readonly=True)
    file_count = fields.Integer(string="Files", readonly=True)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_title(self):
        titles = self._titles()
        for part in self:
            part.title = titles.get(part.code, part.code)

    @api.model
    def _titles(self):
        return {
            "aging": self.env._("Aged receivables"),
            "tie_out": self.env._("Receivables against the general ledger"),
            "statements": self.env._("Statements of account issued"),
            "confirmations": self.env._("Balance confirmations"),
            "checks": self.env._("Exceptions and proofs of the books"),
            "bank": self.env._("Bank reconciliation statements"),
            "signatures": self.env._("Reconciliations and signatures"),
        }

    def _folder(self):
        return f"{PARTS.index(self.code) + 1:02}_{self.code}/"

    def _make_files(self):
        """Make the files of this part and keep them until the pack is put together."""
        self.ensure_one()
        pack = self.pack_id
        part = self.with_context(
            lang=pack.lang, allowed_company_ids=pack.company_id.ids
        ).with_company(pack.company_id)
        makers = {
            "aging": part._aging_files,
            "tie_out": part._tie_out_files,
            "statements": part._statements_files,
            "confirmations": part._confirmations_files,
            "checks": part._checks_files,
            "bank": part._bank_files,
            "signatures": part._signatures_files,
        }
        files = makers[part.code]()
        data = {name: base64.b64encode(content).decode() for name, content in files}
        # sudo: nobody has the right to write parts; who may make the pack was checked
        self.sudo().write(
            {
                "content": base64.b64encode(json.dumps(data).encode()),
                "file_names": sorted(data),
                "file_count": len(data),
            }
        )

    def _files(self):
        """The files of this part, with their folder."""
        # sudo: nobody has the field itself; who may make the pack was checked
        raw = base64.b64decode(self.sudo().with_context(bin_size=False).content or b"")
        return [
            File(f"{self._folder()}{name}", base64.b64decode(content))
            for name, content in json.loads(raw or b"{}").items()
        ]
