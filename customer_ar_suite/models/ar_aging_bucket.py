import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.aging import MAX_BUCKETS, STANDARD, BucketSet

_LIMITS = re.compile(r"\s*\d{1,4}(\s*,\s*\d{1,4})*\s*")


class ArAgingBucketSet(models.Model):
    """Into which periods overdue amounts are sorted; the first set is the default."""

    _name = "ar.aging.bucket.set"
    _description = "Aging Bucket Set"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first set a company may use is its default."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a set that all companies share.",
    )
    basis = fields.Selection(
        [("due_date", "Due Date"), ("invoice_date", "Invoice Date")],
        string="Days Since",
        required=True,
        default="due_date",
        help="What the age of an item is counted from.",
    )
    limits = fields.Char(
        string="Days up to",
        required=True,
        default=lambda self: ", ".join(map(str, STANDARD.limits)),
        help="Last day of each bucket, rising, parted by commas: “0, 30, 60” makes "
        "“Not due”, “1–30”, “31–60” and “> 60”.",
    )
    labels = fields.Char(string="Buckets", compute="_compute_labels")

    @api.depends("limits", "basis")
    @api.depends_context("lang")
    def _compute_labels(self):
        for bucket_set in self:
            try:
                labels = bucket_set._bucket_labels()
            except ValidationError:
                labels = []  # half typed
            bucket_set.labels = " · ".join(labels)

    @api.constrains("limits")
    def _check_limits(self):
        for bucket_set in self:
            bucket_set._buckets()

    def _buckets(self):
        """The set as the engine knows it; without a record the standard one."""
        return self._parse_limits(self.limits) if self else STANDARD

    def _bucket_case(self, days):
        """``CASE`` that gives the number of the bucket, the same as ``BucketSet.index``.

        :param SQL days: expression of the days overdue
        """
        *bounded, _last = self._buckets().ranges()
        whens = [
            SQL("WHEN %s <= %s THEN %s", days, upper, number)
            for number, (_lower, upper) in enumerate(bounded)
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), len(bounded))

    @api.model
    def _parse_limits(self, text):
        """``BucketSet`` of what a user typed: whole days, rising, not too many."""
        try:
            if not _LIMITS.fullmatch(text or ""):
                raise ValueError(text)
            buckets = BucketSet(tuple(int(limit) for limit in text.split(",")))
        except ValueError:
            raise ValidationError(
                self.env._(
                    "“%(value)s” does not describe aging buckets. Enter whole numbers of "
                    "days that rise, parted by commas, for example: 0, 30, 60, 90",
                    value=text or "",
                )
            ) from None
        if len(buckets) > MAX_BUCKETS:
            raise ValidationError(
                self.env._(
                    "An aging bucket set has at most %(count)s buckets; “%(value)s” "
                    "makes more. Remove some of the limits.",
                    count=MAX_BUCKETS,
                    value=text,
                )
            )
        return buckets

    def _bucket_labels(self):
        """What the buckets are called, the youngest first: “Not due”, “1–30”, “> 120”."""
        basis = self.basis or "due_date"
        return [
            self._bucket_label(first, last, basis)
            for first, last in self._buckets().ranges()
        ]

    @api.model
    def _bucket_label(self, first, last, basis):
        if first is None:
            if last == 0 and basis == "due_date":
                return self.env._("Not due")
            return self.env._("Up to %(days)s", days=last)
        if last is None:
            return self.env._("> %(days)s", days=first - 1)
        return str(first) if first == last else f"{first}–{last}"

    @api.model
    def _default_set(self, company=None):
        """The set ``company`` (default: the current one) uses when none is chosen."""
        company = company or self.env.company
        domain = [("company_id", "in", [False, company.id])]
        return self.search_fetch(domain, ["limits", "basis"], limit=1)
