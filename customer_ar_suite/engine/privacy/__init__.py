"""Duties towards the persons behind the data: deadlines, retention, redaction."""
