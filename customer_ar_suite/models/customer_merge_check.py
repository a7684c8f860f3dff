import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..engine.approval import payload_hash
from ..engine.merge.conflict import SAME
from ..engine.merge.plan import Choice, merge_plan
from .customer_closing_request import OPEN_STATES as CLOSING_OPEN
from .customer_merge_conflict import LOGIN, MOST
from .customer_merge_field import IDENTITY
from .customer_merge_place import MOVE, STAY


class Examination(NamedTuple):
    """What a dry run found: a merge is carried out only if it finds the same again."""

    findings: list
    tables: list
    conflicts: list
    choices: list[Choice]
    is_approval_needed: bool
    fingerprint: str


class CustomerMerge(models.Model):
    """The dry run: everything that names the customers, and what speaks against."""

    _inherit = "customer.merge"

    def _dry_run(self):
        """Look at everything, write down what was found; decisions taken before stay."""
        self.ensure_one()
        found = self._examine()
        # sudo: rows of the dry run are written by their merge alone
        known = self.sudo()
        known.table_ids.unlink()
        known.env["customer.merge.table"]._insert(
            [{"merge_id": self.id, **row} for row in found.tables]
        )
        known._write_conflicts(found.conflicts)
        known._write_choices(found.choices)
        stops = [one for one in found.findings if one["level"] == "stop"]
        known._set(
            findings=found.findings,
            checked_at=fields.Datetime.now(),
            is_approval_needed=found.is_approval_needed,
            state="draft" if stops else "checked",
        )
        self.invalidate_recordset()

    def _write_conflicts(self, found):
        """New pairs are added, those that are gone go, the others keep their decision."""
        lines = {_pair(one): one for one in self.conflict_ids}
        wanted = {_pair(row): row for row in found if row["verdict"] != SAME}
        self.conflict_ids.filtered(lambda one: _pair(one) not in wanted).unlink()
        self.env["customer.merge.conflict"]._insert(
            [
                {"merge_id": self.id, **row}
                for pair, row in wanted.items()
                if pair not in lines
            ]
        )

    def _write_choices(self, choices):
        lines = {one.field_name: one for one in self.field_ids}
        guarded = self.env["res.partner"]._ar_guarded_fields()
        wanted = {one.name: (n, one) for n, one in enumerate(choices)}
        self.field_ids.filtered(lambda one: one.field_name not in wanted).unlink()
        new = []
        for name, (sequence, choice) in wanted.items():
            vals = {
                "sequence": sequence,
                "winner_id": choice.winner,
                "is_different": choice.is_different,
                "is_guarded": name in guarded and choice.winner != self.survivor_id.id,
                "is_chosen": choice.is_chosen,
            }
            if name in lines:
                lines[name]._set(**vals)
            else:
                new.append({"merge_id": self.id, "field_name": name, **vals})
        self.env["customer.merge.field"]._insert(new)

    # -- examining ------------------------------------------------------------------------

    def _examine(self):
        """Read everything anew; nothing is written.

        :rtype: Examination
        """
        self.ensure_one()
        self.env.flush_all()
        # sudo: the database is asked as a whole; what stands in the way for the user's own
        # rights is found by ``_stops``
        known = self.sudo().with_company(self.company_id)
        sources = known._losers().ids
        finder = self.env["customer.merge.place"]
        places = finder._places()
        counts = known._counts(places, sources, known._cluster().ids) if sources else {}
        touched = known._touched(places, counts)
        conflicts = [*known._conflicts(finder, touched, sources), *known._logins()]
        tables = known._table_rows(places, counts, conflicts)
        choices = known._choices()
        findings = [
            {"code": code, "params": params, "level": level}
            for code, params, level in [
                *self._stops(touched, conflicts),
                *known._notes(choices, conflicts),
            ]
        ]
        needed = known._needs_approval(sources)
        return Examination(
            findings,
            tables,
            conflicts,
            choices,
            needed,
            known._fingerprint(tables, conflicts, choices),
        )

    @api.model
    def _counts(self, places, sources, own):
        """{place: rows that name a merged customer}; one question per table."""
        found = {}
        for table, columns in places.items():
            without = SQL("TRUE")
            if (
                table == "res_partner"
            ):  # the customers themselves are archived, not moved
                without = SQL("t.id <> ALL(%s)", own)
            row = self.env.execute_query(
                SQL(
                    "SELECT %s FROM %s t WHERE (%s) AND %s",
                    SQL(", ").join(
                        SQL("count(*) FILTER (WHERE %s)", place.holds(sources))
                        for place in columns
                    ),
                    SQL.identifier(table),
                    SQL(" OR ").join(place.holds(sources) for place in columns),
                    without,
                )
            )[0]
            found |= dict(zip(columns, row, strict=True))
        return found

    def _touched(self, places, counts):
        """{table: places to move} of tables with at least one row to move."""
        return {
            table: moving
            for table, columns in places.items()
            if (moving := [one for one in columns if one.effect == MOVE])
            and any(counts.get(one) for one in moving)
        }

    def _conflicts(self, finder, touched, sources):
        """What constraints would say; decisions on record are carried over."""
        lines = {_pair(one): one.verdict for one in self.conflict_ids}
        found = self.env["customer.merge.conflict"]._find(
            finder, touched, sources, self.survivor_id.id
        )
        for row in found:
            if row["table_name"] != "res_partner" and row["verdict"] != SAME:
                row["verdict"] = lines.get(_pair(row)) or False
            yield row

    def _logins(self):
        """Portal logins of merged customers: switched off, or working for the survivor."""
        lines = {_pair(one): one.verdict for one in self.conflict_ids}
        for user in self._losers().with_context(active_test=False).user_ids:
            if user.active and user.share:
                row = {
                    "kind": LOGIN,
                    "table_name": "res_users",
                    "model_name": "res.users",
                    "constraint_name": "partner_id",
                    "a_key": False,
                    "b_key": {"id": user.id},
                }
                yield {**row, "verdict": lines.get(_pair(row)) or False}

    def _table_rows(self, places, counts, conflicts):
        by_table = {}
        for row in conflicts:
            tally = by_table.setdefault(row["table_name"], [0, 0])
            tally[row["verdict"] != SAME] += 1
        return [
            {
                "table_name": place.table,
                "column_name": place.column,
                "model_name": place.model,
                "row_count": count,
                "same_count": by_table.get(place.table, (0, 0))[0],
                "conflict_count": by_table.get(place.table, (0, 0))[1],
                "effect": place.effect,
            }
            for table in places.values()
            for place in table
            if (count := counts.get(place))
        ]

    def _choices(self):
        chosen = {
            one.field_name: one.winner_id.id for one in self.field_ids if one.is_chosen
        }
        rows = self.env["customer.merge.field"]._rows(self._cluster())
        return merge_plan(rows, self.survivor_id.id, self._losers().ids, chosen)

    def _needs_approval(self, sources):
        """The company asks for it, or bank accounts that are guarded would move."""
        if self.company_id.ar_merge_approval:
            return True
        banks = self.env["res.partner.bank"].with_context(active_test=False)
        return bool(
            banks._ar_bank_guards()
            and banks.search_count([("partner_id", "in", sources)], limit=1)
        )

    def _fingerprint(self, tables, conflicts, choices):
        """What an approver agrees with: customers, values, decisions, what moves."""
        values = {
            row.name: row.values
            for row in self.env["customer.merge.field"]._rows(self._cluster())
        }
        return payload_hash(
            [
                [self.id, self.survivor_id.id, sorted(self._losers().ids), self.reason],
                [
                    [one.name, one.winner, values[one.name].get(one.winner)]
                    for one in choices
                ],
                sorted(
                    [*map(str, _pair(one)), str(one["verdict"] or "")]
                    for one in conflicts
                ),
                sorted(
                    [one["table_name"], one["column_name"], one["row_count"]]
                    for one in tables
                    if one["effect"] != STAY
                    and not one["table_name"].startswith("mail_")
                ),
            ]
        )

    # -- what speaks against --------------------------------------------------------------

    def _stops(self, touched, conflicts):
        """(code, values, "stop") of everything because of which nothing is merged."""
        for code, params in self._stop_rows(touched, conflicts):
            yield code, params, "stop"

    def _stop_rows(self, touched, conflicts):
        losers, cluster = self._losers(), self._cluster()
        if not losers:
            yield "nobody", {}
            return
        try:
            cluster.check_access("write")
        except AccessError:
            yield "no_access", {}
        # sudo: what belongs to customers the user may change is judged as a whole
        known = self.sudo()
        yield from known._stops_of_identity(known._losers(), known._cluster())
        yield from known._stops_of_rows(known._losers())
        allowed = self.env.user.company_ids.ids
        if known._is_foreign(touched, allowed):
            yield "foreign_company", {}
        if len(conflicts) > MOST:
            yield "too_many", {"count": MOST}

    def _stops_of_identity(self, losers, cluster):
        survivor = self.survivor_id
        users = cluster.with_context(active_test=False).user_ids
        own = self.env["res.partner"]._ar_own_ids()
        checks = {
            "own_company": cluster.filtered(lambda one: one.id in own),
            "internal_user": users.filtered(lambda one: not one.share).partner_id,
            "hierarchy": cluster.filtered(lambda one: _ancestors(one) & cluster),
            "other_customer": losers.filtered(
                lambda one: not _same_level(one, survivor)
            ),
            "other_company": losers.filtered(
                lambda one: survivor.company_id
                and one.company_id != survivor.company_id
            ),
            "closed": survivor.filtered("ar_is_closed"),
            "restricted": cluster.filtered("ar_is_restricted"),
            "erased": cluster.filtered("ar_erased_on"),
            "merged_already": cluster.filtered("ar_merged_into_id"),
        }
        for code, partners in checks.items():
            if partners:
                yield code, {"names": ", ".join(partners.mapped("display_name"))}

    def _stops_of_rows(self, losers):
        """Open requests, and entries whose hash names the customer."""
        ids = losers.ids
        questions = {
            "hashed": (
                "account.move.line",
                [("partner_id", "in", ids), ("move_id.inalterable_hash", "!=", False)],
            ),
            "open_change": (
                "customer.change.request",
                [("partner_id", "in", ids), ("state", "=", "pending")],
            ),
            "open_closing": (
                "customer.closing.request",
                [("partner_id", "in", ids), ("state", "in", CLOSING_OPEN)],
            ),
            "open_privacy": (
                "customer.privacy.request",
                [("partner_id", "in", ids), ("state", "in", ("new", "in_progress"))],
            ),
        }
        for code, (model, domain) in questions.items():
            found = self.env[model].search(domain, limit=1)
            if found:
                yield code, {"names": found.partner_id.display_name}

    def _is_foreign(self, touched, allowed):
        """Whether something would move that belongs to a company the user does not have."""
        sources = self._losers().ids
        columns = self.env["customer.merge.place"]._columns(touched)
        questions = [
            SQL(
                "EXISTS (SELECT 1 FROM %s t WHERE t.company_id <> ALL(%s) AND (%s))",
                SQL.identifier(table),
                allowed,
                SQL(" OR ").join(place.holds(sources) for place in places),
            )
            for table, places in touched.items()
            if "company_id" in columns[table]
        ]
        if not questions:
            return False
        query = SQL("SELECT %s", SQL(" OR ").join(questions))
        return self.env.execute_query(query)[0][0]

    def _notes(self, choices, conflicts):
        """(code, values, "note"): worth knowing before one goes on."""
        cluster = self._cluster()
        for name in IDENTITY:
            values = {cluster.browse(one.id)[name] for one in cluster} - {False}
            if len(values) > 1:
                yield "identity", {"field": name}, "note"
        portal = self.survivor_id.with_context(active_test=False).user_ids
        if portal.filtered(lambda one: one.active and one.share):
            logins = ", ".join(portal.mapped("login"))
            yield "portal_sees", {"logins": logins}, "note"
        guarded = self.env["res.partner"]._ar_guarded_fields()
        asked = [
            one.name
            for one in choices
            if one.name in guarded and one.winner != self.survivor_id.id
        ]
        if asked:
            yield "guarded", {"count": len(asked)}, "note"
        if any(one["kind"] == LOGIN for one in conflicts):
            yield "logins", {}, "note"


def _pair(one):
    """What a pair of rows is known by, in a conflict on record and in one just found."""
    return (
        one["table_name"],
        one["constraint_name"],
        json.dumps(one["a_key"] or False, sort_keys=True),
        json.dumps(one["b_key"] or False, sort_keys=True),
    )


def _ancestors(partner):
    """Everybody above a contact."""
    found, above = partner.browse(), partner.parent_id
    while above and above not in found:
        found |= above
        above = above.parent_id
    return found


def _same_level(partner, survivor):
    """Customers with customers, contacts within one customer."""
    if partner.commercial_partner_id == partner:
        return survivor.commercial_partner_id == survivor
    return partner.commercial_partner_id == survivor.commercial_partner_id and (
        survivor.commercial_partner_id != survivor
    )
