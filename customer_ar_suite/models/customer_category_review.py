from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"

#: what people write in a review; the rest is the system's
WRITTEN = {"note", "activity_ids", "message_follower_ids", "message_ids"}


class CustomerDimension(models.Model):
    """Somebody looks at the classification from time to time, and signs."""

    _inherit = "customer.dimension"

    review_month_count = fields.Integer(
        string="Review Every (Months)", help="0: nobody is asked to review."
    )
    review_user_id = fields.Many2one(
        "res.users", string="Reviewer", domain="[('share', '=', False)]"
    )
    review_ids = fields.One2many("customer.category.review", "dimension_id")

    _review_months = models.Constraint(
        "CHECK (review_month_count BETWEEN 0 AND 120)",
        "Review every 1 to 120 months; 0: nobody is asked.",
    )


class CustomerCategoryReview(models.Model):
    """A review of one dimension: due, done, signed."""

    _name = "customer.category.review"
    _description = "Review of a Classification"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_date desc, id desc"
    _rec_name = "dimension_id"

    dimension_id = fields.Many2one(
        "customer.dimension",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="dimension_id.company_id", store=True, index=True
    )
    due_date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Reviewer", readonly=True)
    state = fields.Selection(
        [("open", "To Review"), ("signed", "Signed")],
        required=True,
        readonly=True,
        default="open",
    )
    note = fields.Text(string="Result of the Review")
    signed_at = fields.Datetime(readonly=True)
    signed_by_id = fields.Many2one("res.users", readonly=True)
    customer_count = fields.Integer(
        readonly=True, string="Classified", help="When it was signed."
    )
    unassigned_count = fields.Integer(
        readonly=True, string="Without a Category", help="When it was signed."
    )
    present_count = fields.Integer(
        related="dimension_id.customer_count", string="Classified Today"
    )
    present_unassigned_count = fields.Integer(
        related="dimension_id.unassigned_count", string="Without a Category Today"
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _one_open = models.UniqueIndex(
        "(dimension_id) WHERE state = 'open'", "This dimension is under review already."
    )

    @api.depends_context("uid")
    def _compute_is_mine(self):
        is_administrator = self.env.user.has_group(_ADMINISTRATOR)
        for review in self:
            review.is_mine = is_administrator or review.user_id == self.env.user

    def write(self, vals):
        """The reviewer writes his finding; everything else is signed, not written."""
        if not self.env.su and not vals.keys() <= WRITTEN:
            raise AccessError(
                self.env._(
                    "Of a review only the finding can be written; sign the rest."
                )
            )
        if not self.env.su and "note" in vals:
            if self.filtered(
                lambda review: review.state != "open" or not review.is_mine
            ):
                raise AccessError(
                    self.env._(
                        "Only the reviewer or an administrator writes the finding, and "
                        "only before it is signed."
                    )
                )
        return super().write(vals)

    # -- buttons --------------------------------------------------------------------------

    def action_sign(self):
        """Sign: the figures of this moment are kept with the name and the finding."""
        self.check_access("read")
        for review in self:
            if not review.is_mine:
                raise AccessError(
                    self.env._("Only the reviewer or an administrator signs a review.")
                )
            if review.state != "open":
                raise UserError(self.env._("This review is signed already."))
            # sudo: the reviewer's own signature, nothing else
            review.sudo().write(
                {
                    "state": "signed",
                    "signed_at": fields.Datetime.now(),
                    "signed_by_id": self.env.uid,
                    "customer_count": review.present_count,
                    "unassigned_count": review.present_unassigned_count,
                }
            )
            # sudo: the activity is done
            review.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.env["customer.audit.entry"]._ar_log("category.review", self)

    def action_view_changes(self):
        """What changed since the review before."""
        self.check_access("read")
        self.ensure_one()
        before = self.search(
            [
                ("dimension_id", "=", self.dimension_id.id),
                ("state", "=", "signed"),
                ("id", "<", self.id),
            ],
            limit=1,
        )
        domain = [("dimension_id", "=", self.dimension_id.id)]
        if before:
            domain.append(("create_date", ">", before.signed_at))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_assignment_action"
            ),
            "domain": domain,
        }

    def action_view_unassigned(self):
        """The customers that have no category of the dimension."""
        self.check_access("read")
        return self.dimension_id.action_view_unassigned()

    # -- the calendar ---------------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """One open review per dimension that is to be reviewed, with an activity."""
        dimensions = self.env["customer.dimension"].search(
            [("review_month_count", ">", 0)]
        )
        open_ = self.search([("state", "=", "open")]).dimension_id
        today = fields.Date.context_today(self)
        for dimension in dimensions - open_:
            last = dimension.review_ids.sorted("id")[-1:]
            start = last.signed_at.date() if last.signed_at else today
            months = dimension.review_month_count if last else 0
            # sudo: reviews are made by the calendar, by no user
            review = self.sudo().create(
                {
                    "dimension_id": dimension.id,
                    "due_date": fields.Date.add(start, months=months),
                    "user_id": dimension.review_user_id.id,
                }
            )
            if review.user_id:
                review._ask()

    def _ask(self):
        """The activity of the reviewer, in his language."""
        review = self.with_context(lang=self.user_id.lang)
        review.activity_schedule(
            "mail.mail_activity_data_todo",
            self.due_date,
            review.env._(
                "Review the classification by %(dimension)s",
                dimension=review.dimension_id.name,
            ),
            user_id=self.user_id.id,
        )
