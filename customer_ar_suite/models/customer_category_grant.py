from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..engine.access import Grant, explain, scope

ADMINISTRATORS = (
    "customer_ar_suite.customer_ar_suite_group_administrator",
    "base.group_system",
)
AUDITOR = "customer_ar_suite.customer_ar_suite_group_auditor"


class CustomerCategoryGrant(models.Model):
    """Who may see, edit, export which categories of customers, and see their money.

    Without a grant nothing is restricted. As soon as a user has one in a dimension, himself
    or through a group, he sees what his grants of that dimension add up to, and no other
    customer; several dimensions restrict together. What that means for records is decided
    by ``engine/access.py`` and enforced by the rules of ``_rule_domain``.
    """

    _name = "customer.category.grant"
    _description = "Category Grant"
    _order = "dimension_id, user_id, group_id, id"

    active = fields.Boolean(
        default=True,
        help="An archived grant neither opens nor restricts anything.",
    )
    user_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="cascade",
        domain=[("share", "=", False)],
        help="The person the grant is for; or choose a group.",
    )
    group_id = fields.Many2one(
        "res.groups",
        index="btree_not_null",
        ondelete="cascade",
        help="All members of the group, those through other groups included.",
    )
    subject = fields.Char(string="For", compute="_compute_subject")
    dimension_id = fields.Many2one(
        "customer.dimension",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("active", "=", True)],
    )
    category_id = fields.Many2one(
        "customer.category",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('dimension_id', '=', dimension_id)]",
        help="The category that is opened; empty: all categories of the dimension.",
    )
    with_subcategories = fields.Boolean(
        default=True, help="What is below the category is opened, too."
    )
    with_uncategorized = fields.Boolean(
        string="Unclassified Customers",
        help="Also opens customers without a category in this dimension.",
    )
    can_edit = fields.Boolean(
        string="Edit",
        default=True,
        help="Change these customers and whatever hangs on them.",
    )
    can_see_money = fields.Boolean(
        string="See Money",
        default=True,
        help="Invoices, payments, balances, limits, statements of these customers.",
    )
    can_export = fields.Boolean(
        string="Export",
        help="Export these customers' data to files, download and print their statements.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="The grant counts, and restricts, in this company only; empty: in all.",
    )
    valid_from = fields.Date(help="First day; empty: at once.")
    valid_to = fields.Date(
        string="Valid Until",
        help="Last day. After it the grant opens nothing, but still restricts; archive it to "
        "lift the restriction.",
    )
    note = fields.Char(help="Why the grant was given.")

    _one_subject = models.Constraint(
        "CHECK ((user_id IS NULL) != (group_id IS NULL))",
        "A grant is for a user or for a group: choose one of them.",
    )
    _period = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "A grant cannot end before it begins.",
    )

    @api.depends("user_id", "group_id")
    def _compute_subject(self):
        for grant in self:
            grant.subject = grant.user_id.name or grant.group_id.full_name

    @api.depends("subject", "dimension_id", "category_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for grant in self:
            category = grant.category_id.display_name or self.env._("all categories")
            grant.display_name = (
                f"{grant.subject}: {grant.dimension_id.name or ''} / {category}"
            )

    @api.constrains("category_id", "dimension_id", "company_id", "user_id")
    def _check_fits(self):
        for grant in self:
            category, dimension = grant.category_id, grant.dimension_id
            if category and category.dimension_id != dimension:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” is not a category of “%(dimension)s”.",
                        category=category.display_name,
                        dimension=dimension.name,
                    )
                )
            if not dimension.active:
                raise ValidationError(
                    self.env._(
                        "The dimension “%(name)s” is switched off.", name=dimension.name
                    )
                )
            owner = dimension.company_id
            if owner and grant.company_id and grant.company_id != owner:
                raise ValidationError(
                    self.env._(
                        "“%(dimension)s” belongs to %(company)s; a grant of it cannot be for "
                        "another company.",
                        dimension=dimension.name,
                        company=owner.name,
                    )
                )
            if grant.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is a portal user and sees only himself; grants are for "
                        "employees.",
                        user=grant.user_id.name,
                    )
                )

    @api.onchange("dimension_id")
    def _onchange_dimension_id(self):
        if self.category_id.dimension_id != self.dimension_id:
            self.category_id = False

    # -- every change counts at once, and is on record ---------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        grants = super().create(vals_list)
        grants._log("grant.create")
        self._rules_changed()
        return grants

    def write(self, vals):
        before = {grant.id: grant._log_values() for grant in self}
        result = super().write(vals)
        self._log("grant.write", before)
        self._rules_changed()
        return result

    def unlink(self):
        self._log("grant.unlink")
        result = super().unlink()
        self._rules_changed()
        return result

    @api.model
    def _rules_changed(self):
        """Forget the rules computed so far, here and in the other workers."""
        self.env.flush_all()
        self.env.registry.clear_cache()

    def _log(self, event, before=None):
        self.env["ar.identity.rule"]._demand("policy")
        by_record = {
            grant.id: grant._log_values()
            | ({"before": before[grant.id]} if before else {})
            for grant in self
        }
        self.env["customer.audit.entry"]._ar_log(event, self, None, by_record)

    def _log_values(self):
        rights = {
            "edit": self.can_edit,
            "money": self.can_see_money,
            "export": self.can_export,
        }
        return {
            "active": self.active,
            "user_id": self.user_id.id,
            "group_id": self.group_id.id,
            "dimension": self.dimension_id.code,
            "category_id": self.category_id.id,
            "with_subcategories": self.with_subcategories,
            "with_uncategorized": self.with_uncategorized,
            "rights": ["see", *(name for name, given in rights.items() if given)],
            "company_id": self.company_id.id,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }

    # -- the decision ------------------------------------------------------------------

    @api.model
    @ormcache("uid")
    def _load_grants(self, uid):
        """The grants that reach a user, as the engine takes them; none: not restricted.

        Administrators are never restricted: they give the grants. Auditors see everything
        unless a grant names them in person. Portal users have rules of their own.
        """
        # sudo: which grants a user has is asked on behalf of his rules, by whoever reads
        user = self.env["res.users"].sudo().browse(uid)
        if user.share or any(user.has_group(group) for group in ADMINISTRATORS):
            return ()
        subject = Domain("user_id", "=", uid)
        if not user.has_group(AUDITOR):
            subject |= Domain("group_id", "in", user.all_group_ids.ids)
        # sudo: see above
        grants = self.sudo().search(subject & Domain("active", "=", True), order="id")
        return tuple(grant._engine_grant() for grant in grants)

    def _engine_grant(self):
        rights = {
            "edit": self.can_edit,
            "money": self.can_see_money,
            "export": self.can_export,
        }
        return Grant(
            self.id,
            self.dimension_id.id,
            self.category_id.id or None,
            self.with_subcategories,
            self.with_uncategorized,
            frozenset({"see", *(name for name, given in rights.items() if given)}),
            (self.company_id or self.dimension_id.company_id).id or None,
            self.valid_from or None,
            self.valid_to or None,
        )

    @api.model
    def _load_trees(self, grants):
        """dimension → {category: parent} of the dimensions the grants speak of."""
        trees = {grant.dimension_id: {} for grant in grants}
        # sudo: the shape of the trees, asked on behalf of rules
        categories = (
            self.env["customer.category"].sudo().with_context(active_test=False)
        )
        for category in categories.search_fetch(
            [("dimension_id", "in", list(trees))], ["dimension_id", "parent_id"]
        ):
            trees[category.dimension_id.id][category.id] = category.parent_id.id or None
        return trees

    @api.model
    @ormcache("uid", "rights", "tuple(company_ids)", "self._today()")
    def _scopes(self, uid, rights, company_ids):
        """company → what is open there for all of ``rights`` at once; (): everything."""
        grants = self._load_grants(uid)
        if not grants:
            return dict.fromkeys(company_ids, ())
        trees, day = self._load_trees(grants), self._today()
        return {
            company_id: scope(grants, trees, rights, company_id, day)
            for company_id in company_ids
        }

    @api.model
    def _explain(self, uid, partner, right, company_id):
        """The engine's reasons for one user and one customer in one company."""
        grants = self._load_grants(uid)
        columns = self.env["customer.dimension"]._columns()
        # sudo: explained to administrators, who see every customer
        owner = partner.sudo().commercial_partner_id
        categories = {
            column.dimension_id: owner[name].id or None
            for name, column in columns.items()
        }
        return explain(
            grants,
            self._load_trees(grants),
            categories,
            right,
            company_id,
            self._today(),
        )

    @api.model
    def _is_restricted(self):
        """Does any grant restrict the user at hand?"""
        return not self.env.su and bool(self._load_grants(self.env.uid))

    @api.model
    def _lacks(self, right):
        """Are there customers the user may see, but not with this right?"""
        return not self.env.su and any(
            right not in grant.rights for grant in self._load_grants(self.env.uid)
        )

    @api.model
    @ormcache()
    def _has_periods(self):
        # sudo: asked on behalf of everybody's rules
        return bool(
            self.sudo().search_count(
                ["|", ("valid_from", "!=", False), ("valid_to", "!=", False)], limit=1
            )
        )

    @api.model
    def _today(self):
        """The day on which grants begin and end: that of the company, not of the client."""
        if not self._has_periods():
            return None
        zone = self._zone(self.env.company.id)
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.model
    @ormcache("company_id")
    def _zone(self, company_id):
        # sudo: the time zone of the company, asked on behalf of everybody's rules
        company = self.env["res.company"].sudo().browse(company_id)
        return company.partner_id.tz or "UTC"
