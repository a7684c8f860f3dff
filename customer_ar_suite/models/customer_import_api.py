import base64
import hashlib
import json
import re
import uuid
from contextlib import contextmanager
from decimal import Decimal

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..engine.customer_file.fields import DIMENSION_PREFIX
from ..engine.customer_file.keyed import RowKey, decide
from ..engine.tabular.table import RawRow, Sheet, Table
from .sensitive_values import clear_values

MAX_ROWS = 500
MAX_FIELDS = 100
MAX_TEXT = 5_000
#: members of a row that are no field of the customer
CONTROL = ("key", "link", "new")
OPTIONS = {
    "country", "is_company", "dry_run", "request_approval", "request", "search_duplicates",
}  # fmt: skip
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class CustomerImportBatch(models.Model):
    """Customers sent by another system: the same staging, checks, rights and approvals.

    A call is a batch whose file is the rows that were sent. The key each row bears decides
    which customer it means; ``customer_import_answer`` says what became of each.
    """

    _inherit = "customer.import.batch"

    api_source = fields.Char(
        string="Sent by",
        readonly=True,
        copy=False,
        help="The system that sent the rows.",
    )
    api_request = fields.Char(string="Request", readonly=True, copy=False)
    api_digest = fields.Char(string="SHA-256 of the Request", readonly=True, copy=False)
    api_answer = fields.Json(string="Answer", readonly=True, copy=False)

    _api_request_once = models.UniqueIndex(
        "(company_id, api_source, api_request) WHERE api_request IS NOT NULL",
        "This request was answered already.",
    )

    @api.model
    def api_upsert(self, rows, source, options=None):
        """Create and change customers of another system; answers row by row.

        :param rows: at most 500 objects: ``key`` (the other system's), fields of a customer
            file by their codes, ``link`` (customer id) or ``new`` (true) after a conflict
        :param source: name of the other system
        :param options: ``request`` (an id: the same again gets the same answer),
            ``dry_run``, ``request_approval``, ``country``, ``is_company``,
            ``search_duplicates`` (true unless false is said)
        """
        self._check_clerk()
        options = options or {}
        self._check_call(rows, source, options)
        content = json.dumps(
            [rows, {k: v for k, v in sorted(options.items()) if k != "request"}],
            sort_keys=True,
            ensure_ascii=False,
        ).encode()
        request = options.get("request") or False
        digest = hashlib.sha256(content).hexdigest()
        if request and (known := self._find_request(source, request)):
            return known._repeat(digest)
        batch = self._stage_call(content, rows, source, request, digest, options)
        if options.get("dry_run"):
            answer = batch._answer(batch._outcomes(planned=True))
            batch._free_keys()
            batch.sudo().unlink()  # sudo: nothing of a rehearsal stays
            return answer
        batch._apply_call(options)
        # sudo: what was answered is the call's
        batch.sudo().api_answer = batch._outcomes()
        return batch._answer(batch.api_answer)

    # -- the call -------------------------------------------------------------------------

    @api.model
    def _check_call(self, rows, source, options):
        """Refuse as a whole what cannot be taken row by row."""
        if not isinstance(source, str) or not _SOURCE.fullmatch(source):
            raise UserError(
                self.env._(
                    "“source” names the other system: small letters, digits, point, hyphen, "
                    "underscore, at most 64."
                )
            )
        if not isinstance(options, dict) or set(options) - OPTIONS:
            raise UserError(
                self.env._(
                    "“options” may have: %(names)s.", names=", ".join(sorted(OPTIONS))
                )
            )
        request = options.get("request")
        if request and not (isinstance(request, str) and len(request) <= 128):
            raise UserError(
                self.env._("“request” is a text of at most 128 characters.")
            )
        if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_ROWS:
            raise UserError(
                self.env._(
                    "“rows” is a list of 1 to %(limit)s objects. Send more in several calls.",
                    limit=MAX_ROWS,
                )
            )
        for place, row in enumerate(rows, 1):
            self._check_row(place, row)

    @api.model
    def _check_row(self, place, row):
        """Its shape; what its values say, the checks of the import judge."""
        if not isinstance(row, dict) or len(row) > MAX_FIELDS:
            raise UserError(
                self.env._(
                    "Row %(row)s is no object of at most %(limit)s members.",
                    row=place,
                    limit=MAX_FIELDS,
                )
            )
        key = row.get("key")
        if not isinstance(key, str) or not 0 < len(key.strip()) <= 128:
            raise UserError(
                self.env._(
                    "Row %(row)s: “key” is the other system's key of the customer, a text of "
                    "at most 128 characters.",
                    row=place,
                )
            )
        known = self._api_fields()
        for name, value in row.items():
            if name not in CONTROL and name not in known:
                raise UserError(
                    self.env._(
                        "Row %(row)s: “%(field)s” is no field of a customer. Fields are: "
                        "%(fields)s.",
                        row=place,
                        field=str(name)[:60],
                        fields=", ".join(sorted(known)),
                    )
                )
            is_plain = value is None or isinstance(value, (str, bool, int, float))
            if not is_plain or isinstance(value, str) and len(value) > MAX_TEXT:
                raise UserError(
                    self.env._(
                        "Row %(row)s: “%(field)s” is no text, number or truth value, or "
                        "longer than %(limit)s characters.",
                        row=place,
                        field=name,
                        limit=MAX_TEXT,
                    )
                )

    @api.model
    def _api_fields(self):
        """Name in the API → field of a customer file; dimensions by their code as well."""
        codes = self.env["customer.import.mapping"]._selection_field_code()
        names = {code: code for code, _label in codes}
        dimensions = self.env["customer.dimension"].search(
            [("is_mirror", "=", False), ("mode", "!=", "rule")]
        )
        for dimension in dimensions.filtered("code"):
            names[f"{DIMENSION_PREFIX}{dimension.code}"] = (
                f"{DIMENSION_PREFIX}{dimension.id}"
            )
        return names

    @api.model
    def _find_request(self, source, request):
        # sudo: also another user's; whether he may read it is checked before it is told
        return self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("api_source", "=", source),
                ("api_request", "=", request),
            ],
            limit=1,
        )

    def _repeat(self, digest):
        """The answer that was given, if it is the same request."""
        batch = self.sudo(False)  # sudo: no more, on the contrary
        batch.check_access("read")
        if batch.api_digest != digest:
            raise UserError(
                self.env._(
                    "The request “%(request)s” was sent before with other rows. Give a new "
                    "request its own id.",
                    request=batch.api_request,
                )
            )
        return batch._answer(batch.api_answer)

    @contextmanager
    def _concurrently(self):
        """Two calls at once: the later one is taken again and sees what the first did."""
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError from error

    def _stage_call(self, content, rows, source, request, digest, options):
        """The batch of a call, with its dry run made."""
        unique = request or uuid.uuid4().hex
        with self._concurrently():
            # sudo: made by this method only, for the user whose role was checked
            batch = self.sudo().create(
                {
                    "name": " · ".join(filter(None, (source, request))),
                    "filename": f"{source}.json",
                    "company_id": self.env.company.id,
                    "api_source": source,
                    "api_request": request,
                    "api_digest": digest,
                    "sha256": hashlib.sha256(
                        f"{source}\0{unique}\0{digest}".encode()
                    ).hexdigest(),
                    "kind": "api",
                    "number_format": "plain",
                    "country_id": self._api_country(options).id,
                    "is_company": options.get("is_company", True) is not False,
                    "search_duplicates": options.get("search_duplicates", True)
                    is not False,
                    "read_count": len(rows),
                    "file_data": base64.b64encode(content),
                    "mapping_ids": self._api_columns(rows),
                }
            )
        batch = batch.sudo(False)  # sudo: no more, on the contrary
        batch._claim_keys(row["key"].strip() for row in rows)
        batch._check_mapping()
        batch._forget_check()
        batch._dry_run()
        batch._keep_keys(rows)
        return batch

    @api.model
    def _api_country(self, options):
        country = self.env["res.country"].search(
            [("code", "=", str(options.get("country") or "").upper())], limit=1
        )
        if options.get("country") and not country:
            raise UserError(
                self.env._(
                    "“country” is the code of a country, as %(example)s.", example="CN"
                )
            )
        return country or self.env.company.country_id

    @api.model
    def _api_columns(self, rows):
        """One column per field that any row has."""
        known = self._api_fields()
        # the name always: a key that is known needs nothing else to name its customer
        sent = (name for row in rows for name in row if name not in CONTROL)
        names = dict.fromkeys(["name", *sent])
        return [
            fields.Command.create(
                {
                    "position": place,
                    "heading": name,
                    "field_code": known[name],
                    "confidence": 1.0,
                }
            )
            for place, name in enumerate(names)
        ]

    def _load_table(self):
        """The rows of a call are its table; a number is exact as it was written."""
        if not self.api_source:
            return super()._load_table()
        headings = self.mapping_ids.sorted("position").mapped("heading")
        rows = [RawRow(0, tuple(headings))]
        for number, row in enumerate(self._sent_rows(), 1):
            cells = tuple(_cell(row.get(heading)) for heading in headings)
            rows.append(RawRow(number, cells))
        sheet = Sheet("", rows)
        return Table("api", [sheet]), sheet

    def _header_position(self, sheet):
        return 0 if self.api_source else super()._header_position(sheet)

    def _sent_rows(self):
        content = base64.b64decode(self.with_context(bin_size=False).file_data)
        return json.loads(content)[0]

    # -- keys -----------------------------------------------------------------------------

    def _claim_keys(self, keys):
        """New keys are this call's from now on: another call with one of them waits."""
        keys = list(dict.fromkeys(keys))
        links = self.env["customer.external.key"]
        known = links._by_key(self.company_id, self.api_source, keys)
        with self._concurrently():
            # sudo: keys are written by the API alone
            links.sudo().create(
                [
                    {
                        "company_id": self.company_id.id,
                        "source": self.api_source,
                        "key": key,
                        "batch_id": self.id,
                    }
                    for key in keys
                    if key not in known
                ]
            )

    def _decided(self, plan):
        """Of a call: with each row meaning the customer of its key."""
        plan = super()._decided(plan)
        if not self.api_source:
            return plan
        sent = self._sent_rows()
        links = self.env["customer.external.key"]._by_key(
            self.company_id, self.api_source, [row["key"].strip() for row in sent]
        )
        keys = [self._row_key(row, links) for row in sent]
        existing = {one.id: one for one in self._existing_of(keys, plan)}
        taken = self.env["customer.external.key"]._keys_of(
            self.company_id,
            self.api_source,
            {*existing, *(planned.partner_id for planned in plan.rows)},
        )
        return decide(plan, keys, existing, taken)

    def _row_key(self, row, links):
        key = row["key"].strip()
        link = links[key]
        is_own = link.batch_id == self
        wanted = row.get("link")
        return RowKey(
            key,
            link.partner_id.id or 0,
            not link.partner_id and not is_own,
            wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else 0,
            row.get("new") is True,
        )

    def _existing_of(self, keys, plan):
        """The customers of the keys that the user may change, as the plan knows customers."""
        ids = {key.partner_id or key.link for key in keys} - {0}
        partners = self._partners().search(
            [
                ("id", "in", list(ids)),
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id)),
                ("partner_share", "=", True),
                ("ref_company_ids", "=", False),
            ]
        )
        partners = partners._ar_filtered_right("edit")
        # clear: compares what was sent with what is stored; what is told of it is masked
        with clear_values():
            return self._read_existing(partners)

    def _keep_keys(self, rows):
        """Each staged row bears its key."""
        keys = {number: row["key"].strip() for number, row in enumerate(rows, 1)}
        for row in self.row_ids:
            # sudo: rows are what was sent
            row.sudo().external_key = keys[row.number]

    # -- applying -------------------------------------------------------------------------

    def _apply_call(self, options):
        """Apply what can be; link the keys of what was found or made."""
        if self._prepare_run():
            self._start_run()
        else:
            self._set_run_state("done", finished_at=fields.Datetime.now())
        links = self.env["customer.external.key"]._by_key(
            self.company_id, self.api_source, self.row_ids.mapped("external_key")
        )
        for row in self.row_ids:
            link = links[row.external_key]
            if row.partner_id and (
                row.run_state == "done" or row.status in ("same", "update")
            ):
                link.partner_id = row.partner_id
        self._free_keys()
        if options.get("request_approval") is True:
            self.action_request_approval()

    def _free_keys(self):
        """A key whose row was refused is nobody's."""
        # sudo: keys are written by the API alone
        self.env["customer.external.key"].sudo().search(
            [("batch_id", "=", self.id), ("partner_id", "=", False)]
        ).unlink()


class CustomerImportRow(models.Model):
    _inherit = "customer.import.row"

    external_key = fields.Char(
        string="Key of Another System", readonly=True, index="btree_not_null"
    )


def _cell(value):
    """A value of JSON as the cell of a table: exact, and nothing erases."""
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        return value
    return Decimal(str(value))
