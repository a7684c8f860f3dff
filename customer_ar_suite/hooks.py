import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

from .models.ar_ledger import recorder


def pre_init_hook(env):
    """Category histories may not overlap; the database needs btree_gist to see to that."""
    try:
        with env.cr.savepoint():
            env.cr.execute(SQL("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    except psycopg2.Error as error:
        raise UserError(
            env._(
                "The database lacks the PostgreSQL extension btree_gist. Install the contrib "
                "package of PostgreSQL and run, as a superuser of the database: "
                "CREATE EXTENSION btree_gist;"
            )
        ) from error


def post_init_hook(env):
    """Set up what depends on the database the suite is installed in."""
    env["customer.category.grant"]._sync_rules()
    env["customer.duplicate.index"]._refresh_stale()


def uninstall_hook(env):
    """Leave nothing behind, and nothing in the way of the removal.

    The tables of the suite are dropped with all they hold. Without their external ids Odoo
    does not try to delete records one by one first, which their references would refuse.
    """
    env["customer.dimension"]._sweep_suite()
    env["customer.audit.policy"]._install([])
    recorder.remove(env)
    env.cr.execute(
        SQL(
            """
            DO $$ DECLARE found record; BEGIN
                FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
                              WHERE (proname LIKE 'customer\\_audit\\_%%' OR proname IN (
                                        'customer_ar_items_open',
                                        'customer_feed_note',
                                        'customer_feed_note_bank',
                                        'customer_privacy_consent_refuse',
                                        'customer_tombstone_refuse'))
                                AND pronamespace = current_schema::regnamespace LOOP
                    EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE';
                END LOOP;
            END $$
            """
        )
    )
    sequences = env["customer.numbering.counter"].search([]).sequence_id
    env.cr.execute(SQL("DELETE FROM customer_numbering_counter"))
    sequences.unlink()
    env["ir.model.data"].search(
        [
            ("module", "=", "customer_ar_suite"),
            "|",
            ("model", "=like", "customer.%"),
            ("model", "=like", "ar.%"),
        ]
    ).unlink()
