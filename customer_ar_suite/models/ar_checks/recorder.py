from .base import PROOFS, Fault, Proof


@PROOFS.register
class RecorderProof(Proof):
    """What is known now is what the history says: nothing happened unseen."""

    code = "known"
    label = "History is complete"

    def title(self, env):
        return env._("The history of entries and reconciliations is complete")

    def problems(self, env):
        return {
            "stopped": env._(
                "Changes of entries and reconciliations are not being recorded: a trigger of "
                "the database is off. Update the suite; figures as known before are "
                "approximate."
            ),
            "item": env._(
                "This item is not in the books as the history says. Figures as known at "
                "earlier moments are approximate."
            ),
            "match": env._(
                "A reconciliation is not in the books as the history says. Figures as known "
                "at earlier moments are approximate."
            ),
        }

    def prove(self, env, scope):
        ledger = env["ar.ledger"]
        env.cr.cache.pop("ar_known_since", None)
        if ledger._known_since() is None:
            return 0, [Fault("stopped", company) for company in scope.company_ids]
        count, rows = ledger._history_faults(scope.company_ids)
        return count, [Fault(*row) for row in rows]
