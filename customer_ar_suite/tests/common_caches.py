"""What Odoo has cached lasts from test to test, as on a server from request to request."""

from unittest.mock import patch

from passlib.handlers.pbkdf2 import Pbkdf2DigestHandler

from odoo.modules.registry import Registry
from odoo.tests.common import TransactionCase, get_db_name
from odoo.tools.lru import LRU


class KeptCaches(TransactionCase):
    """Core empties every cache after each test, and each test computes rights, rules and
    views once more.

    A server whose transaction is rolled back empties only the caches of which something
    has changed in it. So do these tests: such a cache becomes again what it was before.
    """

    @classmethod
    def setUpClass(cls):
        memory = Memory(Registry(get_db_name()))
        cls.addClassCleanup(memory.restore)  # after what core cleans up
        super().setUpClass()
        cls.addClassCleanup(memory.take)  # before
        cls.startClassPatcher(
            patch.object(Pbkdf2DigestHandler, "_calc_checksum", _checksum)
        )

    def setUp(self):
        memory = Memory(self.registry)
        self.addCleanup(memory.restore)
        super().setUp()
        self.addCleanup(memory.take)


_calculate, _checksums = Pbkdf2DigestHandler._calc_checksum, {}


def _checksum(handler, secret):
    """The digest of a password of the sample takes long on purpose; once is enough."""
    key = handler._digest, handler.rounds, handler.salt, secret
    if key not in _checksums:
        _checksums[key] = _calculate(handler, secret)
    return _checksums[key]


class Memory:
    """The caches of a registry over the time of a test."""

    def __init__(self, registry):
        self.registry = registry
        self.models = self._models()
        self.before = {name: cache.snapshot for name, cache in self._caches().items()}
        self.taken = {}
        for cache in self._caches().values():
            cache[self] = None  # gone when somebody empties the cache

    def _caches(self):
        return self.registry._Registry__caches

    def _models(self):
        return self.registry.registry_sequence, self.registry.registry_invalidated

    def take(self):
        """Save the caches from being emptied, unless the test has changed the models."""
        caches = self._caches()
        # a registry whose models are set up anew loses all of them
        if self.models != self._models() or not any(self in c for c in caches.values()):
            self.before = {}
            return
        for name, cache in caches.items():
            if self in cache:
                del cache[self]
                self.taken[name] = cache
                caches[name] = LRU(cache.count)

    def restore(self):
        """What is as it was before the test is what was computed of it."""
        self._caches().update(self.taken)
        for name in self.before.keys() - self.taken.keys():
            self._caches()[name].update(self.before[name])
