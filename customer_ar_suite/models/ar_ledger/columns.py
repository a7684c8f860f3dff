"""Pieces of SQL that all queries of the ledger share: columns and the joins they need."""

from odoo.fields import Domain
from odoo.tools import SQL

PARTIAL_FIELDS = (
    "debit_move_id",
    "credit_move_id",
    "max_date",
    "amount",
    "debit_amount_currency",
    "credit_amount_currency",
)
DESCRIPTION_FIELDS = (
    "ref",
    "payment_reference",
    "move_type",
    "ar_opening_number",
    "ar_opening_kind",
)
DOCUMENT_KEYS = ("commercial_partner_id", "date", "state")
#: documents whose description fits an index entry; PostgreSQL refuses 2,704 bytes
BRIEF = """
    COALESCE(octet_length(ref), 0) + COALESCE(octet_length(payment_reference), 0)
    + COALESCE(octet_length(ar_opening_number), 0) <= 2000
"""
#: journal items of which something is open by the stored residuals
HAS_RESIDUAL = """(
    account_move_line.amount_residual <> 0
    OR account_move_line.amount_residual_currency <> 0
)"""
LINE_FIELDS = (
    "move_id",
    "company_id",
    "partner_id",
    "account_id",
    "journal_id",
    "currency_id",
    "company_currency_id",
    "date",
    "date_maturity",
    "invoice_date",
    "move_name",
    "amount_currency",
    "balance",
)


def fields_of(model, *names):
    """Fields to be flushed before a query reads their columns."""
    return [model._fields[name] for name in names]


class Customers(list):
    """Ids of commercial partners with their contacts: found once, for many questions."""

    def __init__(self, contacts):
        """Take the commercial partner by contact."""
        super().__init__(dict.fromkeys(contacts.values()))
        self.contacts = contacts


def contacts_sql(env, partner_ids=None):
    """Contacts and their commercial partners, of some or of all of these."""
    if isinstance(partner_ids, Customers):
        # distinct: they are, and told so the planner looks up contacts, not items
        return SQL(
            """
            SELECT DISTINCT ON (id) *
              FROM unnest(%s, %s) AS known (id, commercial_partner_id)
            """,
            array(partner_ids.contacts),
            array(partner_ids.contacts.values()),
        )
    contacts = SQL(
        "SELECT id, commercial_partner_id FROM res_partner",
        to_flush=fields_of(env["res.partner"], "commercial_partner_id"),
    )
    if partner_ids is None:
        return contacts
    ids = array(partner_ids)
    return SQL("%s WHERE commercial_partner_id IN (SELECT unnest(%s))", contacts, ids)


def of_contacts(contact_ids, look_up=False):
    """Domain of the journal items of these contacts; False: of those without one.

    :param look_up: have the planner go from contact to contact, which pays where an index
        holds little but what is wanted; else it reads what it likes and compares
    """
    ids = array(contact_id for contact_id in contact_ids if contact_id)
    wanted = SQL("IN (SELECT unnest(%s))", ids) if look_up else SQL("= ANY(%s)", ids)
    found = Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "%s %s", SQL.identifier(alias, "partner_id"), wanted
        )
    )
    return found | Domain("partner_id", "=", False) if False in contact_ids else found


def array(ids):
    """Ids as one constant: a thousand literals take longer to send than to look up."""
    return SQL("%s::int[]", f"{{{','.join(map(str, ids))}}}")


def line_columns(env, is_advance):
    """Columns of ``account_move_line`` under the names the ledger uses.

    ``line_id`` is always there; ``present_line_id`` and ``move_id`` are empty where the
    journal item was deleted since (``known_on``): links and joins use these.

    :param SQL is_advance: whether the item stands on an account of customer advances
    """
    return SQL(
        """
        account_move_line.id AS line_id,
        account_move_line.id AS present_line_id,
        account_move_line.move_id,
        account_move_line.company_id,
        account_move_line.partner_id AS contact_id,
        account_move_line.account_id,
        account_move_line.journal_id,
        account_move_line.currency_id,
        account_move_line.company_currency_id,
        account_move_line.date,
        COALESCE(account_move_line.date_maturity, account_move_line.date) AS due_date,
        account_move_line.invoice_date,
        account_move_line.move_name,
        NULL::varchar AS move_type,
        account_move_line.amount_currency AS amount,
        account_move_line.balance AS amount_company,
        %s AS is_advance
        """,
        is_advance,
        to_flush=fields_of(env["account.move.line"], *LINE_FIELDS),
    )


def version_columns(is_advance):
    """The same of ``ar_item_history``: journal items as they were known."""
    return SQL(
        """
        ar_item_history.line_ref AS line_id,
        (SELECT id FROM account_move_line WHERE id = ar_item_history.line_ref)
            AS present_line_id,
        (SELECT id FROM account_move WHERE id = ar_item_history.move_ref) AS move_id,
        ar_item_history.company_id,
        ar_item_history.partner_id AS contact_id,
        ar_item_history.account_id,
        ar_item_history.journal_id,
        ar_item_history.currency_id,
        ar_item_history.company_currency_id,
        ar_item_history.date,
        COALESCE(ar_item_history.date_maturity, ar_item_history.date) AS due_date,
        ar_item_history.invoice_date,
        ar_item_history.move_name,
        ar_item_history.move_type,
        ar_item_history.amount_currency AS amount,
        ar_item_history.balance AS amount_company,
        %s AS is_advance
        """,
        is_advance,
    )


