"""The volume database: made once per size, kept as a template, copied for the checkout."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tools.dev import odoo_run, template
from tools.dev.base import ROOT, SUITE, checkout_key, digest, locked, say

from . import odoo, peers

FILL = """
import sys
sys.path.insert(0, {root!r})
from bench import generate
generate.fill(env, customers={customers})
env.cr.commit()
print("SIZES", generate.sizes(env))
"""


def volume(customers: int) -> str:
    """Return the name of a database of that size, without the suite; made when missing."""
    base = template.template(SUITE)
    name = f"ar_volume_{customers}_{_digest([ROOT / 'bench/generate.py', *_steps()], base)}"
    with locked(name):
        if name not in odoo_run.databases(name):
            say(f"making a volume of {customers} customers (minutes, once)")
            draft = f"{name}_draft"
            odoo_run.copy_database(base, draft)
            script = FILL.format(root=str(ROOT), customers=customers)
            for line in odoo_run.shell(draft, script).splitlines():
                if line.startswith(("  ", "SIZES")):
                    say(line)
            odoo_run.sql(draft, "VACUUM ANALYZE")
            odoo_run.rename_database(draft, name)
    return name


def with_suite(customers: int) -> str:
    """Return a copy of the volume with this checkout's suite installed."""
    source = volume(customers)
    name = f"ar_{checkout_key()}_bench_{customers}"
    state = f"{_digest(sorted((ROOT / SUITE).rglob('*.*')), source)} of {source}"
    with locked(name):
        if name not in odoo_run.databases(name) or _remembered(name) != state:
            say(f"copying the volume of {customers} customers, installing the suite")
            odoo_run.copy_database(source, name)
            odoo.server(name, "-i", SUITE, "--stop-after-init")
            odoo_run.sql(name, "VACUUM ANALYZE")
            odoo_run.sql("postgres", f"COMMENT ON DATABASE \"{name}\" IS '{state}'")
    return name


def with_peers(source: str) -> str:
    """Return a copy of a database with OCA's addons installed."""
    copy = f"{source}_peers"
    odoo_run.copy_database(source, copy)
    words = ("-i", ",".join(peers.ADDONS), "--stop-after-init")
    odoo.server(copy, *words, *odoo.with_addons(peers.addons_path()))
    # as everything stands without them: their columns have rewritten whole tables
    odoo_run.sql(copy, "VACUUM ANALYZE")
    return copy


def alone(customers: int) -> str:
    """Return the volume with OCA's addons and no suite: what a company without it has."""
    source = volume(customers)
    name = f"{source}_{digest(*peers.ADDONS)}_alone"
    with locked(name):
        if name not in odoo_run.databases(name):
            say(
                f"installing OCA's addons in the volume of {customers} customers (once)"
            )
            odoo_run.rename_database(with_peers(source), name)
    return name


def _remembered(name: str) -> str | None:
    rows = odoo_run.sql(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{name}'",
    )
    return rows[0] if rows else None


def _steps() -> list[Path]:
    return sorted((ROOT / "bench" / "volume").glob("*.sql"))


def _digest(files: list[Path], source: str) -> str:
    sha = hashlib.sha256(source.encode())
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            sha.update(file.read_bytes())
    return f"{sha.hexdigest()[:12]}{source[-8:]}"
