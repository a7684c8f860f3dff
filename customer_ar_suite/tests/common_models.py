"""Models that change for a test class, and what the registry has computed of them."""


def state_of(registry):
    """What Odoo has cached, and whether its models were changed since."""
    caches = registry._Registry__caches
    kept = {name: cache.snapshot for name, cache in caches.items()}
    return kept, (registry.registry_sequence, registry.registry_invalidated)


def restore_caches(registry, state):
    """Fill the caches that core empties after a test, unless it changed the models.

    The database is what it was before the test, and so is all that was computed of it:
    the next test need not compute rights, rules and views once more.
    """
    kept, models = state
    if models == (registry.registry_sequence, registry.registry_invalidated):
        for name, cache in registry._Registry__caches.items():
            cache.update(kept[name])


class ChangingModels:
    """Stands before a test case: what its class adds to the models stays for all its tests.

    What a test itself changes of them goes with the rest of what it did. To set up the
    models takes most of a second, once in a class that calls :meth:`models_changed` at
    the end of its ``setUpClass`` instead of in each of its tests.
    """

    @classmethod
    def models_changed(cls):
        """From here on the models are as this class wants them; core resets them after it."""
        cls.registry.signal_changes()

    def setUp(self):
        # before core's, to come after it: the columns of the test are gone by then
        self.addCleanup(self._restore_models, self.registry.registry_sequence)
        self.addCleanup(restore_caches, self.registry, state_of(self.registry))
        super().setUp()

    def _restore_models(self, sequence):
        registry = self.registry
        if registry.registry_invalidated or registry.registry_sequence != sequence:
            registry._setup_models__(self.cr)
            registry.registry_invalidated = False
            registry.registry_sequence = sequence
