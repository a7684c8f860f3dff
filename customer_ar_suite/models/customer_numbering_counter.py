from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.numbering import number_key

#: numbers looked at beyond those wanted, in case they are in use already
LOOK_AHEAD = 500


class CustomerNumberingCounter(models.Model):
    """Where a pattern has got to: one counter per category, country and year it names.

    The counting is Odoo's own (``ir.sequence``), drawn in bulk: a database sequence, or a
    locked row where no gaps are allowed.
    """

    _name = "customer.numbering.counter"
    _description = "Counter of Customer Numbers"
    _inherit = ["ar.locked.mixin"]
    _order = "numbering_id, scope"
    _rec_name = "scope"

    numbering_id = fields.Many2one(
        "customer.numbering",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="numbering_id.company_id", store=True)
    scope = fields.Char(
        string="Counts for",
        readonly=True,
        help="The category, country and period for which this counter counts.",
    )
    sequence_id = fields.Many2one(
        "ir.sequence", required=True, readonly=True, ondelete="restrict"
    )
    next_number = fields.Integer(compute="_compute_next_number", compute_sudo=True)

    _scope_uniq = models.Constraint(
        "UNIQUE(numbering_id, scope)", "There is one counter for each scope."
    )

    def _compute_next_number(self):
        for counter in self:
            counter.next_number = counter.sequence_id.number_next_actual

    def _follow_gapless(self):
        for counter in self:
            # sudo: the counting follows the pattern the user may change
            counter.sudo().sequence_id.implementation = (
                "no_gap" if counter.numbering_id.is_gapless else "standard"
            )

    def _span(self, pattern, values, count, company_ids):
        """How many numbers have to be drawn so that ``count`` of them are free."""
        start = self.next_number
        shown = [
            pattern.render(value, values)
            for value in range(start, start + count + LOOK_AHEAD)
        ]
        taken = self.env["customer.number"]._taken(shown, company_ids)
        free = [
            place
            for place, number in enumerate(shown, 1)
            if number_key(number) not in taken
        ]
        return free[count - 1] if len(free) >= count else len(shown)

    def _draw(self, count):
        """The next ``count`` numbers, in one question; of no gaps: locked until the end."""
        # sudo: drawing a number needs no right on sequences, as in core
        sequence = self.sudo().sequence_id
        self.invalidate_recordset(["next_number"])
        sequence.invalidate_recordset(["number_next_actual"])
        if sequence.implementation == "standard":
            rows = self.env.execute_query(
                SQL(
                    "SELECT nextval(%s) FROM generate_series(1, %s)",
                    f"ir_sequence_{sequence.id:03}",
                    count,
                )
            )
            return [number for (number,) in rows]
        sequence.flush_recordset(["number_next"])
        # whoever draws at the same moment is made to begin again by Odoo, as in core
        self.env.execute_query(
            SQL(
                "SELECT id FROM ir_sequence WHERE id = %s FOR UPDATE NOWAIT",
                sequence.id,
            )
        )
        [(first,)] = self.env.execute_query(
            SQL(
                "UPDATE ir_sequence SET number_next = number_next + %s WHERE id = %s "
                "RETURNING number_next - %s",
                count,
                sequence.id,
                count,
            )
        )
        sequence.invalidate_recordset(["number_next"])
        return list(range(first, first + count))


