"""Replaying what was judged under other rules, limits and scorecards; nothing is written.

``record`` is what is kept of every look at a document, ``replay`` looks again, ``course``
carries what came out into the looks after it, ``grades`` rates again, ``compare`` says what
would have been different. Each replay first proves that it finds what was found then.
"""
