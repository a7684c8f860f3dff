"""Encryption in whole processes: rotation while others work and workers die; the log."""

from __future__ import annotations

import base64
import json
import random
from concurrent.futures import ThreadPoolExecutor

from tools.dev import odoo_run

from . import worker

KILLS = worker.LONG or 3
PEOPLE = 3000 if worker.LONG else 300
STEPS = worker.small_steps(200 if worker.LONG else 25, "customer.vault.rotation")
WORK = STEPS + worker.WORK
CANARY = "ZQX-canary-4711-0815"

#: values of the people, sealed with the first key; an administrator who may rotate
SETUP = f"""
from odoo.fields import Command
env["res.users"].create({{
    "name": "Vault", "login": "vault-admin", "group_ids": [Command.link(env.ref(
        "customer_ar_suite.customer_ar_suite_group_administrator").id)]}})
env["res.partner"].create([
    {{"name": f"Vault {{n}}", "ar_identity_number": f"ID-{{n}}-0"}} for n in range({PEOPLE})])
env.cr.commit()
"""
START = (
    STEPS
    + """
admin = env["res.users"].search([("login", "=", "vault-admin")])
run = env["customer.vault.rotation"].with_user(admin)._rotate()
assert run.run_state == "running", run.run_state
env.cr.commit()
"""
)
#: reads and writes as requests do: own cursors, again when another one was first
BUSY = """
import os, random, time, psycopg2
from odoo import api
from odoo.addons.customer_ar_suite.models.sensitive_values import UNAVAILABLE
dice = random.Random({seed})
with env.registry.cursor() as cr:
    people = api.Environment(cr, 1, {{}})["res.partner"].search(
        [("name", "=like", "Vault %")], order="id").ids
unreadable, lost, writes, reads, again = 0, 0, 0, 0, 0
mine = {{}}
until = time.monotonic() + {seconds}
while time.monotonic() < until and not (os.path.exists({enough!r}) and writes > 9):
    number = {share} + 3 * dice.randrange(len(people) // 3)
    chosen = [number, *dice.sample(range(len(people)), 8)]
    for attempt in range(6):
        try:
            with env.registry.cursor() as cr:
                partners = api.Environment(cr, 1, {{}})["res.partner"]
                texts = {{n: partners.browse(people[n]).ar_identity_number for n in chosen}}
                reads += len(texts)
                unreadable += sum(t == UNAVAILABLE or not t for t in texts.values())
                lost += texts[number] != mine.get(number, f"ID-{{number}}-0")
                value = f"ID-{{number}}-{{writes + 1}}"
                partners.browse(people[number]).ar_identity_number = value
                partners.env.flush_all()
            mine[number] = value
            writes += 1
            break
        except psycopg2.errors.SerializationFailure:
            again += 1
            time.sleep(dice.random() / 20)
print("READS", reads, "WRITES", writes, "UNREADABLE", unreadable, "LOST", lost,
      "AGAIN", again)
import json
print("MINE", json.dumps(mine))
"""
LOOK = """
import json
people = env["res.partner"].search([("name", "=like", "Vault %")], order="id")
print("VALUES", json.dumps(people.mapped("ar_identity_number")))
"""


def key(name: str, byte: int) -> str:
    """One key as the server's configuration has it."""
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


