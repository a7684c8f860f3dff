"""Sentences for the engine's errors about packs of evidence and scanned codes."""

RECONCILIATION_MESSAGES = {
    "evidence_unreadable": lambda env, p: env._(
        "The file is damaged or no zip file: it cannot be verified. Fetch the pack again."
    ),
    "evidence_no_manifest": lambda env, p: env._(
        "The file has no manifest of ours: it is no evidence pack, or was changed."
    ),
    "evidence_too_large": lambda env, p: env._(
        "The file holds %(files)s files of %(size)s bytes, more than an evidence pack has.",
        **p,
    ),
    "scan_empty": lambda env, p: env._("Nothing was scanned. Try again."),
    "scan_unknown": lambda env, p: env._(
        "“%(value)s…” is no code this version knows: scan a number, a payment code, or the "
        "QR code of a VAT invoice.",
        **p,
    ),
}
