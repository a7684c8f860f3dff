from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.aging import MAX_BUCKETS

#: what the customer still has to be given credit for; sorted into no bucket
UNAPPLIED = "unapplied"
BUCKET_FIELDS = {f"bucket_{number}_amount": number for number in range(MAX_BUCKETS)}


def _bucket_amount(number):
    return fields.Monetary(
        string=f"Bucket {number + 1}",
        currency_field="shown_currency_id",
        readonly=True,
    )


class ArAgingReport(models.Model):
    """Aged receivables: one row per open item, its amount in the column of its bucket.

    Further keys of the context say what is shown: ``ar_bucket_set_id`` (default: the
    company's first set), ``ar_dimension_id`` (default: no category).

    The web client asks for views without the context, but for keys that end in
    ``_view_ref``: ``ar_bucket_view_ref`` repeats the bucket set there for the headings.
    """

    _name = "ar.aging.report"
    _description = "Aged Receivables"
    _auto = False
    _rec_name = "line_id"
    _order = "due_date, id"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _ar_dimension_dates = ("invoice_date", "date")
    _ar_warns_of_rates = True
    _ar_item_fields = (
        "partner_id",
        "move_id",
        "invoice_date",
        "due_date",
        "overdue_days",
    )

    line_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    move_type = fields.Selection(related="move_id.move_type")
    journal_id = fields.Many2one("account.journal", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    category_id = fields.Many2one(
        "customer.category",
        readonly=True,
        help="Category the customer had on the date, in the dimension chosen.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(string="Accounting Date", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    overdue_days = fields.Integer(
        string="Days Overdue", readonly=True, aggregator="max"
    )
    bucket = fields.Selection(
        lambda self: self._selection_bucket(), string="Age", readonly=True
    )
    residual_currency_amount = fields.Monetary(
        string="Open in Currency", currency_field="currency_id", readonly=True
    )
    residual_amount = fields.Monetary(
        string="Balance", currency_field="shown_currency_id", readonly=True
    )
    overdue_amount = fields.Monetary(
        string="Overdue", currency_field="shown_currency_id", readonly=True
    )
    unapplied_amount = fields.Monetary(
        string="Unapplied",
        currency_field="shown_currency_id",
        readonly=True,
        help="Payments and credit notes that are not applied to an invoice yet.",
    )
    disputed_amount = fields.Monetary(
        string="Disputed", currency_field="shown_currency_id", readonly=True
    )
    promised_amount = fields.Monetary(
        string="Promised", currency_field="shown_currency_id", readonly=True
    )
    bucket_0_amount = _bucket_amount(0)
    bucket_1_amount = _bucket_amount(1)
    bucket_2_amount = _bucket_amount(2)
    bucket_3_amount = _bucket_amount(3)
    bucket_4_amount = _bucket_amount(4)
    bucket_5_amount = _bucket_amount(5)
    bucket_6_amount = _bucket_amount(6)
    bucket_7_amount = _bucket_amount(7)
    bucket_8_amount = _bucket_amount(8)

    # -- parameters of the view -----------------------------------------------------------

    def _bucket_set(self):
        """The set asked for, if the user may read it; else the company's default."""
        sets = self.env["ar.aging.bucket.set"]
        context = self.env.context
        asked = context.get("ar_bucket_set_id") or context.get("ar_bucket_view_ref")
        # the heading's key goes on with the limits: clients cache headings by it
        found = self._readable(sets, str(asked or "").partition(":")[0])
        return found or sets._default_set()

    def _dimension(self):
        """The dimension asked for, if the user may read it."""
        dimensions = self.env["customer.dimension"]
        return self._readable(dimensions, str(self.env.context.get("ar_dimension_id")))

    @api.model
    def _selection_bucket(self):
        labels = self._bucket_set()._bucket_labels()
        return [
            *((str(number), label) for number, label in enumerate(labels)),
            (UNAPPLIED, self.env._("Unapplied")),
        ]

    # -- rows -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        return self.env["ar.ledger"]._open_item_query(
            self._select_columns(),
            self._select_joins(),
            self._as_of(),
            known_on=self._known_on(),
        )

    def _select_columns(self):
        """The columns, under the names of the fields; what is missing stands at nothing.

        A residual below zero is a payment or credit note not applied yet: it has a column
        of its own and is never overdue. So has what stands on an account of advances,
        whatever its sign.
        """
        as_of = self._as_of()
        bucket = self._bucket_sql(as_of)
        shown = self._amounts("item")(
            SQL("item.residual_company"), SQL("item.residual")
        )
        owed = SQL("CASE WHEN item.is_advance THEN 0 ELSE GREATEST(%s, 0) END", shown)
        return SQL(
            """
            item.line_id AS id,
            item.present_line_id AS line_id,
            item.move_id,
            item.journal_id,
            item.account_id,
            item.company_id,
            contact.commercial_partner_id AS partner_id,
            customer.country_id,
            COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
            %(category)s AS category_id,
            item.currency_id,
            item.company_currency_id,
            %(shown_currency)s AS shown_currency_id,
            item.date,
            item.invoice_date,
            item.due_date,
            CASE WHEN %(shown)s < 0 OR item.is_advance THEN 0
                 ELSE GREATEST(%(as_of)s - item.due_date, 0) END AS overdue_days,
            CASE WHEN %(shown)s < 0 OR item.is_advance THEN %(unapplied)s
                 ELSE %(bucket)s::text END AS bucket,
            item.residual AS residual_currency_amount,
            %(shown)s AS residual_amount,
            CASE WHEN item.due_date < %(as_of)s THEN %(owed)s ELSE 0 END
                AS overdue_amount,
            %(shown)s - %(owed)s AS unapplied_amount,
            0 AS disputed_amount,
            0 AS promised_amount,
            %(bucket_amounts)s
            """,
            as_of=as_of,
            shown=shown,
            owed=owed,
            shown_currency=self._shown_currency_sql("item"),
            category=SQL("assignment.category_id")
            if self._dimension()
            else SQL("NULL::int"),
            unapplied=UNAPPLIED,
            bucket=bucket,
            bucket_amounts=SQL(", ").join(
                SQL(
                    "CASE WHEN %s = %s THEN %s ELSE 0 END AS %s",
                    bucket,
                    number,
                    owed,
                    SQL.identifier(name),
                )
                for name, number in BUCKET_FIELDS.items()
            ),
            to_flush=[
                self.env["account.move"]._fields["invoice_user_id"],
                self.env["res.partner"]._fields["commercial_partner_id"],
                self.env["res.partner"]._fields["country_id"],
                self.env["res.partner"]._fields["user_id"],
            ],
        )

    def _bucket_sql(self, as_of):
        """Number of the bucket an item is in."""
        bucket_set = self._bucket_set()
        since = SQL("item.due_date")
        if bucket_set.basis == "invoice_date":
            since = SQL("COALESCE(item.invoice_date, item.date)")
        return bucket_set._bucket_case(SQL("(%s - %s)", as_of, since))

    def _select_joins(self):
        """Customer, document and, with a dimension, the category held on the date.

        Left joins on keys: the planner drops those whose columns nobody asked for.
        """
        customer = SQL(
            """
            LEFT JOIN res_partner contact ON contact.id = item.contact_id
            LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
            LEFT JOIN account_move move ON move.id = item.move_id
            """
        )
        dimension = self._dimension()
        if not dimension:
            return customer
        assignments = self.env["customer.category.assignment"]
        return SQL(
            """
            %(customer)s
            LEFT JOIN customer_category_assignment assignment
                   ON assignment.partner_id = customer.id
                  AND assignment.dimension_id = %(dimension)s
                  AND assignment.valid_from <= %(as_of)s
                  AND COALESCE(assignment.valid_to, %(as_of)s) >= %(as_of)s
            """,
            customer=customer,
            dimension=dimension.id,
            as_of=self._as_of(),
            to_flush=[
                assignments._fields[name]
                for name in ("category_id", "dimension_id", "valid_from", "valid_to")
            ],
        )

    # -- headings -------------------------------------------------------------------------

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Bucket columns are called after their buckets: “1–30”, “31–60” …"""
        fields_info = super().fields_get(allfields, attributes)
        labels = self._bucket_set()._bucket_labels()
        for name, number in BUCKET_FIELDS.items():
            if name in fields_info and number < len(labels):
                fields_info[name]["string"] = labels[number]
        return fields_info

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Without the columns of buckets that the set does not have."""
        arch, view = super()._get_view(view_id, view_type, **options)
        count = len(self._bucket_set()._buckets())
        for name, number in BUCKET_FIELDS.items():
            if number >= count:
                for node in arch.xpath(f"//field[@name='{name}']"):
                    node.getparent().remove(node)
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return *key, len(self._bucket_set()._buckets())

    # -- export ---------------------------------------------------------------------------

    def _table_title(self):
        return self.env._("Aged Receivables")

    def _measures(self):
        """The buckets there are, unapplied, what is disputed or promised, the sums."""
        count = len(self._bucket_set()._buckets())
        extra = ("disputed_amount", "promised_amount")
        sums = self._read_group([], [], [f"{name}:sum" for name in extra])[0]
        claimed = [name for name, amount in zip(extra, sums, strict=True) if amount]
        return [
            *(name for name, number in BUCKET_FIELDS.items() if number < count),
            "unapplied_amount",
            *claimed,
            "overdue_amount",
            "residual_amount",
        ]

    def _date_facts(self):
        buckets = self._bucket_set()
        days = dict(buckets._fields["basis"]._description_selection(self.env))
        facts = [
            *super()._date_facts(),
            (
                self.env._("Buckets"),
                self.env._(
                    "%(name)s (days since %(basis)s)",
                    name=buckets.name or self.env._("Standard"),
                    basis=days[buckets.basis or "due_date"],
                ),
            ),
        ]
        dimension = self._dimension()
        return (
            [*facts, (self.env._("Category Of"), dimension.name)]
            if dimension
            else facts
        )

    # -- drill-down -----------------------------------------------------------------------

    def _items_view(self):
        return self.env.ref("customer_ar_suite.ar_aging_report_view_list_items").id

    def action_open_document(self):
        """The invoice, credit note, payment or entry behind an open item."""
        self.check_access("read")
        self.ensure_one()
        return self.move_id._get_records_action(context={})
