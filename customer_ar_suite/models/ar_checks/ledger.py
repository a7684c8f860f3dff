from datetime import timedelta

from .base import PROOFS, Fault, Proof


@PROOFS.register
class LedgerProof(Proof):
    """INV1: open items add up to the general ledger, customer by customer."""

    code = "inv1"
    label = "Open items = general ledger"

    def title(self, env):
        return env._("Open items add up to the general ledger")

    def problems(self, env):
        return {
            "customer": env._(
                "The open items of this customer do not add up to his balance in the "
                "general ledger. Look at the reconciliations of his journal items."
            ),
            "total": env._(
                "The open items of the company do not add up to its receivable accounts. "
                "A stored residual was changed outside Odoo."
            ),
            "entry": env._(
                "Debit and credit of this posted entry differ. It was changed outside Odoo."
            ),
        }

    def prove(self, env, scope):
        ledger, faults, count = env["ar.ledger"], [], 0
        for as_of in (scope.as_of, scope.as_of.replace(day=1) - timedelta(days=1)):
            looked_at, rows = ledger._ledger_faults(as_of, scope.company_ids)
            count += looked_at
            faults += [row for row in rows if row not in faults]
        entries, unbalanced = ledger._entry_faults(scope.company_ids, scope.since)
        return count + entries, [Fault(*row) for row in (*faults, *unbalanced)]
