"""Customers who are in the books twice: keys that bring two together, and how sure it is.

``identity`` makes the comparable form of a customer, ``keys`` says with whom it is worth
comparing him, ``score`` compares two, field by field with points and reasons, ``cluster``
puts pairs together. Equal input gives equal output, in whatever order it comes.
"""
