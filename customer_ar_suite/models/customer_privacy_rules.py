"""What an erasure does with which model; data of the code, asked by the plan."""

import re

TEXTS = ("char", "text", "html", "json", "properties")

#: gone without a trace: links, queues and keys of a person who is no more
DELETED = frozenset(
    {
        "ar.prediction",
        "auth.passkey.key",
        "auth_totp.device",
        "customer.correction",
        "customer.duplicate.index",
        "customer.duplicate.key",
        "customer.quality.finding",
        "customer.quality.score",
        "customer.unmask",
        "customer.vault.entry",
        "discuss.channel.member",
        "mail.activity",
        "mail.blacklist",
        "mail.followers",
        "mail.mail",
        "mail.message.schedule",
        "mail.notification",
        "mail.push.device",
        "mail.scheduled.message",
        "phone.blacklist",
        "res.device.log",
        "res.users.apikeys",
        "res.users.deletion",
        "res.users.log",
        "res.users.settings",
        "res.users.settings.volumes",
    }
)

#: the record stays, these columns are emptied; ``None``: every text of it
BLANKED = {
    "res.partner.bank": None,
    "customer.number": ("number", "number_key"),
    "mail.message": (
        "body",
        "subject",
        "email_from",
        "reply_to",
        "record_name",
        "incoming_email_to",
        "incoming_email_cc",
        "outgoing_email_to",
    ),
    "mail.tracking.value": (
        "old_value_char",
        "new_value_char",
        "old_value_text",
        "new_value_text",
    ),
    "customer.import.row": (
        "name",
        "ref",
        "raw",
        "values",
        "findings",
        "matched_by",
        "diff",
        "vat",
        "before_json",
        "after_json",
        "beside_json",
        "held_json",
        "run_error",
    ),
    "customer.import.undo.item": ("name", "notes", "run_error"),
    "customer.change.line": ("old_json", "new_json"),
}

#: evidence: identifying words are replaced, the rest of the text stays
WORDS_ONLY = frozenset({"customer.privacy.request"})

#: documents the law orders to keep: kind in the register, date, and when they are final
DOCUMENTS = {
    "account.move": ("accounting", "date", [("state", "=", "posted")]),
    "account.move.line": ("accounting", "date", [("parent_state", "=", "posted")]),
    "account.payment": (
        "accounting",
        "date",
        [("state", "not in", ("draft", "canceled", "rejected"))],
    ),
    "account.bank.statement.line": ("bank", "date", []),
    "customer.tombstone": ("tombstone", "at", [("emptied_on", "=", False)]),
}

#: what is written for the proof alone and holds no more than it needs
AUDIT = frozenset({"customer.privacy.legal.copy"})

#: the log of what was done: its details can be emptied, and the seal stays whole
LOG = "customer.audit.entry"
#: what the log says of privacy duties names nobody
LOG_OF_DUTIES = "privacy."

#: the erasure's own book-keeping
OWN = frozenset({"customer.privacy.erasure", "customer.privacy.erasure.line"})

#: columns that show whose document it is: the legal copy has the name
SHOWN_NAMES = {"account.move": ("invoice_partner_display_name",)}

#: columns that identify a person, whatever is in them
PERSONAL = re.compile(
    r"e?mail|phone|mobile|fax|street|district|^zip|^city|(^|_)vat|contact_name"
    r"|partner_name|payer|website|function|acc(ount)?_number|acc_holder|birth|user_agent|(^|_)ip(_|$)|signature"
)
