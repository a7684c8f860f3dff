import io
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ..engine.statement.dispatch import EMAIL, POST
from ..workbook import literal_workbook

#: statements in one print of a run; some hundred pages a minute leave the printer
MOST_PRINTED = 3000
_COUNTS = (
    "ready_count", "email_count", "post_count", "problem_count", "warning_count",
    "excluded_count",
)  # fmt: skip


class ArStatementRunLine(models.Model):
    _inherit = "ar.statement.run.line"

    def _count_by_channel(self):
        """How many customers by way: what a confirmation names."""
        return {
            channel: len(lines) for channel, lines in self.grouped("channel").items()
        }


class ArStatementRun(models.Model):
    """What the screen shows of a run, and what can be taken out of it."""

    _inherit = "ar.statement.run"

    ready_count = fields.Integer(string="Ready to Go", compute="_compute_line_counts")
    email_count = fields.Integer(string="By E-Mail", compute="_compute_line_counts")
    post_count = fields.Integer(string="By Post", compute="_compute_line_counts")
    problem_count = fields.Integer(
        string="Cannot Be Sent", compute="_compute_line_counts"
    )
    warning_count = fields.Integer(
        string="Worth a Look", compute="_compute_line_counts"
    )
    excluded_count = fields.Integer(string="Left Out", compute="_compute_line_counts")
    balance_amount = fields.Monetary(
        string="Balance",
        compute="_compute_line_counts",
        help="Of all customers who are not left out.",
    )
    delivery_count = fields.Integer(
        string="Deliveries", compute="_compute_delivery_counts"
    )
    waiting_count = fields.Integer(
        string="Waiting E-Mails", compute="_compute_delivery_counts"
    )
    to_post_count = fields.Integer(
        string="Letters to Post", compute="_compute_delivery_counts"
    )
    undelivered_count = fields.Integer(
        string="Not Delivered",
        compute="_compute_delivery_counts",
        help="E-mails that failed or came back.",
    )
    todo_line_ids = fields.One2many(
        "ar.statement.run.line", "run_id", domain=[("run_state", "=", "todo")],
        string="To Send", readonly=True,
    )  # fmt: skip
    excluded_line_ids = fields.One2many(
        "ar.statement.run.line", "run_id", domain=[("run_state", "=", "skipped")],
        string="Customers Left Out", readonly=True,
    )  # fmt: skip
    failed_line_ids = fields.One2many(
        "ar.statement.run.line", "run_id", domain=[("run_state", "=", "error")],
        string="Failed", readonly=True,
    )  # fmt: skip
    done_line_ids = fields.One2many(
        "ar.statement.run.line", "run_id", domain=[("run_state", "=", "done")],
        string="Finished", readonly=True,
    )  # fmt: skip

    @api.depends("line_ids.run_state", "line_ids.problem", "line_ids.channel")
    def _compute_line_counts(self):
        counts = defaultdict(lambda: defaultdict(float))
        for run, state, problem, warning, channel, count, balance in self.env[
            "ar.statement.run.line"
        ]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "run_state", "problem", "warning_codes", "channel"],
            ["__count", "balance_amount:sum"],
        ):
            tally = counts[run.id]
            if state == "skipped":
                tally["excluded_count"] += count
                continue
            tally["balance_amount"] += balance
            if state not in ("todo", "error"):
                continue
            tally["warning_count"] += count if warning else 0
            if problem:
                tally["problem_count"] += count
                continue
            tally["ready_count"] += count
            if channel in (EMAIL, POST):
                tally[f"{channel}_count"] += count
        for run in self:
            tally = counts[run.id]
            for name in _COUNTS:
                run[name] = int(tally[name])
            run.balance_amount = tally["balance_amount"]

    @api.depends("line_ids.delivery_state")
    def _compute_delivery_counts(self):
        counts = defaultdict(lambda: defaultdict(int))
        for run, state, count in self.env["ar.statement.delivery"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts[run.id][state] = count
        for run in self:
            by_state = counts[run.id]
            run.delivery_count = sum(by_state.values())
            run.waiting_count = by_state["queued"]
            run.to_post_count = by_state["to_post"]
            run.undelivered_count = by_state["failed"] + by_state["bounced"]

    # -- opening --------------------------------------------------------------------------

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_run_action"
        )
        return {
            **action,
            "res_id": self.id,
            "views": [(False, "form")],
            "view_mode": "form",
            "context": {},
        }

    @api.model
    def _prepare_again(self, statements):
        """A run that hands issued statements over once more, as they are."""
        # defaults of the screen the statements were chosen on are not meant for the run
        run = self.with_context(clean_context(self.env.context)).create(
            {
                "company_id": statements.company_id.id,
                "layout_id": statements[:1].layout_id.id,
                "name": self.env._(
                    "Again: %(what)s",
                    what=statements.display_name
                    if len(statements) == 1
                    else self.env._("%s statements", len(statements)),
                ),
            }
        )
        # sudo: lines are written by the steps of the run; who may was checked by create
        run.sudo().write({"kind": "again", "period": False})
        # sudo: as above
        run.env["ar.statement.run.line"].sudo().create(
            [
                {
                    "run_id": run.id,
                    "company_id": statement.company_id.id,
                    "partner_id": statement.partner_id.id,
                    "statement_id": statement.id,
                    "balance_amount": statement.balance_amount,
                    "overdue_amount": statement.overdue_amount,
                    "language": statement.language,
                    "channel": run.channel,
                }
                for statement in statements
            ]
        )
        run.action_preview()
        return run

    def _lines_action(self, domain, name):
        self.check_access("read")
        self.env["ar.statement.run.line"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_run_line_action"
        )
        domain = Domain("run_id", "in", self.ids) & Domain(domain)
        return {**action, "name": name, "domain": list(domain), "context": {}}

    def action_view_lines(self):
        """All customers of the run, to search, group and leave out many at once."""
        return self._lines_action([], self.env._("Customers of the Run"))

    def action_view_problems(self):
        """Customers who cannot be served, with the reason."""
        return self._lines_action(
            [("problem", "!=", False), ("run_state", "in", ("todo", "error"))],
            self.env._("Cannot Be Sent"),
        )

    def action_view_deliveries(self):
        """What was handed over, and what became of it."""
        self.check_access("read")
        self.env["ar.statement.delivery"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_delivery_action"
        )
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    # -- after the run --------------------------------------------------------------------

    def _deliveries(self, *states):
        return self.env["ar.statement.delivery"].search(
            [("run_id", "in", self.ids), ("state", "in", states)]
        )

    def action_mark_posted(self):
        """All letters of the run have gone to the post."""
        self._check_preparer()
        self._deliveries("to_post").action_mark_posted()

    def action_stop_mails(self):
        """Take back what is still waiting in the queue."""
        self._check_preparer()
        waiting = self._deliveries("queued")
        if not waiting:
            raise UserError(self.env._("No e-mail of this run is waiting any more."))
        # sudo: letters of this run; who may take them back was checked
        waiting.sudo().mail_id.filtered(lambda mail: mail.state == "outgoing").cancel()
        self.env["customer.audit.entry"]._ar_log("statement_mails_stopped", self)

    # -- taking out -----------------------------------------------------------------------

    def _download(self, name):
        self.ensure_one()
        self.env["ar.statement"]._check_may_issue()
        self.check_access("read")
        if not self._issued():
            raise UserError(self.env._("This run has not issued a statement yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/statement_run/{self.id}/{name}",
            "target": "download",
        }

    def action_download_pdf(self):
        """All statements of the run in one file, in the order of the list."""
        return self._download("statements.pdf")

    def action_download_zip(self):
        """One file per customer, as they were made by the run."""
        return self._download("statements.zip")

    def action_download_letters(self):
        """The letters to post in one file, in the order of the post list."""
        return self._download("letters.pdf")

    def action_download_post_list(self):
        """Names and addresses of the letters, in the order of the print."""
        return self._download("post_list.xlsx")

    def _issued(self, channel=None):
        """Statements of the run in the order of its list."""
        domain = [("run_id", "=", self.id), ("statement_id", "!=", False)]
        if channel:
            domain.append(("channel", "=", channel))
        lines = self.env["ar.statement.run.line"].search(domain, order="id")
        return lines.statement_id.filtered(lambda one: one.state != "cancelled")

    def _print_together(self, channel=None):
        """PDF of all its statements (of one way)."""
        statements = self._issued(channel)
        if len(statements) > MOST_PRINTED:
            raise UserError(
                self.env._(
                    "A print holds at most %(most)s statements. Print parts of this run "
                    "from the list of issued statements.",
                    most=MOST_PRINTED,
                )
            )
        statements._ar_check_export()
        statements._log("statement_printed", statements)
        return self.env["ir.actions.report"]._ar_papers_pdf(statements)

    def _letter_files(self):
        """(name, content) of the files the run has made, one per customer."""
        statements = self._issued()
        statements._ar_check_export()
        # sudo: files of statements the user may read and export
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "ar.statement"),
                    ("res_id", "in", statements.ids),
                    ("res_field", "=", False),
                    ("description", "=", "ar.statement.letter"),
                ],
                order="res_id, id",
            )
        )
        if not files:
            raise UserError(
                self.env._(
                    "This run has made no files. Choose “One PDF File Each” to have them made."
                )
            )
        statements._log("statement_printed", statements)
        return [(file.name, file.raw) for file in files]

    # -- post list ------------------------------------------------------------------------

    def _post_rows(self):
        """Heading and rows of the post list, in the order of the printed letters."""
        statements = self._issued(POST)
        statements._ar_check_export()
        statements._log("statement_post_list", statements)
        heading = (
            self.env._("No."),
            self.env._("Statement"),
            self.env._("Customer"),
            *(self.env._("Address line %s", number) for number in range(1, 7)),
            self.env._("Pages"),
        )
        documents = statements._documents()
        rows = []
        for number, (statement, document) in enumerate(
            zip(statements, documents, strict=True), 1
        ):
            customer = statement._matrix().header.customer
            address = [*customer.address[:6], *[""] * 6][:6]
            pages = len(document["sheets"].pages)
            rows.append((number, statement.name, customer.name, *address, pages))
        return heading, rows

    def _post_list_xlsx(self):
        heading, rows = self._post_rows()
        target = io.BytesIO()
        with literal_workbook(target) as book:
            head = book.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
            sheet = book.add_worksheet(self.env._("Post List"))
            sheet.set_column(0, 0, 6)
            sheet.set_column(1, len(heading) - 2, 24)
            sheet.write_row(0, 0, heading, head)
            for index, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(index, column, value)
                    else:
                        sheet.write_string(index, column, value)
            sheet.freeze_panes(1, 0)
            if rows:
                sheet.autofilter(0, 0, len(rows), len(heading) - 1)
        return target.getvalue()
