def uninstall_hook(env):
    """Rules that ask for orders cannot be answered any more: they are switched off."""
    from .models.customer_metric import OrderCount

    env["customer.category.rule.condition"].search(
        [("metric", "=", OrderCount.code)]
    ).rule_id.active = False
    env["customer.lifecycle.condition"].search(
        [("metric", "=", OrderCount.code)]
    ).rule_id.active = False