def test_rotation_under_load_and_kills(database, tmp_path, monkeypatch):
    # given values under the first key, and a second one before it
    monkeypatch.setenv("CUSTOMER_AR_VAULT_KEYS", key("first", 1))
    worker.script(database, SETUP)
    monkeypatch.setenv(
        "CUSTOMER_AR_VAULT_KEYS", f"{key('second', 2)},{key('first', 1)}"
    )
    worker.script(database, START)
    whole = _statements(database)
    # when three processes read and write while workers rotate and die, again and again
    seconds, enough = 15 + 8 * KILLS, tmp_path / "enough"
    with ThreadPoolExecutor(3) as pool:
        busy = [
            pool.submit(
                worker.script,
                database,
                BUSY.format(
                    seed=worker.SEED + share,
                    share=share,
                    seconds=seconds,
                    enough=str(enough),
                ),
            )
            for share in range(3)
        ]
        dice, died = random.Random(worker.SEED), 0
        while died < KILLS and _todo(database):
            died += worker.killed_at(
                database, dice.randint(whole // 20, whole // 2), WORK
            )
        worker.script(database, WORK)
        enough.touch()
        printed = [one.result() for one in busy]
    while _todo(database):
        worker.script(database, WORK)
    # then nobody found a value that could not be read, or not the one he had written
    assert died
    expected = {n: f"ID-{n}-0" for n in range(PEOPLE)}
    for text in printed:
        assert "UNREADABLE 0 LOST 0" in text, text
        assert "WRITES 0 " not in text, text
        mine = text.rpartition("MINE ")[2].splitlines()[0]
        expected |= {int(n): value for n, value in json.loads(mine).items()}
    # nothing is left under the first key, and without it every last value is there
    assert odoo_run.sql(
        database,
        "SELECT key_name, count(*) FROM customer_vault_entry WHERE is_sealed GROUP BY 1",
    ) == [f"second\t{PEOPLE}"]
    monkeypatch.setenv("CUSTOMER_AR_VAULT_KEYS", key("second", 2))
    values = worker.script(database, LOOK).rpartition("VALUES ")[2].splitlines()[0]
    assert json.loads(values) == [expected[n] for n in range(PEOPLE)]


def _statements(database: str) -> int:
    """How many statements a rotation takes that nobody disturbs."""
    with worker.tried(database):
        return worker.statements_of_a_whole_run(database, WORK)


def _todo(database: str) -> bool:
    (count,) = odoo_run.sql(
        database, "SELECT count(*) FROM customer_vault_entry WHERE run_state = 'todo'"
    )
    return count != "0"


EVERYTHING = """
import logging
logging.getLogger("odoo.sql_db").setLevel(logging.DEBUG)
"""
#: what people do with an encrypted value, what goes wrong, and what an error shows
USE = """
import os, psycopg2
from odoo.exceptions import UserError
from odoo.fields import Command
partners = env["res.partner"]
ana = partners.create({{"name": "Ana", "ar_identity_number": "{canary}",
                        "ar_private_note": "about {canary}"}})
ana.write({{"ar_identity_number": "{canary}-2"}})
env.flush_all()
env.invalidate_all()
assert ana.ar_identity_number == "{canary}-2"
assert partners.search([("ar_identity_number", "=", "{canary}-2")]) == ana
ana.copy()
for broken in (
    lambda: env.cr.execute("SELECT 1 / 0"),
    lambda: ana.write({{"ar_identity_number": "{canary}-3", "parent_id": -1}}),
    lambda: (ana.write({{"ar_identity_number": "{canary}-4"}}), env.flush_all(),
             env.cr.execute("UPDATE customer_vault_entry SET model = NULL")),
):
    try:
        with env.cr.savepoint():
            broken()
            env.flush_all()
    except (psycopg2.Error, UserError, ValueError) as error:
        print("REFUSED", type(error).__name__)
        env.invalidate_all()
env.cr.commit()
for keys, what in (("", "missing"), ("{other}", "wrong")):
    os.environ["CUSTOMER_AR_VAULT_KEYS"] = keys
    env.invalidate_all()
    print("SHOWN", what, ana.ar_identity_number)
    try:
        with env.cr.savepoint():
            ana.ar_identity_number = "{canary}-5"
            env.flush_all()
    except UserError as error:
        print("SAID", what, error)
    env.invalidate_all()
    env.cr.rollback()
"""


def test_canary_is_not_in_the_log_and_messages_are_clear(database, monkeypatch):
    monkeypatch.setenv("CUSTOMER_AR_VAULT_KEYS", key("first", 1))
    # when values are written, read, searched, refused and not opened, with every
    # statement in the log
    said = worker.script(
        database, EVERYTHING + USE.format(canary=CANARY, other=key("other", 9))
    )
    # then both kinds of trouble are told as a sentence, the value only as unavailable
    assert said.count("REFUSED") == 3, said
    for what in ("missing", "wrong"):
        (shown,) = [one for one in said.splitlines() if f"SHOWN {what}" in one]
        assert CANARY not in shown
        (told,) = [one for one in said.splitlines() if f"SAID {what}" in one]
        assert "key" in told, told
    # the log has the statements and the errors, but never the value
    assert 'INSERT INTO "customer_vault_entry"' in said
    assert "bad query" in said
    assert CANARY not in said
    # and the right key brings the last good value back
    assert CANARY not in _dump(database)
    value = worker.script(
        database,
        "print(env['res.partner'].search([('name', '=', 'Ana')]).ar_identity_number)",
    )
    assert f"{CANARY}-2" in value


def _dump(database: str) -> str:
    """Every row of the tables in which a value could stand, as text."""
    tables = odoo_run.sql(
        database,
        """SELECT quote_ident(table_name) FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
              AND (table_name LIKE 'res\\_partner%' OR table_name LIKE 'customer\\_%'
                   OR table_name LIKE 'mail\\_%' OR table_name LIKE 'ir\\_%'
                   OR table_name LIKE 'bus\\_%')""",
    )
    looks = (
        f"SELECT 1 FROM {table} AS row WHERE row::text LIKE '%{CANARY}%'"
        for table in tables
    )
    return CANARY if odoo_run.sql(database, " UNION ALL ".join(looks)) else ""
