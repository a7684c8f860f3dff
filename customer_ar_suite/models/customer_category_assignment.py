import json
from collections.abc import Mapping
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.history import Period, merge

PEOPLE = ("manual", "import")  # sources that may not write what the system owns


class Change(NamedTuple):
    """One customer whose category changes: what is to hold, what held on that day."""

    partner_id: int
    category_id: int | None
    held_id: (
        int | None
    )  # the assignment that ends, or is corrected if it began that day
    held_category_id: int | None
    valid_to: object  # day before the next change on record


class Detail(NamedTuple):
    """Why a rule put a customer where he is: the rule, and the figures as code + values."""

    rule_id: int | None
    evidence: dict | None


class CustomerCategoryAssignment(models.Model):
    """Which customer had which category from when to when, and why: the truth.

    ``_assign`` is the only function that writes here and the partner columns that mirror
    the current state. The database itself refuses overlapping periods.
    """

    _name = "customer.category.assignment"
    _description = "Category Assignment"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "valid_from desc, id desc"
    _rec_name = "category_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    dimension_id = fields.Many2one(
        "customer.dimension",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    category_id = fields.Many2one(
        "customer.category",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="dimension_id.company_id")
    valid_from = fields.Date(required=True, readonly=True)
    valid_to = fields.Date(
        readonly=True, help="Last day on which the category held; empty while it holds."
    )
    holds_on = fields.Date(
        string="Valid On",
        compute="_compute_holds_on",
        search="_search_holds_on",
        help="Search for the customers that had a category on a given day.",
    )
    source = fields.Selection(
        [
            ("manual", "By Hand"),
            ("import", "Import"),
            ("rule", "Rule"),
            ("mirror", "Mirror"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned by", readonly=True)
    rule_id = fields.Many2one(
        "customer.category.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    evidence = fields.Json(readonly=True, groups="base.group_system")
    expires_on = fields.Date(
        string="Counts until",
        readonly=True,
        help="Last day on which a choice by hand is kept from the rules; empty: for good.",
    )

    # An index of the dimension alone would be taken for a new dimension, of which the
    # database does not know yet how many customers it has, and read all of them for each.
    _dimension_idx = models.Index("(dimension_id, partner_id, valid_from)")
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (partner_id WITH =, dimension_id WITH =, "
        "daterange(valid_from, valid_to, '[]') WITH &&)",
        "A customer can have only one category per dimension on any day.",
    )
    _period = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "A period cannot end before it begins.",
    )

    def _compute_holds_on(self):
        self.holds_on = False  # exists to be searched for

    @api.model
    def _search_holds_on(self, operator, value):
        """``=`` a day: the assignments valid on it."""
        if operator != "in":
            return NotImplemented
        return fields.Domain.OR(
            [
                ("valid_from", "<=", day),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", day),
            ]
            for day in value
        )

    # -- the one writer -------------------------------------------------------------------

    @api.model
    def _assign(
        self,
        values: Mapping[int, int | bool],
        dimension,
        source: str,
        valid_from,
        reason: str | None = None,
        expires_on=None,
        details: Mapping[int, Detail] | None = None,
    ):
        """Set the category of many customers in one dimension; return the ids that changed.

        The new category (False: none) holds from ``valid_from`` until the next change
        already on record; a change on the same day is corrected. The number of statements
        does not depend on the number of customers. The caller has checked that the user
        may write the customers.

        A reason makes a choice by hand count as a change even where the category is the same:
        it keeps what a rule has given from being changed by rules.

        :param expires_on: last day on which rules respect the choice
        :param details: what rules found, by customer
        """
        self._check_assignable(values, dimension, source, valid_from)
        if source in PEOPLE:
            values = self.env["res.partner"]._ar_divert_values(
                dimension._column_name(), values
            )
        self.env.flush_all()
        pin = source == "manual" and bool(reason)
        changes = self._load_changes(values, dimension, valid_from, pin)
        partner_ids = [change.partner_id for change in changes]
        if changes:
            given = {
                "source": source,
                "reason": reason or None,
                "expires_on": expires_on or None,
            }
            self._apply_changes(changes, dimension, valid_from, given, details or {})
            self._refresh_column(dimension, partner_ids)
            self._log_changes(changes, dimension, source, valid_from, reason)
        return partner_ids

    @api.model
    def _check_assignable(self, values, dimension, source, valid_from):
        if not dimension.active:
            raise UserError(
                self.env._(
                    "The dimension “%(name)s” is switched off.", name=dimension.name
                )
            )
        if source in PEOPLE and (dimension.is_mirror or dimension.mode == "rule"):
            raise UserError(
                self.env._(
                    "“%(name)s” is set by the system and cannot be changed by hand or by "
                    "import.",
                    name=dimension.name,
                )
            )
        if valid_from > fields.Date.context_today(self):
            raise UserError(
                self.env._("A category cannot be assigned as of a future day.")
            )
        # sudo: the categories are compared with their dimension, nothing is shown
        categories = (
            self.env["customer.category"]
            .sudo()
            .browse(set(filter(None, values.values())))
        )
        foreign = categories.filtered(
            lambda category: category.dimension_id.id != dimension.id
        )
        if foreign:
            raise UserError(
                self.env._(
                    "“%(category)s” is not a category of “%(dimension)s”.",
                    category=foreign[0].display_name,
                    dimension=dimension.name,
                )
            )

    @api.model
    def _load_changes(self, values, dimension, valid_from, pin=False):
        """The customers for whom the category really changes, or what a rule gave is kept."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wanted.partner_id, wanted.category_id, held.id, held.category_id,
                       CASE WHEN held.id IS NOT NULL THEN held.valid_to
                            ELSE (SELECT min(later.valid_from) - 1
                                    FROM customer_category_assignment later
                                   WHERE later.partner_id = wanted.partner_id
                                     AND later.dimension_id = %(dimension)s
                                     AND later.valid_from > %(day)s)
                       END
                  FROM unnest(%(partners)s::int[], %(categories)s::int[])
                       AS wanted(partner_id, category_id)
             LEFT JOIN customer_category_assignment held
                    ON held.partner_id = wanted.partner_id
                   AND held.dimension_id = %(dimension)s
                   AND held.valid_from <= %(day)s
                   AND (held.valid_to IS NULL OR held.valid_to >= %(day)s)
                 WHERE held.category_id IS DISTINCT FROM wanted.category_id
                    OR (%(pin)s AND wanted.category_id IS NOT NULL)
                """,
                pin=pin,
                dimension=dimension.id,
                day=valid_from,
                partners=list(values),
                categories=[category or None for category in values.values()],
            )
        )
        return list(map(Change._make, rows))

    @api.model
    def _apply_changes(self, changes, dimension, valid_from, given, details):
        """End what held, begin what holds now; the history of other days stays."""
        held = [change.held_id for change in changes if change.held_id]
        begin = [change for change in changes if change.category_id]
        why = [details.get(change.partner_id, Detail(None, None)) for change in begin]
        query = self.env.cr.execute
        query(
            SQL(
                "DELETE FROM customer_category_assignment"
                " WHERE id = ANY(%s::int[]) AND valid_from = %s",
                held,
                valid_from,
            )
        )
        query(
            SQL(
                "UPDATE customer_category_assignment SET valid_to = %s::date - 1,"
                " write_uid = %s, write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = ANY(%s::int[])",
                valid_from,
                self.env.uid,
                held,
            )
        )
        query(
            SQL(
                """
                INSERT INTO customer_category_assignment
                       (partner_id, dimension_id, category_id, valid_from, valid_to, source,
                        reason, expires_on, rule_id, evidence,
                        user_id, create_uid, write_uid, create_date, write_date)
                SELECT new.partner_id, %(dimension)s, new.category_id, %(day)s, new.valid_to,
                       %(source)s, %(reason)s, %(expires_on)s::date, new.rule_id,
                       new.evidence::jsonb, %(user)s, %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM unnest(%(partners)s::int[], %(categories)s::int[], %(ends)s::date[],
                              %(rules)s::int[], %(evidence)s::text[])
                       AS new(partner_id, category_id, valid_to, rule_id, evidence)
                """,
                dimension=dimension.id,
                day=valid_from,
                user=self.env.uid,
                partners=[change.partner_id for change in begin],
                categories=[change.category_id for change in begin],
                ends=[change.valid_to for change in begin],
                rules=[one.rule_id for one in why],
                evidence=[one.evidence and json.dumps(one.evidence) for one in why],
                **given,
            )
        )
        self.invalidate_model()

    @api.model
    def _refresh_column(self, dimension, partner_ids):
        """Let the partner column show what holds now."""
        column = dimension._column_name()
        partners = self.env["res.partner"].browse(partner_ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner
                   SET %(column)s = (SELECT held.category_id
                                       FROM customer_category_assignment held
                                      WHERE held.partner_id = res_partner.id
                                        AND held.dimension_id = %(dimension)s
                                        AND held.valid_to IS NULL),
                       write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%(partners)s)
                """,
                column=SQL.identifier(column),
                dimension=dimension.id,
                user=self.env.uid,
                partners=partner_ids,
            )
        )
        partners.invalidate_recordset([column, "write_uid", "write_date"])
        # fields of other addons that are computed from the column
        partners.modified([column])

    @api.model
    def _log_changes(self, changes, dimension, source, valid_from, reason):
        ids = {change.category_id for change in changes}
        ids |= {change.held_category_id for change in changes}
        # sudo: the log names categories whoever may read them
        categories = self.env["customer.category"].sudo().browse(filter(None, ids))
        names = {category.id: category.display_name for category in categories}
        self.env["customer.audit.entry"]._ar_log(
            "category.assign",
            self.env["res.partner"].browse([change.partner_id for change in changes]),
            {
                "dimension": dimension.code,
                "source": source,
                "valid_from": valid_from,
                "reason": reason or "",
            },
            {
                change.partner_id: {
                    "category_id": change.category_id or False,
                    "category": names.get(change.category_id, ""),
                    "old_category_id": change.held_category_id or False,
                    "old_category": names.get(change.held_category_id, ""),
                }
                for change in changes
            },
        )

    # -- merging customers ----------------------------------------------------------------

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The target's word counts; days on which it says nothing are told by the source."""
        rows = self.search([("partner_id", "in", [*source_ids, target_id])])
        for dimension, group in rows.grouped("dimension_id").items():
            by_partner = group.grouped("partner_id")
            kept = [row._period() for row in group if row.partner_id.id == target_id]
            for source in sorted(by_partner, key=lambda partner: partner.id):
                if source.id != target_id:
                    kept = self._merge_rows(kept, by_partner[source], target_id)
            self.env.flush_all()
            if dimension._column_name() in self.env["res.partner"]._fields:
                self._refresh_column(dimension, [target_id])

    def _merge_rows(self, kept, rows, target_id):
        """Move ``rows`` to the target as far as ``kept`` leaves room; log what goes."""
        merged = merge(kept, [row._period() for row in rows])
        gone = self.browse()
        for row in rows:
            pieces = [period for period in merged if period.value == row.id]
            for piece in pieces[1:]:
                row.copy(self._period_values(piece, target_id))
            if pieces:
                row.write(self._period_values(pieces[0], target_id))
            else:
                gone += row
        if gone:
            self.env["customer.audit.entry"]._ar_log(
                "category.merge",
                gone.partner_id,
                {
                    "into": target_id,
                    "dropped": gone.read(["category_id", "valid_from", "valid_to"]),
                },
            )
            gone.unlink()
        return merged

    def _period(self):
        return Period(self.id, self.valid_from, self.valid_to or None)

    @api.model
    def _period_values(self, period, partner_id):
        return {
            "partner_id": partner_id,
            "valid_from": period.start,
            "valid_to": period.end or False,
        }
