"""What the database runs to remember what was known when: versions of items and partials.

Core keeps no history of undone reconciliations, of entries reset to draft or of due dates
changed. Three statement triggers per table write one, whoever changes the rows: one
statement per flush, and nothing where no change matters.
"""

from odoo.tools import SQL

PREFIX = "ar_history_"
#: operation: how it is written, which of its rows the recorder sees
OPERATIONS = {
    "insert": (SQL("INSERT"), SQL("REFERENCING NEW TABLE AS new_rows")),
    "update": (
        SQL("UPDATE"),
        SQL("REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows"),
    ),
    "delete": (SQL("DELETE"), SQL("REFERENCING OLD TABLE AS old_rows")),
}
NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
#: when rows of before the recording became known, as far as anybody can say
BEFORE = SQL("COALESCE(o.create_date, '1970-01-01')")

#: what makes another version of a journal item
ITEM_FACTS = (
    "parent_state",
    "company_id",
    "account_id",
    "currency_id",
    "date",
    "date_maturity",
    "invoice_date",
    "amount_currency",
    "balance",
)
#: what is corrected in place: whose item it is and what it is called
ITEM_NAMES = ("partner_id", "journal_id", "move_name")
PARTIAL_FACTS = (
    "debit_move_id",
    "credit_move_id",
    "amount",
    "debit_amount_currency",
    "credit_amount_currency",
    "max_date",
)
ITEM_COLUMNS = SQL(
    """line_ref, move_ref, company_id, partner_id, account_id, journal_id, currency_id,
    company_currency_id, date, date_maturity, invoice_date, move_name, move_type,
    amount_currency, balance, known_from, known_to"""
)
PARTIAL_COLUMNS = SQL(
    """partial_ref, debit_line_ref, credit_line_ref, company_id, account_id,
    debit_partner_id, credit_partner_id, debit_number, credit_number,
    debit_currency_id, credit_currency_id, debit_amount_currency,
    credit_amount_currency, amount, max_date, made_by_id, known_from, known_to,
    undone_by_id"""
)


def facts(alias, names):
    return SQL("(%s)", SQL(", ").join(SQL.identifier(alias, name) for name in names))


def same(names):
    """Condition: the old and the new row agree in these columns."""
    return SQL("%s IS NOT DISTINCT FROM %s", facts("n", names), facts("o", names))


def item_values(alias, since, until):
    row = SQL.identifier(alias)
    return SQL(
        """%(r)s.id, %(r)s.move_id, %(r)s.company_id, %(r)s.partner_id, %(r)s.account_id,
        %(r)s.journal_id, %(r)s.currency_id, %(r)s.company_currency_id, %(r)s.date,
        %(r)s.date_maturity, %(r)s.invoice_date, %(r)s.move_name, move.move_type,
        %(r)s.amount_currency, %(r)s.balance, %(since)s, %(until)s""",
        r=row,
        since=since,
        until=until,
    )


def item_sources(alias):
    """The item's document and account: only items that can be reconciled are kept."""
    return SQL(
        """JOIN account_account account
             ON account.id = %(r)s.account_id AND account.reconcile
           LEFT JOIN account_move move ON move.id = %(r)s.move_id""",
        r=SQL.identifier(alias),
    )


def item_body(operation):
    """What happens at a change of journal items."""
    steps, moment = [], _moment(operation)
    pair = SQL("JOIN old_rows o ON o.id = n.id")
    if operation != "insert":
        still = SQL("o.parent_state = 'posted'")
        ended = SQL("old_rows o")
        if operation == "update":
            ended = SQL("new_rows n %s", pair)
            still = SQL("%s AND NOT %s", still, same(ITEM_FACTS))
        steps.append(
            SQL(
                """WITH ended AS (SELECT o.* FROM %(ended)s WHERE %(still)s),
                closed AS (
                    UPDATE ar_item_history version SET known_to = %(moment)s
                      FROM ended
                     WHERE version.line_ref = ended.id AND version.known_to IS NULL
                    RETURNING version.line_ref
                )
                INSERT INTO ar_item_history (%(columns)s)
                SELECT %(values)s FROM ended o %(sources)s
                 WHERE o.id NOT IN (SELECT line_ref FROM closed);""",
                ended=ended,
                still=still,
                columns=ITEM_COLUMNS,
                values=item_values("o", BEFORE, moment),
                sources=item_sources("o"),
                moment=moment,
            )
        )
    if operation != "delete":
        fresh = SQL("new_rows n")
        became = SQL("n.parent_state = 'posted'")
        if operation == "update":
            fresh = SQL("new_rows n %s", pair)
            became = SQL("%s AND NOT %s", became, same(ITEM_FACTS))
        steps.append(
            SQL(
                """INSERT INTO ar_item_history (%s)
                SELECT %s FROM %s %s WHERE %s;""",
                ITEM_COLUMNS,
                item_values("n", moment, SQL("NULL::timestamp")),
                fresh,
                item_sources("n"),
                became,
            )
        )
    if operation == "update":
        steps.append(
            SQL(
                """UPDATE ar_item_history version
                      SET partner_id = n.partner_id, journal_id = n.journal_id,
                          move_name = n.move_name
                     FROM new_rows n
                    WHERE version.line_ref = n.id AND version.known_to IS NULL
                      AND %s IS DISTINCT FROM %s;""",
                facts("n", ITEM_NAMES),
                facts("version", ITEM_NAMES),
            )
        )
    return _program(
        operation,
        steps,
        (*ITEM_FACTS, *ITEM_NAMES),
        SQL("WHERE parent_state = 'posted'"),
    )


