from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .customer_import_api import MAX_ROWS

#: of one customer in one page the one that says most is told
_RANK = ("changed", "restored", "created", "archived", "merged", "deleted")
_TEXTS = (
    "name", "ref", "vat", "company_registry", "email", "phone", "website", "street",
    "street2", "city", "zip",
)  # fmt: skip


class CustomerImportBatch(models.Model):
    """The change feed: what other systems have to learn about customers."""

    _inherit = "customer.import.batch"

    @api.model
    def api_changes(self, cursor=None, limit=200, source=None):
        """Customers that were created, changed, merged, archived or deleted since a cursor.

        Without a cursor: all customers first, page by page, then what has changed meanwhile.
        Keep the cursor of each answer for the next call.

        :param source: name of the calling system: its own keys are told
        """
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_user"
        ):
            raise AccessError(
                self.env._("Only users of the suite read changes of customers.")
            )
        self.env["res.partner"].check_access("read")
        feed = self.env["customer.feed"]
        epoch = feed._epoch()
        if not epoch:
            raise UserError(
                self.env._(
                    "The change feed is off. An administrator switches it on in the settings."
                )
            )
        if not isinstance(limit, int) or not 1 <= limit <= MAX_ROWS:
            raise UserError(
                self.env._("“limit” is a number from 1 to %(most)s.", most=MAX_ROWS)
            )
        reader = _Cursor.read(cursor, epoch, feed)
        page = self._sweep_page if reader.is_sweep else self._feed_page
        changes, reader, more = page(reader, limit)
        told = self._api_told(changes, source)
        if told:
            self.env["customer.audit.entry"]._ar_log_event(
                "feed.read", "res.partner", {"count": len(told), "source": source}
            )
        return {"cursor": str(reader), "more": more, "changes": told}

    def _api_customers(self, domain=()):
        """Customers the caller may see and take out of the system."""
        partners = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                [
                    ("parent_id", "=", False),
                    ("partner_share", "=", True),
                    ("ref_company_ids", "=", False),
                    *domain,
                ],
                order="id",
            )
        )
        return partners._ar_filtered_right("export")

    def _sweep_page(self, reader, limit):
        """Of all customers the next ones; what changes meanwhile comes afterwards."""
        found = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                [
                    ("parent_id", "=", False),
                    ("partner_share", "=", True),
                    ("ref_company_ids", "=", False),
                    ("id", ">", reader.number),
                ],
                order="id",
                limit=limit,
            )
        )
        visible = found._ar_filtered_right("export")
        changes = [(partner.id, "created", 0, None) for partner in visible]
        if len(found) < limit:
            return changes, reader.after_sweep(), True
        return changes, reader.at(reader.xid, found[-1].id), True

    def _feed_page(self, reader, limit):
        rows = self.env["customer.feed"]._changes_since(
            reader.xid, reader.number, limit
        )
        if not rows:
            return [], reader, False
        latest = {}
        for _xid, _id, partner_id, kind, target_id, company_id, at in rows:
            before = latest.pop(partner_id, (0, "changed", 0, None, 0))
            told = max(before[1], kind, key=_RANK.index)
            latest[partner_id] = (
                partner_id, told, target_id or before[2], at, company_id
            )  # fmt: skip
        visible = set(self._api_customers([("id", "in", list(latest))]).ids)
        restricted = self.env["customer.category.grant"]._is_restricted()
        companies = {None, *self.env.companies.ids}
        # sudo: only whether they are still there
        there = self.env["res.partner"].sudo().browse(list(latest)).exists()
        gone = set(latest) - set(there.ids)
        changes = [
            change[:4]
            for partner_id, change in latest.items()
            if partner_id in visible
            or (partner_id in gone and not restricted and change[4] in companies)
        ]
        last = rows[-1]
        return changes, reader.at(last[0], last[1]), len(rows) == limit

    def _api_told(self, changes, source):
        """The changes with the values of those customers that are still there."""
        partners = self._api_customers([("id", "in", [c[0] for c in changes])])
        values = {partner.id: self._api_values(partner) for partner in partners}
        keys = {}
        if isinstance(source, str):
            keys = self.env["customer.external.key"]._keys_of(
                self.env.company, source, [c[0] for c in changes]
            )
        told = []
        for partner_id, kind, target_id, at in changes:
            is_there = partner_id in values
            told.append(
                {
                    "id": partner_id,
                    "key": keys.get(partner_id),
                    "kind": kind if is_there or kind == "merged" else "deleted",
                    "into": target_id or None,
                    "at": fields.Datetime.to_string(at) if at else None,
                    "values": values.get(partner_id),
                }
            )
        return told

    def _api_values(self, partner):
        """The values of a customer as its form shows them to the caller."""
        found = {name: partner[name] or None for name in _TEXTS}
        found |= {
            "is_company": partner.is_company,
            "active": partner.active,
            "state": partner.state_id.name or None,
            "country": partner.country_id.code or None,
            "lang": partner.lang or None,
            "tags": partner.category_id.mapped("name"),
            "salesperson": partner.user_id.name or None,
            "payment_term": partner.property_payment_term_id.name or None,
            "closed": partner.ar_is_closed,
        }
        for dimension in self.env["customer.dimension"].search([]):
            name = dimension._column_name()
            if name in partner._fields:
                code = f"dim_{dimension.code or dimension.id}"
                found[code] = partner[name].display_name or None
        return found


class _Cursor:
    """A place in the feed: ``<feed>.<s|f>.<transaction>.<number>``."""

    def __init__(self, epoch, is_sweep, xid, number):
        self.epoch = epoch
        self.is_sweep = is_sweep
        self.xid = xid
        self.number = number

    @classmethod
    def read(cls, text, epoch, feed):
        """The place a caller names; none: the beginning.

        :raises UserError: of another feed, or before what was kept
        """
        if not text:
            horizon, _ahead = feed._horizon()
            return cls(epoch, True, horizon - 1, 0)
        parts = text.split(".") if isinstance(text, str) else []
        if len(parts) != 4 or parts[0] != epoch or parts[1] not in ("s", "f"):
            raise UserError(feed._begin_anew())
        if not all(part.isdecimal() and len(part) < 19 for part in parts[2:]):
            raise UserError(feed._begin_anew())
        found = cls(epoch, parts[1] == "s", int(parts[2]), int(parts[3]))
        if found.xid < feed._first_kept():
            raise UserError(feed._begin_anew())
        return found

    def at(self, xid, number):
        return _Cursor(self.epoch, self.is_sweep, xid, number)

    def after_sweep(self):
        """Behind all that was over when the sweep began."""
        return _Cursor(self.epoch, False, self.xid, 2**53)

    def __str__(self):
        kind = "s" if self.is_sweep else "f"
        return f"{self.epoch}.{kind}.{self.xid}.{self.number}"
