from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.rating.scorecard import rate

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
GROUPS = ("credit_manager", "administrator")
#: of these somebody wants to hear
CHANGES = ("up", "down")


class ArRatingRun(models.Model):
    """Rates all customers of a company by the scorecard in force.

    Figures come from a constant number of questions per chunk of customers; what has not
    changed is only confirmed. Somebody hears of it when grades have changed.
    """

    _name = "ar.rating.run"
    _description = "Rating Run"
    _inherit = ["ar.run.mixin", "mail.thread"]
    _order = "id desc"

    _run_item_model = "ar.rating.item"
    _run_chunk_size = 20_000
    _run_interactive_limit = 2_000

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    scorecard_id = fields.Many2one(
        "ar.scorecard",
        required=True,
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', '=', 'in_force')]",
        default=lambda self: self._default_scorecard(),
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today
    )
    is_nightly = fields.Boolean(readonly=True, copy=False)
    by_dates = fields.Boolean(
        string="By Dates Alone",
        help="For a day in the past: count what has been entered since with an earlier date, "
        "too. Otherwise only what was known then counts.",
    )
    item_ids = fields.One2many("ar.rating.item", "run_id", readonly=True)
    rated_count = fields.Integer(string="Rated", readonly=True, copy=False)
    unrated_count = fields.Integer(string="Too Little Known", readonly=True, copy=False)
    up_count = fields.Integer(string="Better Grades", readonly=True, copy=False)
    down_count = fields.Integer(string="Worse Grades", readonly=True, copy=False)

    _nightly_once = models.UniqueIndex(
        "(company_id, as_of_date, scorecard_id) WHERE is_nightly",
        "The customers of this company have been rated today.",
    )

    @api.model
    def _default_scorecard(self):
        return self.env["ar.scorecard"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "in_force")]
        )

    @api.depends("as_of_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Rating, %(date)s", date=run.as_of_date)

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """Rate all customers; shows the run."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            run._check_start()
            run._begin()
        return self[:1]._get_records_action(context={})

    def action_view_changes(self):
        """Whose grade has changed."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_rating_item_action"
            ),
            "domain": [("run_id", "in", self.ids)],
            "context": {"search_default_changed": 1},
        }

    def _check_start(self):
        if self.run_state != "draft":
            raise UserError(self.env._("These ratings are done. Start a new run."))
        if self.scorecard_id.company_id != self.company_id:
            raise UserError(self.env._("The scorecard is that of another company."))
        if self.scorecard_id.state != "in_force":
            raise UserError(
                self.env._("Activate the scorecard first: nobody is rated by a draft.")
            )
        if self.as_of_date > fields.Date.context_today(self):
            raise UserError(self.env._("Nothing is known of a day to come."))

    def _check_run_access(self):
        if not self.env.su and not any(
            self.env.user.has_group(_PREFIX + role) for role in GROUPS
        ):
            raise AccessError(
                self.env._("Credit managers and administrators have customers rated.")
            )
        self.check_access("read")

    def _begin(self):
        self._load_customers()
        self._start_run()

    @api.model
    def _cron_rate(self):
        """Each night once per company that has a scorecard in force."""
        today = fields.Date.context_today(self)
        cards = self.env["ar.scorecard"].search([("state", "=", "in_force")])
        done = self.search(
            [("as_of_date", "=", today), ("scorecard_id", "in", cards.ids)]
        ).filtered(lambda run: run.is_nightly)
        for card in cards - done.scorecard_id:
            self.with_company(card.company_id).create(
                {
                    "company_id": card.company_id.id,
                    "scorecard_id": card.id,
                    "as_of_date": today,
                    "is_nightly": True,
                }
            )._begin()

    # -- load, decide, apply --------------------------------------------------------------

    def _load_customers(self):
        """One item per customer of whom anything is known."""
        self.ensure_one()
        self.env["ar.rating.store"]._insert_items(self)
        self.invalidate_recordset()

    def _load_inputs(self, partner_ids):
        ledger = self.env["ar.ledger"]
        known_on = None
        if not self.by_dates:
            known_on = ledger._rating_known_on(self.as_of_date)
        return self.env["ar.rating.inputs"]._load(
            self.company_id,
            # sudo: the scorecard the run was started with
            self.scorecard_id.sudo()._window(self.as_of_date),
            partner_ids,
            known_on,
        )

    def _apply_items(self, items):
        """Rate a chunk of customers: a constant number of statements."""
        store = self.env["ar.rating.store"]
        store._claim(self.scorecard_id)
        item_ids = store._customers_of(items)
        inputs = self._load_inputs(list(item_ids))
        card = self.scorecard_id.sudo()._card()  # sudo: see above
        found = {id_: rate(card, figures) for id_, figures in inputs.items()}
        store._store(self, item_ids, inputs, found)
        self.invalidate_recordset()

    def _mark_done(self, items):
        """In one statement, however many."""
        self.env["ar.rating.store"]._mark_done(items)

    def _on_run_finished(self):
        counts = dict(
            self.env["ar.rating.item"]._read_group(
                [("run_id", "=", self.id)], ["movement"], ["__count"]
            )
        )
        # sudo: figures of the run
        self.sudo().write(
            {
                "rated_count": sum(
                    count for name, count in counts.items() if name and name != "none"
                ),
                "unrated_count": counts.get("none", 0),
                "up_count": counts.get("up", 0),
                "down_count": counts.get("down", 0),
            }
        )
        self.env["ar.rating.store"]._forget_unchanged(self)
        changed = self._changed_customers()
        if changed:
            self.env["ar.rating.consequence"]._after_change(
                self.company_id, changed, self
            )
        self._tell()

    def _changed_customers(self):
        """Ids of customers whose grade is new or another one, if the run is the latest."""
        # sudo: what follows from grades does not depend on who had them rated
        items = (
            self.env["ar.rating.item"]
            .sudo()
            .search_fetch(
                [
                    ("run_id", "=", self.id),
                    ("movement", "in", ("first", *CHANGES)),
                    ("rating_id.is_current", "=", True),
                ],
                ["partner_id"],
            )
        )
        return items.partner_id.ids

    def _tell(self):
        """One message for all grades that have changed; none if none has."""
        if not (self.up_count or self.down_count):
            return
        # sudo: written by the run itself
        self.sudo().message_post(
            body=Markup("<p>%s</p>")
            % self.env._(
                "Grades have changed: %(up)s customers better, %(down)s worse.",
                up=self.up_count,
                down=self.down_count,
            ),
            partner_ids=self._listeners().partner_id.ids,
            subject=self.display_name,
            subtype_xmlid="mail.mt_note",
        )

    def _listeners(self):
        """Who activated the scorecard hears of it."""
        # sudo: the address of a colleague
        return self.scorecard_id.sudo().activated_by_id.filtered(
            lambda user: user.active and user.id != self.env.uid
        )
