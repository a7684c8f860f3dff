from odoo.exceptions import ValidationError

from .base import PROOFS, Fault, Proof


@PROOFS.register
class BucketProof(Proof):
    """INV2: every open item is in exactly one bucket, the one its label names."""

    code = "inv2"
    label = "One bucket for every item"

    def title(self, env):
        return env._("Every open item is in exactly one aging bucket")

    def problems(self, env):
        return {
            "limits": env._(
                "The limits of this bucket set are not whole days that rise. Correct them."
            ),
            "border": env._(
                "Items of one age are sorted into another bucket than its label says. "
                "Please report this."
            ),
        }

    def prove(self, env, scope):
        count, faults = 0, []
        ages = env["ar.ledger"]._ages(scope.as_of, scope.company_ids)
        sets = env["ar.aging.bucket.set"].search(
            [("company_id", "in", [False, *scope.company_ids])]
        )
        for bucket_set in sets:
            company_id = bucket_set.company_id.id or scope.company_ids[0]
            where = (company_id, bucket_set._name, bucket_set.id)
            try:
                buckets = bucket_set._buckets()
            except ValidationError:
                faults.append(Fault("limits", *where))
                continue
            for age, items, index in env["ar.ledger"]._sorted_ages(ages, bucket_set):
                count += items
                if index != buckets.index(age):
                    expected = float(buckets.index(age))
                    faults.append(
                        Fault("border", *where, expected=expected, found=float(index))
                    )
        return count, faults
