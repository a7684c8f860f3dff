"""Many writers and one sealer, with real commits: nothing fails, nothing is missing."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

#: ./dev test-long kills: as many as a busy company has
WRITERS, TURNS = (32, 25) if worker.LONG else (8, 10)
KEY = "2026:the key of the server in these tests"

SETUP = """
env["customer.audit.policy"].action_recommended()
env.cr.commit()
"""
#: every thread is a writer with its own cursor, as a request has one; sealers run beside
WRITE = """
import threading, time, random
import psycopg2
from odoo import api
failures, done = [], []
def write(number):
    dice = random.Random(number)
    for turn in range({turns}):
        try:
            with env.registry.cursor() as cr:
                partners = api.Environment(cr, 2, {{}})["res.partner"]
                name = f"Writer {{number}} turn {{turn}}"
                partner = partners.with_context(tracking_disable=True).create({{"name": name}})
                time.sleep(dice.random() / 50)
                partner.write({{"city": name}})
                partners.env.flush_all()
                time.sleep(dice.random() / 50)
            done.append(name)
        except psycopg2.Error as error:
            failures.append(f"{{type(error).__name__}}: {{error}}")
stop = threading.Event()
seal_failures = []
def seal():
    while not stop.is_set():
        try:
            with env.registry.cursor() as cr:
                api.Environment(cr, 1, {{}})["customer.audit.seal"]._seal_all()
        except psycopg2.Error as error:
            seal_failures.append(type(error).__name__)
        time.sleep(0.02)
writers = [threading.Thread(target=write, args=(n,)) for n in range({writers})]
sealers = [threading.Thread(target=seal) for _n in range(2)]
for thread in writers + sealers: thread.start()
for thread in writers: thread.join()
stop.set()
for thread in sealers: thread.join()
with env.registry.cursor() as cr:
    api.Environment(cr, 1, {{}})["customer.audit.seal"]._seal_all()
print("FAILURES", len(failures), failures[:2])
print("WRITTEN", len(done))
"""
SEAL = """
with env.registry.cursor() as cr:
    env(cr=cr)["customer.audit.seal"]._seal_all()
"""
EXPORT = """
from pathlib import Path
content, _sha, _lines = env["customer.audit.seal"]._export_file()
Path({path!r}).write_bytes(content)
"""


def test_writers_wait_for_nothing_and_nothing_is_missing(
    database, tmp_path, monkeypatch
):
    monkeypatch.setenv("CUSTOMER_AR_AUDIT_KEY", KEY)
    worker.script(database, SETUP)
    # when many write while two sealers run all the time
    printed = worker.script(database, WRITE.format(writers=WRITERS, turns=TURNS))
    # then the log has made nobody fail
    assert "FAILURES 0 " in printed, printed
    assert f"WRITTEN {WRITERS * TURNS}" in printed
    # and each creation and each change has one entry, sealed once, without a gap
    counts = odoo_run.sql(
        database,
        """SELECT e.event, count(*), count(DISTINCT e.res_id), count(l.id)
             FROM customer_audit_entry e
             JOIN res_partner p ON p.id = e.res_id AND p.name LIKE 'Writer %'
             LEFT JOIN customer_audit_link l ON l.entry_ref = e.id
            WHERE e.model = 'res.partner' AND e.event LIKE 'record.%'
            GROUP BY 1 ORDER BY 1""",
    )
    wanted = WRITERS * TURNS
    assert counts == [
        f"record.create\t{wanted}\t{wanted}\t{wanted}",
        f"record.write\t{wanted}\t{wanted}\t{wanted}",
    ]
    assert odoo_run.sql(
        database, "SELECT count(*) = max(id) AND min(id) = 1 FROM customer_audit_link"
    ) == ["t"]
    # in the order in which transactions became visible: none older than the seal before
    assert odoo_run.sql(
        database,
        """SELECT count(*) FROM customer_audit_link l
             JOIN customer_audit_entry e ON e.id = l.entry_ref
             JOIN customer_audit_seal before ON before.id = l.seal_id - 1
            WHERE e.xid < before.horizon""",
    ) == ["0"]
    assert _verified(database, tmp_path) == "INTACT"
    # and a link taken away in this log of many transactions names its entry
    odoo_run.sql(database, "ALTER TABLE customer_audit_link DISABLE TRIGGER USER")
    odoo_run.sql(database, "DELETE FROM customer_audit_link WHERE id = 20")
    assert _verified(database, tmp_path) == "TAMPERED WITH"


def test_sealer_survives_kills(database, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_AR_AUDIT_KEY", KEY)
    worker.script(database, SETUP)
    worker.script(
        database,
        "env['res.partner'].create([{'name': f'Killed {n}'} for n in range(300)])\n"
        "env.cr.commit()\n",
    )
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database, SEAL)
    # when it dies at its statements, each of them in the long tests
    places = range(1, whole + 1)
    if not worker.LONG:
        places = sorted({1, whole, *random.Random(worker.SEED).sample(places, 4)})
    for place in places:
        assert worker.killed_at(database, place, SEAL)
    # then the next one seals all there is, once
    worker.script(database, SEAL)
    assert odoo_run.sql(
        database,
        """SELECT count(*) - count(l.id), max(l.id) - count(l.id)
             FROM customer_audit_entry e
             LEFT JOIN customer_audit_link l ON l.entry_ref = e.id""",
    ) == ["0\t0"]
    assert _verified(database, tmp_path) == "INTACT"


def _verified(database: str, folder) -> str:
    """The last word of the stand-alone checker on an export of the log."""
    export = folder / "log.jsonl.gz"
    worker.script(database, EXPORT.format(path=str(export)))
    return worker.verified(export, KEY)
