from datetime import timedelta

from odoo.fields import Domain

from .base import PROOFS, Fault, Proof

#: what lets an exposure exceed its limit
OVERRIDES = ("ar.credit.release", "ar.credit.temporary.limit")


@PROOFS.register
class OverrideProof(Proof):
    """INV13: what passed over a limit was granted by somebody else, and used in time.

    Exposure may exceed a limit for reasons nobody decides on (a rate, a lowered limit), so
    what is proven is every decision that let it.
    """

    code = "inv13"
    label = "Overrides of limits are decided by others"

    def title(self, env):
        return env._(
            "Credit releases and temporary limits were granted by somebody else"
        )

    def problems(self, env):
        return {
            "undecided": env._(
                "This counts as granted, but nobody is named who did. It was changed outside "
                "Odoo; ask for it again."
            ),
            "own": env._(
                "This was granted by the person who asked for it. It was changed outside "
                "Odoo; have somebody else look at it."
            ),
            "late": env._(
                "This release was used after its last day. It was changed outside Odoo; look "
                "at the document it let pass."
            ),
        }

    def prove(self, env, scope):
        count, faults = 0, []
        for model in OVERRIDES:
            granted = env[model].search(self._granted(scope))
            granted.fetch(["requested_by_id", "decided_by_id", "company_id"])
            count += len(granted)
            faults += [
                self._fault(problem, grant)
                for grant in granted
                if (problem := self._problem(grant))
            ]
        return count, faults

    def _granted(self, scope):
        domain = Domain("company_id", "in", scope.company_ids) & Domain(
            "state", "in", ("approved", "used")
        )
        return (
            domain & Domain("write_date", ">=", scope.since) if scope.since else domain
        )

    def _problem(self, grant):
        if not grant.decided_by_id:
            return "undecided"
        if grant.decided_by_id == grant.requested_by_id:
            return "own"
        used = "used_at" in grant and grant.used_at
        # moments are kept in UTC: on no clock of the world was it still the last day
        if used and used.date() - grant.valid_to > timedelta(days=1):
            return "late"
        return None

    def _fault(self, problem, grant):
        return Fault(
            problem,
            grant.company_id.id,
            grant._name,
            grant.id,
            grant.partner_id.id,
            grant.currency_id.id,
            expected=0.0,
            found=grant.amount,
        )
