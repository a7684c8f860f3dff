from odoo.tests import tagged

from .common_caches import KeptCaches, Memory


@tagged("post_install", "-at_install")
class TestKeptCaches(KeptCaches):
    """A test leaves in Odoo's caches what a rolled back request would leave in a server."""

    def setUp(self):
        super().setUp()
        self.caches = self.registry._Registry__caches
        # other ones in each test: caches are kept from one to the next
        self.old, self.new = object(), object()
        for cache in self.caches.values():
            cache[self.old] = 1

    def left_by(self, work):
        """Names of the caches that keep the old and the new after a test that did this."""
        memory = Memory(self.registry)
        for cache in self.caches.values():
            cache[self.new] = 2
        work()
        memory.take()
        self.registry.clear_all_caches()
        self.assertFalse(any(map(len, self.caches.values())))
        memory.restore()
        return [
            {name for name, cache in self.caches.items() if key in cache}
            for key in (self.old, self.new)
        ]

    def test_of_which_nothing_has_changed_it_all_stays(self):
        old, new = self.left_by(lambda: None)
        self.assertEqual((old, new), (set(self.caches), set(self.caches)))

    def test_what_was_emptied_is_what_it_was_before(self):
        old, new = self.left_by(self.registry.clear_cache)
        self.assertEqual(old, set(self.caches))
        self.assertEqual(set(self.caches) - new, {"default", "templates.cached_values"})

    def test_after_other_models_nothing_stays(self):
        sequence = self.registry.registry_sequence
        self.addCleanup(setattr, self.registry, "registry_sequence", sequence)

        def change():
            self.registry.registry_sequence += 1

        self.assertEqual(self.left_by(change), [set(), set()])

    def test_marks_do_not_pile_up(self):
        sizes = {name: len(cache) for name, cache in self.caches.items()}
        self.left_by(lambda: None)
        for name, cache in self.caches.items():
            self.assertEqual(len(cache), sizes[name] + 1, name)
