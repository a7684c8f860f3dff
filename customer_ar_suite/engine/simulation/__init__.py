"""Replaying what was judged under other rules, limits and scorecards; nothing is written.

``record`` is what is kept of every look at a document, ``replay`` looks again, ``grades``
rates again, ``compare`` says what would have been different. Each replay first proves that it
finds what was found then. History goes on as it did: a document that would have been held
counts as posted in the looks after it.
"""
