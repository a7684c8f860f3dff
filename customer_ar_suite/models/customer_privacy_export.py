import base64
import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..identity import ar_identity_required
from .customer_privacy_request import ADMINISTRATOR

CHUNK = 200
DOCUMENT = "customer_ar_suite.customer_privacy_export_document"
#: days after which a collected file is deleted again
DAYS_KEPT = 30
#: records of one kind the readable part shows; the data file has all
MOST_PRINTED = 100


class CustomerPrivacyExport(models.Model):
    """All data on a person, collected into a zip: data for machines, a PDF for people."""

    _name = "customer.privacy.export"
    _description = "Export of Personal Data"
    _inherit = ["ar.run.mixin", "ar.partner.rule.mixin"]
    _order = "id desc"

    _run_item_model = "customer.privacy.export.item"
    _run_item_field = "export_id"
    _run_chunk_size = 20
    #: an item is a table: all of them together are one person
    _run_interactive_limit = 500

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    request_id = fields.Many2one(
        "customer.privacy.request", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    item_ids = fields.One2many(
        "customer.privacy.export.item", "export_id", string="Kinds"
    )
    language = fields.Char(readonly=True, required=True)
    record_count = fields.Integer(string="Records", readonly=True)
    file_count = fields.Integer(string="Files", readonly=True)
    archive = fields.Binary(attachment=True, readonly=True, groups=ADMINISTRATOR)
    filename = fields.Char(readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True)
    expires_on = fields.Date(
        string="Deleted on",
        readonly=True,
        help="The collected file is deleted on this day; the record of it stays.",
    )
    is_available = fields.Boolean(compute="_compute_is_available")

    @api.depends("sha256", "expires_on")
    def _compute_is_available(self):
        today = fields.Date.context_today(self)
        for export in self:
            export.is_available = bool(
                export.sha256 and export.expires_on and export.expires_on >= today
            )

    @api.depends("request_id.number", "partner_id.name")
    def _compute_display_name(self):
        for export in self:
            number, name = export.request_id.number, export.partner_id.name
            export.display_name = f"{number} · {name or ''}"

    def _check_run_access(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Personal data are exported by administrators of the suite.")
            )
        self.check_access("read")

    # -- collecting -----------------------------------------------------------------------

    @api.model
    def _collect(self, request):
        """Begin the export a request asks for; a small one is finished at once."""
        if not self.env.user.has_group(ADMINISTRATOR):
            self._check_run_access()
        partner = request.partner_id
        companies = self.env.user.company_ids
        found = self.env["customer.privacy.sweep"]._find(partner, companies)
        vals = {
            "partner_id": partner.id,
            "request_id": request.id,
            "company_id": request.company_id.id,
            "language": partner.lang or request.company_id.partner_id.lang or "en_US",
        }
        # sudo: exports are made by this method alone; the right was checked above
        export = self.sudo().create(vals).with_env(self.env)
        # sudo: as above
        self.env["customer.privacy.export.item"].sudo().create(
            [
                {
                    "export_id": export.id,
                    "res_model": name,
                    "res_ids": list(rows.ids[start : start + CHUNK]),
                    "own_ids": sorted(
                        rows.own.intersection(rows.ids[start : start + CHUNK])
                    ),
                }
                for name, rows in found.items()
                for start in range(0, len(rows.ids), CHUNK)
            ]
        )
        self.env["customer.audit.entry"]._ar_log(
            "privacy.export",
            partner,
            {
                "request": request.number,
                "kinds": len(found),
                "records": sum(len(rows.ids) for rows in found.values()),
            },
        )
        export._start_run()
        return export

    def _apply_items(self, items):
        self.ensure_one()
        sweep = self.env["customer.privacy.sweep"].with_context(lang=self.language)
        persons, seen = sweep._persons(self.partner_id), self._seen("res_ids")
        # sudo: items are written by the run alone
        for item in items.sudo():
            item.result = sweep._rows(
                item.res_model, item.res_ids, set(item.own_ids or ()), persons, seen
            )

    def _seen(self, column):
        """{model: ids} of everything the sweep found."""
        seen = {}
        # sudo: the items of an export one may read
        for item in self.sudo().item_ids:
            seen.setdefault(item.res_model, []).extend(item[column] or [])
        return seen

    # -- the zip --------------------------------------------------------------------------

    def _on_run_finished(self):
        """Pack what was collected; the items forget it."""
        if self.error_count:
            return  # a part is missing: an access must be complete, resume it
        files = self._packed_files()
        content = self._zip(files)
        # sudo: results are read and written by the run alone
        items, export = self.item_ids.sudo(), self.sudo()
        export.write(
            {
                "archive": base64.b64encode(content),
                "filename": f"{_safe(self.request_id.number)}.zip",
                "sha256": hashlib.sha256(content).hexdigest(),
                "record_count": sum(len(item.result or ()) for item in items),
                "file_count": len(files),
                "expires_on": fields.Date.context_today(self)
                + timedelta(days=DAYS_KEPT),
            }
        )
        items.write({"result": False})

    def _zip(self, files):
        report = self.env["ir.actions.report"].with_context(lang=self.language)
        pdf = report._ar_privacy_pdf(DOCUMENT, self.ids)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", self._data(files))
            archive.writestr("report.pdf", pdf)
            for path, attachment in files:
                archive.writestr(path, attachment.raw or b"")
        return target.getvalue()

    def _data(self, files):
        """Everything, by kind of record, in one JSON document."""
        records = {}
        # sudo: what the run collected; who may start it was checked
        for item in self.sudo().item_ids:
            records.setdefault(item.res_model, []).extend(item.result or [])
        content = {
            "request": self.request_id.number,
            "created": fields.Datetime.to_string(self.started_at),
            "controller": self.company_id.name,
            "companies": self.env.user.company_ids.mapped("name"),
            "records": records,
            "files": {path: attachment.name for path, attachment in files},
        }
        return json.dumps(content, ensure_ascii=False, indent=1, default=str)

    def _packed_files(self):
        """[(path inside the zip, attachment)]; names cannot leave their folder."""
        attachments = self.env["customer.privacy.sweep"]._files(self._seen("own_ids"))
        return [
            (f"files/{attachment.id}_{_safe(attachment.name or '')}", attachment)
            for attachment in attachments.filtered(lambda one: one.type == "binary")
            if attachment.res_model != self._name
        ]

    # -- the readable part ----------------------------------------------------------------

    def _sections(self):
        """What the PDF shows: per kind of record a heading, rows of labels and values."""
        sections = {}
        # sudo: what the run collected; who may start it was checked
        for item in self.sudo().item_ids.filtered("result"):
            model = self.env[item.res_model].with_context(lang=self.language)
            # sudo: names of models are no secret
            known = self.env["ir.model"].sudo().with_context(lang=self.language)
            title = known._get(model._name)
            section = sections.setdefault(
                model._name, {"title": title.name, "rows": [], "more": 0}
            )
            free = max(0, MOST_PRINTED - len(section["rows"]))
            section["rows"] += [
                self._labelled(model, row) for row in item.result[:free]
            ]
            section["more"] += len(item.result[free:])
        first = [name for name in ("res.partner", "res.users") if name in sections]
        return [
            sections[name] for name in [*first, *sorted(set(sections) - set(first))]
        ]

    def _labelled(self, model, row):
        """[(label, value)] of one record in the reader's language."""
        env = model.env
        labels = []
        for name, value in row.items():
            field = model._fields[name]
            if (
                name == "id"
                or isinstance(value, (dict, list))
                and field.type != "many2many"
            ):
                continue
            shown = ", ".join(value) if isinstance(value, list) else value
            if field.type == "selection":
                shown = dict(field._description_selection(env)).get(value, value)
            if field.type == "boolean":
                shown = env._("Yes")
            if field.type == "datetime":
                shown = str(value).replace("T", " ")[:16]
            if field.type == "html":
                shown = re.sub(r"<[^>]+>", " ", str(value))
            labels.append((field._description_string(env), str(shown)[:500]))
        return labels

    def _told_purposes(self):
        """What the company uses personal data for, in the reader's language."""
        purposes = self.env["customer.privacy.purpose"].with_context(lang=self.language)
        company = self.company_id
        found = purposes.search([("company_id", "in", [company.id, False])])
        named = found.filtered(lambda one: company.country_id in one.country_ids)
        # a rule for other countries does not hold where one names this country
        general = found.filtered(
            lambda one: not one.country_ids
            and (not one.kept_kind or one.kept_kind not in named.mapped("kept_kind"))
        )
        return (named | general).sorted("sequence")

    # -- buttons, cleaning ----------------------------------------------------------------

    def _open(self):
        return self._get_records_action(context={})

    @ar_identity_required("privacy", "company_id")
    def action_download(self):
        """The zip for the person; every download is logged."""
        self.ensure_one()
        self._check_run_access()
        if not self.is_available:
            raise UserError(
                self.env._("The file is not complete yet, or was deleted already.")
            )
        self.env["customer.audit.entry"]._ar_log(
            "privacy.download", self.partner_id, {"sha256": self.sha256}
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/archive/{self.filename}?download=1",
            "target": "download",
        }

    @api.autovacuum
    def _gc_archives(self):
        """A file with everything on a person does not lie around."""
        today = fields.Date.context_today(self)
        old = self.search([("expires_on", "<", today), ("filename", "!=", False)])
        old._forget()

    def _forget(self):
        # sudo: cleaning; nobody loses a right by it
        exports = self.sudo()
        exports.write({"archive": False, "filename": False})
        exports.item_ids.write({"result": False})

    @api.model
    def _ar_privacy_redact(self, ids, found, marker):
        """After an erasure no copy of the data is left."""
        self.browse(ids)._forget()
        return ()


class CustomerPrivacyExportItem(models.Model):
    """Some records of one model, collected in one go."""

    _name = "customer.privacy.export.item"
    _description = "Part of an Export of Personal Data"
    _inherit = ["ar.run.item.mixin"]
    _order = "id"
    _rec_name = "res_model"

    export_id = fields.Many2one(
        "customer.privacy.export",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="export_id.company_id", store=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    model_label = fields.Char(string="Kind of Record", compute="_compute_model_label")
    res_ids = fields.Json(string="Records as Data", readonly=True)
    own_ids = fields.Json(string="Own Records as Data", readonly=True)
    count = fields.Integer(string="Records", compute="_compute_count")
    result = fields.Json(readonly=True, groups=".")

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        # sudo: names of models are no secret
        known = self.env["ir.model"].sudo()
        for item in self:
            item.model_label = known._get(item.res_model).name or item.res_model

    @api.depends("res_ids")
    def _compute_count(self):
        for item in self:
            item.count = len(item.res_ids or ())


def _safe(name):
    """A file name that cannot leave its folder, be a formula or hide its type."""
    return re.sub(r"[^\w.\-]+", "_", name).strip("._-") or "file"
