"""Pasted blocks: 开票资料, signatures, read text of scans -> fields of a customer.

``read_block`` finds the fields in any order, labelled or not; ``compare`` looks for known
values in the text of a document. Nothing here asks anybody: it works offline.
"""
