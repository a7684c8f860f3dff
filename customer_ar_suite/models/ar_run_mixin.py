import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.errors import EngineError
from .engine_messages import engine_message

_logger = logging.getLogger(__name__)


class ArRunMixin(models.AbstractModel):
    """A batch is a record: who, when, parameters, counters, progress, errors, state.

    A model that inherits it names the model of its items (``_run_item_model``, which
    inherits ``ar.run.item.mixin``) and the field that links an item to its run
    (``_run_item_field``), and implements ``_apply_items``. Small runs are finished at once
    in the transaction of the user's click; larger ones are worked off in the background in
    chunks that are committed one by one, by any number of workers, and resume after a kill.
    """

    _name = "ar.run.mixin"
    _description = "Run"

    _run_item_model = None
    _run_item_field = "run_id"
    #: items up to which the user's click does the work itself, in one transaction
    _run_interactive_limit = 100
    _run_chunk_size = 50

    run_state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Run",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)
    stopped_because = fields.Char(
        readonly=True,
        copy=False,
        help="Why the background work was given up, for example a right that was taken "
        "away in the meantime.",
    )
    total_count = fields.Integer(string="Items", compute="_compute_run_counts")
    done_count = fields.Integer(string="Done Items", compute="_compute_run_counts")
    error_count = fields.Integer(string="Errors", compute="_compute_run_counts")
    progress = fields.Float(
        compute="_compute_run_counts", help="Share of the items worked off, in percent."
    )

    def _compute_run_counts(self):
        counts = {run.id: {} for run in self}
        for run, state, count in self.env[self._run_item_model]._read_group(
            [(self._run_item_field, "in", self.ids)],
            [self._run_item_field, "run_state"],
            ["__count"],
        ):
            counts[run.id][state] = count
        for run in self:
            by_state = counts.get(run.id, {})
            total = sum(by_state.values())
            run.total_count = total
            run.done_count = by_state.get("done", 0)
            run.error_count = by_state.get("error", 0)
            run.progress = (
                100.0 * (total - by_state.get("todo", 0)) / total if total else 0.0
            )

    def _tally_statuses(self):
        """{run: {status: items, "warning": items}} of runs whose items carry both."""
        tallies = {}
        for run, status, warned, count in self.env[self._run_item_model]._read_group(
            [(self._run_item_field, "in", self.ids)],
            [self._run_item_field, "status", "has_warning"],
            ["__count"],
        ):
            tally = tallies.setdefault(run.id, {})
            tally[status] = tally.get(status, 0) + count
            tally["warning"] = tally.get("warning", 0) + count * warned
        return tallies

    # -- what the inheriting model decides ------------------------------------------------

    def _check_run_access(self):
        """Raise unless the user may start, resume or cancel this run."""
        self.check_access("write")

    def _apply_items(self, items):
        """Do the work of ``items``; raise to have them taken in smaller parts.

        Sets nothing on the items but business fields: their state is the mixin's.
        An item that turns out to need nothing may be left in state ``skipped``.
        """
        raise NotImplementedError

    def _on_run_finished(self):
        """Called once, in the transaction that finds nothing left to do."""

    # -- buttons --------------------------------------------------------------------------

    def _start_run(self):
        """Begin or resume; finishes at once what is small enough for one transaction."""
        self._check_run_access()
        for run in self:
            if run.run_state not in ("draft", "running"):
                raise UserError(self.env._("This run has already ended."))
        self.filtered(lambda run: run.run_state == "draft")._set_run_state(
            "running", started_at=fields.Datetime.now()
        )
        self.env.flush_all()
        for run in self:
            if run._count_todo() <= self._run_interactive_limit:
                while items := run._next_items():
                    run._process_items(items)
                run._finish_if_done()
            if run.run_state == "running":
                # large, or items of it are locked by another worker
                self._wake_workers()

    def action_cancel_run(self):
        """Stop after the chunk being worked on; what is applied stays applied."""
        self._check_run_access()
        self.filtered(lambda run: run.run_state in ("draft", "running"))._set_run_state(
            "cancelled", finished_at=fields.Datetime.now()
        )

    def action_resume_run(self):
        """Take up a run that was stopped, or try its failed items once more."""
        self._check_run_access()
        for run in self:
            # what was cancelled before it was started was never decided
            if not run.started_at:
                raise UserError(self.env._("This run has not been started yet."))
            run._set_item_state(run._run_items([("run_state", "=", "error")]), "todo")
            if not run._count_todo():
                raise UserError(self.env._("Nothing of this run is left to do."))
        self._set_run_state("running", finished_at=False, stopped_because=False)
        self._start_run()

    # -- the loop -------------------------------------------------------------------------

    def _run_items(self, domain=()):
        return self.env[self._run_item_model].search(
            [(self._run_item_field, "in", self.ids), *domain]
        )

    def _count_todo(self):
        return self.env[self._run_item_model].search_count(
            [(self._run_item_field, "in", self.ids), ("run_state", "=", "todo")]
        )

    def _next_items(self):
        """The next chunk, locked; several workers share the list instead of fighting."""
        items = self.env[self._run_item_model].search(
            [(self._run_item_field, "in", self.ids), ("run_state", "=", "todo")],
            limit=4 * self._run_chunk_size,
            order="id",
        )
        return items.try_lock_for_update(limit=self._run_chunk_size)

    def _process_items(self, items):
        """Apply a chunk; if that fails, its halves, so that one item cannot stop the rest."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._apply_items(items)
                self._mark_done(items)
                self.env.flush_all()
        except psycopg2.OperationalError:
            raise  # a conflict with another transaction: the caller takes the chunk again
        except Exception as error:  # noqa: BLE001 - whatever one item raises is its error
            if len(items) > 1:
                middle = len(items) // 2
                self._process_items(items[:middle])
                self._process_items(items[middle:])
                return
            if not isinstance(error, (UserError, EngineError)):
                _logger.info("%s: item %s failed", self, item_id(items), exc_info=True)
            self._set_item_state(items, "error", self._error_text(error))

    def _mark_done(self, items):
        todo = items.filtered(lambda item: item.run_state == "todo")
        self._set_item_state(todo, "done")

    def _set_item_state(self, items, state, error=False):
        # sudo: bookkeeping of the run; users have no right to write these two fields
        items.sudo().write({"run_state": state, "run_error": error})

    def _set_run_state(self, state, **values):
        # sudo: bookkeeping of the run; who may start and stop it was checked by the caller
        self.sudo().write({"run_state": state, **values})

    def _error_text(self, error):
        if isinstance(error, EngineError):
            return engine_message(self.env, error)
        return str(error)[:500]

    def _finish_if_done(self):
        self.ensure_one()
        if self.run_state == "running" and not self._count_todo():
            self._set_run_state("done", finished_at=fields.Datetime.now())
            self._on_run_finished()

    @api.model
    def _run_models(self):
        """Names of the models that inherit this mixin."""
        return sorted(
            name
            for name in self.env.registry.descendants(["ar.run.mixin"], "_inherit")
            if not self.env[name]._abstract
        )

    @api.model
    def _cron_process_runs(self):
        """Work off the running runs of all kinds, chunk by committed chunk."""
        cron = self.env["ir.cron"]
        runs = [
            run.with_user(run._run_user()).with_company(run._run_company())
            for name in self._run_models()
            for run in self.env[name].search(
                [("run_state", "=", "running")], order="id"
            )
        ]
        # sudo: how much is left, for the scheduler; the work has the user's rights
        counted = [run.sudo() for run in runs]
        left = cron._commit_progress(remaining=sum(r._count_todo() for r in counted))
        for run in runs:
            while left > 0 and (processed := run._work_off_chunk()) is not None:
                left = cron._commit_progress(processed)
                self.env.invalidate_all()
            cron._commit_progress()
        if left <= 0 and any(
            r._count_todo() for r in counted if r.run_state == "running"
        ):
            # time is up: wake the next worker now instead of at the minute's poll
            self._wake_workers()

    @api.model
    def _wake_workers(self):
        """A cron is worked on by one process at a time: two share what is large."""
        for name in ("ar_run_cron", "ar_run_cron_second"):
            cron = self.env.ref(f"customer_ar_suite.{name}", raise_if_not_found=False)
            if cron:
                # sudo: triggering is no right of its own; who starts a run was checked
                cron.sudo()._trigger()

    def _work_off_chunk(self):
        """The next chunk in the background; the caller commits.

        :return: how many items were worked off, 0 when the chunk has to be taken again;
            None when there is nothing (more) to do here
        """
        try:
            items = self.run_state == "running" and self._next_items()
            if not items:
                self._finish_if_done()
                # two workers may find at the same time that nothing is left
                self.env.flush_all()
                return None
            self._process_items(items)
            return len(items)
        except psycopg2.OperationalError:
            self.env.cr.rollback()
            self.env.invalidate_all()
            return 0
        except Exception as error:  # noqa: BLE001 - one run must not stop the others
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.warning("%s: given up", self, exc_info=True)
            self._set_run_state("cancelled", stopped_because=self._error_text(error))
            return None

    def _run_user(self):
        """Whose rights the background work has: the one who decided to start it."""
        return self.create_uid

    def _run_company(self):
        return self.company_id if "company_id" in self._fields else self.env.company


def item_id(item):
    return f"{item._name},{item.id}"
