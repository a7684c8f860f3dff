from .base import PROOFS, Fault, Proof


@PROOFS.register
class MatchProof(Proof):
    """INV4: a reconciliation moves nothing: what it takes here it takes there."""

    code = "inv4"
    label = "Reconciliations sum to nothing"

    def title(self, env):
        return env._("Reconciliations move no amount between accounts and companies")

    def problems(self, env):
        return {
            "negative": env._("A reconciliation has a negative amount. Undo it."),
            "account": env._(
                "A reconciliation joins items of two accounts. Undo it and book the transfer."
            ),
            "tree": env._(
                "A reconciliation joins items of two companies that do not belong together. "
                "Undo it."
            ),
            "group": env._(
                "Items reconciled in full do not sum to nothing: an exchange difference or "
                "write-off is missing. Undo their reconciliation and do it again."
            ),
        }

    def prove(self, env, scope):
        count, rows = env["ar.ledger"]._match_faults(scope.company_ids, scope.since)
        return count, [Fault(*row) for row in rows]