class CustomerNumbering(models.Model):
    _inherit = "customer.numbering"

    def _counter(self, scope):
        """The counter of a scope, made when it is first needed."""
        # sudo: counters are made by numbering alone
        counters = self.env["customer.numbering.counter"].sudo()
        found = counters.search([("numbering_id", "=", self.id), ("scope", "=", scope)])
        if found:
            return found
        # two who make it at the same moment meet here, and the second begins again
        self.env.execute_query(
            SQL(
                "UPDATE customer_numbering SET write_date = write_date WHERE id = %s "
                "RETURNING id",
                self.id,
            )
        )
        # sudo: a sequence of its own, for this counter
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .create(
                {
                    "name": f"{self.name} {scope}".strip(),
                    "code": "customer.number",
                    "implementation": "no_gap" if self.is_gapless else "standard",
                    "number_next": self.start_number,
                    "company_id": self.company_id.id,
                }
            )
        )
        return counters._insert(
            [{"numbering_id": self.id, "scope": scope, "sequence_id": sequence.id}]
        )

    def _peek(self, scope):
        """The number that would be drawn next; takes none."""
        # sudo: what the next number is, is no secret
        counters = self.env["customer.numbering.counter"].sudo()
        found = counters.search([("numbering_id", "=", self.id), ("scope", "=", scope)])
        return found.next_number if found else self.start_number

    @api.model
    def _number(self, partners, company):
        """Give the next numbers to customers without one; returns those no pattern fits.

        Freed numbers of a pattern without gaps come first; what somebody typed in already
        is passed over.
        """
        plan, left = self._plan(partners, company)
        given, rows = {}, []
        for (numbering, scope), wanted in plan.items():
            counter = numbering._counter(scope)
            drawn = numbering._draw_free(counter, wanted, company)
            for (id_, _pattern, _values), (number, value) in zip(
                wanted, drawn, strict=True
            ):
                given[id_] = number
                rows.append((id_, number, numbering.id, counter.id, value))
        self._set_refs(given)
        self.env["customer.number"]._note_given(rows)
        return left

    def _draw_free(self, counter, wanted, company):
        """[(number, its running number)] for these customers, none of them in use."""
        numbers, where = (
            self.env["customer.number"],
            self._where_unique(wanted, company),
        )
        found = numbers._freed(counter, len(wanted)) if self.is_gapless else []
        _id, pattern, values = wanted[0]
        while missing := len(wanted) - len(found):
            drawn = counter._draw(counter._span(pattern, values, missing, where))
            shown = {value: pattern.render(value, values) for value in drawn}
            taken = numbers._taken(shown.values(), where)
            found += [
                (number, value)
                for value, number in shown.items()
                if number_key(number) not in taken
            ]
        return found[: len(wanted)]

    @api.model
    def _where_unique(self, wanted, company):
        """A customer all companies share has a number that is free in all of them."""
        # sudo: whose customers these are
        partners = self.env["res.partner"].sudo().browse([one[0] for one in wanted])
        if all(partner.company_id for partner in partners):
            return company.ids
        return self.env["res.company"]._ar_numbering_ids() or company.ids

    @api.model
    def _set_refs(self, given):
        """One statement for all; it makes nobody the last editor of a customer's card."""
        if not given:
            return
        partners = self.env["res.partner"].browse(given)
        partners.flush_recordset(["ref"])
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET ref = v.number "
                "FROM unnest(%s, %s::varchar[]) AS v(id, number) "
                "WHERE res_partner.id = v.id",
                list(given),
                list(given.values()),
            )
        )
        partners.invalidate_recordset(["ref"])
        partners.modified(["ref"])
        self.env["customer.duplicate.index"]._touch(partners.ids)

    @api.model
    def _preview(self, partners, company):
        """{customer id: the number it would get now}; takes none."""
        plan, _left = self._plan(partners, company)
        shown = {}
        for (numbering, scope), wanted in plan.items():
            _id, pattern, values = wanted[0]
            start = numbering._peek(scope)
            free = numbering._freed_numbers(scope)[: len(wanted)]
            span = range(start, start + 2 * len(wanted) + 1000)
            coming = {pattern.render(value, values): value for value in span}
            where = self._where_unique(wanted, company)
            taken = self.env["customer.number"]._taken(coming, where)
            numbers = free + [n for n in coming if number_key(n) not in taken]
            shown |= {
                id_: number
                for (id_, _p, _v), number in zip(wanted, numbers, strict=False)
            }
        return shown

    def _freed_numbers(self, scope):
        # sudo: counters are read by numbering alone
        counters = self.env["customer.numbering.counter"].sudo()
        counter = counters.search(
            [("numbering_id", "=", self.id), ("scope", "=", scope)]
        )
        if not self.is_gapless or not counter:
            return []
        return [n for n, _v in self.env["customer.number"]._freed_of(counter)]