def _moment(operation):
    """The moment of the change, in a step of the program."""
    return SQL("$1") if operation == "update" else SQL("moment")


def _program(operation, steps, names, which=None):
    """The steps one after the other; an update that changes nothing of ``names`` has none.

    The rows of an update are compared by hash, and its steps planned for as many rows as
    there are: a plan kept from an update of one row would compare each with each.
    """
    if operation != "update":
        return SQL(" ").join(steps)
    which = which or SQL()
    columns = SQL(", ").join(SQL.identifier(name) for name in ("id", *names))
    was = SQL("SELECT %s FROM old_rows %s", columns, which)
    is_now = SQL("SELECT %s FROM new_rows %s", columns, which)
    guard = SQL(
        """IF NOT EXISTS (%(was)s EXCEPT %(is_now)s)
              AND NOT EXISTS (%(is_now)s EXCEPT %(was)s) THEN RETURN NULL; END IF;""",
        was=was,
        is_now=is_now,
    )
    planned = [SQL("EXECUTE $step$ %s $step$ USING moment;", step) for step in steps]
    return SQL(" ").join([guard, *planned])


def partial_values(alias, since, until, undone_by):
    return SQL(
        """%(r)s.id, %(r)s.debit_move_id, %(r)s.credit_move_id, %(r)s.company_id,
        COALESCE(debit.account_id, credit.account_id),
        debit.partner_id, credit.partner_id, debit.move_name, credit.move_name,
        %(r)s.debit_currency_id, %(r)s.credit_currency_id,
        %(r)s.debit_amount_currency, %(r)s.credit_amount_currency,
        %(r)s.amount, %(r)s.max_date, %(r)s.create_uid, %(since)s, %(until)s,
        %(undone_by)s""",
        r=SQL.identifier(alias),
        since=since,
        until=until,
        undone_by=undone_by,
    )


def partial_sources(alias):
    return SQL(
        """LEFT JOIN account_move_line debit ON debit.id = %(r)s.debit_move_id
           LEFT JOIN account_move_line credit ON credit.id = %(r)s.credit_move_id""",
        r=SQL.identifier(alias),
    )


def partial_body(operation):
    """What happens at a change of reconciliations."""
    steps, moment = [], _moment(operation)
    # who undoes, if the ORM has told; see customer.audit.policy._tell_actor
    actor = SQL(
        """(SELECT id FROM res_users WHERE id =
            NULLIF(current_setting('customer_ar.actor', true), '')::int)"""
    )
    nobody = SQL("NULL::int")
    changed = SQL(
        "new_rows n JOIN old_rows o ON o.id = n.id AND NOT %s", same(PARTIAL_FACTS)
    )
    if operation != "insert":
        steps.append(
            SQL(
                """WITH ended AS (SELECT o.* FROM %(ended)s),
                closed AS (
                    UPDATE ar_reconciliation_history version
                       SET known_to = %(moment)s, undone_by_id = %(actor)s
                      FROM ended
                     WHERE version.partial_ref = ended.id AND version.known_to IS NULL
                    RETURNING version.partial_ref
                )
                INSERT INTO ar_reconciliation_history (%(columns)s)
                SELECT %(values)s FROM ended o %(sources)s
                 WHERE o.id NOT IN (SELECT partial_ref FROM closed);""",
                ended=changed if operation == "update" else SQL("old_rows o"),
                actor=nobody if operation == "update" else actor,
                columns=PARTIAL_COLUMNS,
                values=partial_values(
                    "o",
                    BEFORE,
                    moment,
                    nobody if operation == "update" else actor,
                ),
                sources=partial_sources("o"),
                moment=moment,
            )
        )
    if operation != "delete":
        steps.append(
            SQL(
                "INSERT INTO ar_reconciliation_history (%s) SELECT %s FROM %s %s;",
                PARTIAL_COLUMNS,
                partial_values("n", moment, SQL("NULL::timestamp"), nobody),
                changed if operation == "update" else SQL("new_rows n"),
                partial_sources("n"),
            )
        )
    return _program(operation, steps, PARTIAL_FACTS)