def description_columns():
    """Number, reference and kind of ``item``; need :func:`description_joins`.

    What came through a bank, cash or card journal is a payment, whether entered as bank
    line, payment or by hand. Opening items are what they were in the system before, and
    bear the number they had there.
    """
    return SQL(
        """
        COALESCE(move.ar_opening_number, item.move_name, '') AS number,
        CONCAT_WS(
            ' ', NULLIF(NULLIF(move.ref, ''), move.ar_opening_number),
            NULLIF(move.payment_reference, item.move_name)
        ) AS reference,
        %s AS kind
        """,
        kind_sql(),
    )


def kind_sql():
    """Kind of ``item`` from its ``move`` and ``journal``."""
    return SQL(
        """
        CASE WHEN COALESCE(move.move_type, item.move_type)
                  IN ('out_invoice', 'out_receipt') THEN 'invoice'
             WHEN move.ar_opening_kind IS NOT NULL THEN move.ar_opening_kind
             WHEN COALESCE(move.move_type, item.move_type) = 'out_refund'
                  THEN 'credit_note'
             WHEN journal.type IN ('bank', 'cash', 'credit') THEN 'payment'
             ELSE 'entry'
        END
        """
    )


def no_description():
    """The same, empty: for figures that name no item."""
    return SQL("'' AS number, '' AS reference, '' AS kind")


def description_joins(env):
    """Document and journal of ``item``.

    The planner expects far more open items than there are and would read all documents;
    the limit makes it look each one up, and ends the search where an index entry told
    everything.
    """
    columns = SQL(", ").join(map(SQL.identifier, DESCRIPTION_FIELDS))
    brief = SQL(BRIEF)
    return SQL(
        """
        LEFT JOIN LATERAL (
            SELECT %(columns)s FROM account_move WHERE id = item.move_id AND %(brief)s
             UNION ALL
            SELECT %(columns)s FROM account_move
             WHERE id = item.move_id AND NOT (%(brief)s)
             LIMIT 1
        ) move ON TRUE
        LEFT JOIN account_journal journal ON journal.id = item.journal_id
        """,
        columns=columns,
        brief=brief,
        to_flush=[
            *fields_of(env["account.move"], *DESCRIPTION_FIELDS),
            *fields_of(env["account.journal"], "type"),
        ],
    )


def document_joins(env, partner_ids, first, last):
    """The same of ``item`` of some customers and a period.

    Their documents stand side by side in an index and are read in one go. What is booked
    on a customer by a document of somebody else, or of another day, is looked up.
    """
    own = SQL(", ").join(map(SQL.identifier, DESCRIPTION_FIELDS))
    return SQL(
        """
        LEFT JOIN (
            SELECT id, %(own)s FROM account_move
             WHERE commercial_partner_id = ANY(%(partner_ids)s)
               AND date BETWEEN %(first)s AND %(last)s
               AND state = 'posted' AND %(brief)s
        ) document ON document.id = item.move_id
        LEFT JOIN LATERAL (
            SELECT CASE WHEN document.id IS NULL THEN (
                SELECT ARRAY[%(own)s]::text[] FROM account_move WHERE id = item.move_id
            ) END AS parts
            OFFSET 0
        ) other ON TRUE
        LEFT JOIN LATERAL (SELECT %(either)s) move ON TRUE
        LEFT JOIN account_journal journal ON journal.id = item.journal_id
        """,
        own=own,
        partner_ids=array(partner_ids),
        first=first,
        last=last,
        brief=SQL(BRIEF),
        either=SQL(", ").join(
            SQL(
                "COALESCE(%s, other.parts[%s]) AS %s",
                SQL.identifier("document", name),
                place,
                SQL.identifier(name),
            )
            for place, name in enumerate(DESCRIPTION_FIELDS, 1)
        ),
        to_flush=[
            *fields_of(env["account.move"], *DESCRIPTION_FIELDS, *DOCUMENT_KEYS),
            *fields_of(env["account.journal"], "type"),
        ],
    )


def customer_joins(env, partner_ids=None):
    """Customer and currencies of ``item``.

    :param partner_ids: the commercial partners asked for, where they are few
    """
    return SQL(
        """
        LEFT JOIN (%s) contact ON contact.id = item.contact_id
        LEFT JOIN res_currency currency ON currency.id = item.currency_id
        LEFT JOIN res_currency company_currency
               ON company_currency.id = item.company_currency_id
        """,
        contacts_sql(env, partner_ids),
        to_flush=fields_of(env["res.currency"], "decimal_places"),
    )


def minor(amount, currency):
    """``amount`` as an integer number of minor units of the joined ``currency``.

    Powers of numerics are slow: the usual ones are written out. The cast rounds, half
    away from zero.

    :type amount: SQL
    :param currency: alias of a joined ``res_currency``
    """
    return SQL(
        """
        (%(amount)s * CASE %(digits)s
            WHEN 2 THEN 100 WHEN 0 THEN 1 WHEN 3 THEN 1000 ELSE 10::numeric ^ %(digits)s
        END)::bigint
        """,
        amount=amount,
        digits=SQL.identifier(currency, "decimal_places"),
    )
