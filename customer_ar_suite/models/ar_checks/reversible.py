from .base import PROOFS, Fault, Proof


@PROOFS.register
class ReversibleProof(Proof):
    """INV5: every reconciliation can be undone, because all its marks agree."""

    code = "inv5"
    label = "Every reconciliation can be undone"

    def title(self, env):
        return env._("Every reconciliation can be undone")

    def problems(self, env):
        return {
            "mark": env._(
                "This item is marked as matched, but there is no reconciliation to undo. "
                "Reset its entry to draft and post it again."
            ),
            "unmarked": env._(
                "This item is reconciled, but does not carry the mark by which Odoo finds "
                "what belongs together."
            ),
            "full": env._(
                "This item belongs to a full reconciliation of which nothing is left, or "
                "that is not full."
            ),
        }

    def prove(self, env, scope):
        count, rows = env["ar.ledger"]._mark_faults(scope.company_ids, scope.since)
        return count, [Fault(*row) for row in rows]
