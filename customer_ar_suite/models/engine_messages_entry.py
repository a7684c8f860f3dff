"""The translated sentence for each error code about entering and numbering customers."""

ENTRY_MESSAGES = {
    "numbering_no_sequence": lambda env, p: env._(
        "“%(value)s”: a pattern holds the running number exactly once, for example "
        "{seq:05d}.",
        **p,
    ),
    "numbering_placeholder": lambda env, p: env._(
        "“%(value)s” is no placeholder. There are {seq:05d}, {category_code}, {country}, "
        "{yy}, {yyyy} and {mm}.",
        **p,
    ),
    "numbering_character": lambda env, p: env._(
        "“%(value)s”: besides placeholders a pattern holds letters, digits and - _ . / # "
        "only.",
        **p,
    ),
    "numbering_too_long": lambda env, p: env._(
        "“%(value)s” makes numbers of more than %(most)s characters. Make it shorter.",
        **p,
    ),
    "numbering_value_missing": lambda env, p: env._(
        "The customer has no value for {%(name)s}. Fill it in, or choose another pattern.",
        **p,
    ),
    "document_not_readable": lambda env, p: env._(
        "The document cannot be opened: it is damaged or no PDF. It can be kept, but not "
        "compared.",
        **p,
    ),
    "ocr_not_installed": lambda env, p: env._(
        "This server cannot read pictures yet. Ask your administrator to install the "
        "packages tesseract-ocr and tesseract-ocr-chi-sim, or type the text in.",
        **p,
    ),
    "ocr_failed": lambda env, p: env._(
        "The picture cannot be read: it is damaged, or too large. Scan it again.", **p
    ),
    "document_encrypted": lambda env, p: env._(
        "The PDF is protected by a password. Save it once more without one.", **p
    ),
}
