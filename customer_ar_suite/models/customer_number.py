from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.numbering import number_key

CURRENT, RETIRED, FREE = "current", "retired", "free"


class CustomerNumber(models.Model):
    """Whose a customer number is and was: each exists once per company.

    The number itself is the customer's reference (``ref``), as lists, files and other
    addons know it. This register makes it unique in the database without touching the
    references a company had before: those are taken in as they are, double ones as one.
    """

    _name = "customer.number"
    _description = "Customer Number"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "company_id, number_key"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True)
    number_key = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="set null"
    )
    numbering_id = fields.Many2one(
        "customer.numbering", string="Pattern", readonly=True, ondelete="set null"
    )
    counter_id = fields.Many2one(
        "customer.numbering.counter", readonly=True, index=True, ondelete="set null"
    )
    running_number = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [(CURRENT, "In Use"), (RETIRED, "No Longer Used"), (FREE, "Free Again")],
        string="Use",
        default=CURRENT,
        required=True,
        readonly=True,
    )
    origin = fields.Selection(
        [
            ("assigned", "Given by a Pattern"),
            ("typed", "Entered by Hand or File"),
            ("existing", "Had Before"),
        ],
        required=True,
        readonly=True,
    )
    noted_at = fields.Datetime(string="Since", required=True, readonly=True)

    _number_uniq = models.Constraint(
        "UNIQUE(company_id, number_key)",
        "Another customer of the company has this number already.",
    )

    # -- what is taken --------------------------------------------------------------------

    @api.model
    def _taken(self, numbers, company_ids):
        """Keys of those numbers that somebody has or had in these companies."""
        keys = [number_key(number) for number in numbers]
        # sudo: that a number is taken is said to whoever may enter a customer
        known = self.env["res.partner"].sudo().with_context(active_test=False)
        others = known.search_fetch(
            [
                ("ref", "in", list(numbers)),
                ("parent_id", "=", False),
                ("company_id", "in", [*company_ids, False]),
            ],
            ["ref"],
        )
        # sudo: as above
        return {number_key(other.ref) for other in others} | set(
            self.sudo()
            .search_fetch(
                [
                    ("company_id", "in", company_ids),
                    ("number_key", "in", keys),
                    ("state", "!=", FREE),
                ],
                ["number_key"],
            )
            .mapped("number_key")
        )

    @api.model
    def _freed_of(self, counter):
        """[(number, running number)] of a counter that nobody uses any more."""
        # sudo: read by numbering alone
        rows = self.sudo().search(
            [("counter_id", "=", counter.id), ("state", "=", FREE)],
            order="running_number",
        )
        return [(row.number, row.running_number) for row in rows]

    @api.model
    def _freed(self, counter, count):
        """The first freed numbers, locked so that nobody else takes them."""
        # sudo: read by numbering alone
        rows = self.sudo().search(
            [("counter_id", "=", counter.id), ("state", "=", FREE)],
            order="running_number",
            limit=count,
        )
        rows.lock_for_update()
        return [(row.number, row.running_number) for row in rows]

    # -- keeping the register -------------------------------------------------------------

    @api.model
    def _note_given(self, rows):
        """Enter numbers a pattern has given: [(customer id, number, pattern, counter, n)]."""
        partners = self.env["res.partner"].browse([row[0] for row in rows])
        detail = {row[0]: row[2:] for row in rows}
        self._sync(partners, "assigned", detail)

    @api.model
    def _sync(self, partners, origin, detail=None):
        """Make the register say what these customers' references say."""
        companies = self.env["res.company"]._ar_numbering_ids()
        # sudo: the register is kept whoever enters a customer
        known = self.sudo().search(
            [("partner_id", "in", partners.ids), ("state", "=", CURRENT)]
        )
        by_partner = known.grouped("partner_id")
        new = []
        # sudo: whose reference it is, whoever enters it
        for partner in partners.sudo():
            wanted = self._wanted(partner, companies)
            for row in by_partner.get(partner, known.browse()):
                key = row.company_id.id, row.number_key
                if key in wanted:
                    del wanted[key]
                else:
                    row._set(state=RETIRED if row.origin == "assigned" else FREE)
            new += [(partner, key, number) for key, number in wanted.items()]
        if new:
            # sudo: the register is kept by the suite alone
            self.sudo()._enter(new, origin, detail or {})

    @api.model
    def _wanted(self, partner, companies):
        """{(company, key): number} of one customer; shared ones have it in all companies."""
        is_customer = not partner.parent_id and partner.customer_rank > 0
        if not is_customer or not (partner.ref or "").strip():
            return {}
        own = [partner.company_id.id] if partner.company_id else companies
        key = number_key(partner.ref)
        return {(id_, key): partner.ref.strip() for id_ in own if id_ in companies}

    def _enter(self, new, origin, detail):
        keys = {key for _partner, (_company, key), _number in new}
        rows = self.search([("number_key", "in", list(keys))])
        known = {(row.company_id.id, row.number_key): row for row in rows}
        vals_list, seen = [], {}
        for partner, key, number in new:
            twin = seen.setdefault(key, partner)
            row = known.get(key)
            if twin != partner or (
                row and row.state != FREE and row.partner_id != partner
            ):
                self._refuse_twin(number, partner, row.partner_id if row else twin)
            numbering, counter, value = detail.get(partner.id, (False, False, 0))
            vals = {
                "number": number,
                "number_key": key[1],
                "company_id": key[0],
                "partner_id": partner.id,
                "state": CURRENT,
                "origin": origin,
                "noted_at": fields.Datetime.now(),
                "numbering_id": numbering,
                "counter_id": counter,
                "running_number": value,
            }
            if row:
                if not counter:  # a number typed again keeps its place in the counter
                    for name in ("numbering_id", "counter_id", "running_number"):
                        del vals[name]
                row._set(**vals)
            else:
                vals_list.append(vals)
        self._insert(vals_list)

    def _refuse_twin(self, number, partner, other):
        raise UserError(
            self.env._(
                "“%(number)s” is the number of %(other)s already; %(customer)s needs "
                "another one.",
                number=number,
                other=other.name or self.env._("a customer who no longer exists"),
                customer=partner.name,
            )
        )

    @api.model
    def _take_in(self, company):
        """Enter the references the customers of a company have, in one statement."""
        self.env["res.partner"].flush_model(
            ["ref", "company_id", "parent_id", "customer_rank"]
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_number (number, number_key, company_id, partner_id,
                    state, origin, noted_at, create_uid, create_date, write_uid, write_date)
                SELECT DISTINCT ON (upper(btrim(ref)))
                    btrim(ref), upper(btrim(ref)), %(company)s, id, 'current', 'existing',
                    now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC',
                    %(user)s, now() AT TIME ZONE 'UTC'
                FROM res_partner
                WHERE btrim(ref) <> '' AND parent_id IS NULL AND customer_rank > 0
                    AND (company_id IS NULL OR company_id = %(company)s)
                ORDER BY upper(btrim(ref)), active DESC, id
                ON CONFLICT (company_id, number_key) DO UPDATE
                    SET partner_id = EXCLUDED.partner_id, state = 'current'
                    WHERE customer_number.state <> 'current'
                """,
                company=company.id,
                user=self.env.uid,
            )
        )
        self.invalidate_model()

    @api.model
    def _doubles(self, company):
        """Customers whose reference another one has, too: [(number, customers)]."""
        groups = self.env["res.partner"]._read_group(
            [
                ("ref", "!=", False),
                ("parent_id", "=", False),
                ("customer_rank", ">", 0),
                ("company_id", "in", [company.id, False]),
            ],
            ["ref"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
        )
        return [(ref, partners) for ref, partners in groups if ref.strip()]
