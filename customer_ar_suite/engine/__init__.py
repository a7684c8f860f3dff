"""What the suite decides: matching, statements, aging, import plans.

Rules of this package (checked by ``tests/test_architecture.py``):

* it never imports ``odoo``, runs SQL, opens files or reads the clock; the date is always
  an argument;
* imports are relative; an area (``matching``, ``statement`` …) imports the kernel
  (``errors``, ``registry``, ``money``, ``text``, ``ledger``, ``aging``) and itself, never
  another area;
* amounts are integers in the minor units of their currency; rows are ``NamedTuple``,
  decisions are frozen dataclasses;
* errors are :class:`~.errors.EngineError` with a code and parameters; the text the user
  reads is made in ``models/engine_messages.py``.
"""