def account_body(_operation):
    """An account that becomes reconcilable: its items are recorded from now on.

    When those of since the recording began became known, only their creation tells.
    """
    return SQL(
        """INSERT INTO ar_item_history (%(columns)s)
        SELECT %(values)s
          FROM account_move_line o %(sources)s
          JOIN new_rows now_on ON now_on.id = account.id
          JOIN old_rows before ON before.id = account.id AND before.reconcile IS NOT TRUE
         WHERE o.parent_state = 'posted' AND o.create_date >= %(start)s
           AND NOT EXISTS (SELECT FROM ar_item_history version
                            WHERE version.line_ref = o.id);""",
        columns=ITEM_COLUMNS,
        values=item_values("o", BEFORE, SQL("NULL::timestamp")),
        sources=item_sources("o"),
        start=started_sql(),
    )


#: table watched: (name of its recorder, what happens, at which operations)
RECORDERS = {
    "account_move_line": ("item", item_body, tuple(OPERATIONS)),
    "account_partial_reconcile": ("partial", partial_body, tuple(OPERATIONS)),
    "account_account": ("account", account_body, ("update",)),
}


def install(env, table):
    """Put the recorder of ``table`` in place; a running one keeps its start."""
    name, body, operations = RECORDERS[table]
    for operation in operations:
        function = SQL.identifier(f"{PREFIX}{name}_{operation}")
        trigger = SQL.identifier(f"{PREFIX}{operation}")
        is_running = _is_running(env, table, f"{PREFIX}{operation}")
        env.cr.execute(
            SQL(
                """CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql
                   SET jit = off AS $ar$
                   DECLARE moment timestamp := %s;
                   BEGIN %s RETURN NULL; END $ar$""",
                function,
                NOW,
                body(operation),
            )
        )
        if is_running:
            continue
        env.cr.execute(
            SQL(
                """CREATE OR REPLACE TRIGGER %(trigger)s AFTER %(operation)s ON %(table)s
                   %(rows)s FOR EACH STATEMENT EXECUTE FUNCTION %(function)s();
                   ALTER TABLE %(table)s ENABLE TRIGGER %(trigger)s""",
                trigger=trigger,
                operation=OPERATIONS[operation][0],
                table=SQL.identifier(table),
                rows=OPERATIONS[operation][1],
                function=function,
            )
        )
        (moment,) = env.execute_query(SQL("SELECT (%s)::text", NOW))[0]
        env.cr.execute(SQL("COMMENT ON FUNCTION %s() IS %s", function, moment))


def _is_running(env, table, trigger):
    return bool(
        env.execute_query(
            SQL(
                """SELECT FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgname = %s
                    AND tgenabled IN ('O', 'A')""",
                table,
                trigger,
            )
        )
    )


def started_sql():
    """Since when everything has been recorded; NULL while a recorder is missing."""
    functions = [
        (f"{PREFIX}{operation}", f"{PREFIX}{name}_{operation}")
        for name, _body, operations in RECORDERS.values()
        for operation in operations
    ]
    return SQL(
        """(SELECT CASE WHEN count(*) FILTER (WHERE trigger.tgenabled IN ('O', 'A'))
                        = %s
                   THEN max(obj_description(proc.oid, 'pg_proc'))::timestamp END
             FROM pg_trigger trigger JOIN pg_proc proc ON proc.oid = trigger.tgfoid
            WHERE proc.proname IN %s
              AND proc.pronamespace = current_schema::regnamespace)""",
        len(functions),
        tuple(function for _trigger, function in functions),
    )


def remove(env):
    """Take the recorders out: the suite is being uninstalled."""
    for name, _body, operations in RECORDERS.values():
        for operation in operations:
            env.cr.execute(
                SQL(
                    "DROP FUNCTION IF EXISTS %s() CASCADE",
                    SQL.identifier(f"{PREFIX}{name}_{operation}"),
                )
            )
