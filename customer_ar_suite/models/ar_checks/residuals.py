from .base import PROOFS, Fault, Proof


@PROOFS.register
class ResidualProof(Proof):
    """INV3: what is left of an item is its amount less its reconciliations."""

    code = "inv3"
    label = "Residual = amount - reconciliations"

    def title(self, env):
        return env._("What is left of an item is its amount less its reconciliations")

    def problems(self, env):
        return {
            "residual": env._(
                "The residual stored with this item is not its amount less its "
                "reconciliations. It was changed outside Odoo; undo and redo its "
                "reconciliation."
            ),
            "residual_currency": env._(
                "The residual in document currency stored with this item is not its amount "
                "less its reconciliations."
            ),
            "too_much": env._(
                "More is reconciled with this item than its amount. Undo its reconciliation."
            ),
            "flag": env._(
                "This item is marked as reconciled although something is open, or as open "
                "although nothing is. Aging and statements overlook it."
            ),
        }

    def prove(self, env, scope):
        count, rows = env["ar.ledger"]._residual_faults(scope.company_ids, scope.since)
        return count, [Fault(*row) for row in rows]
