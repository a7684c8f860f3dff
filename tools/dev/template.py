"""The template database: what the suite depends on, with demo data and Chinese."""

from __future__ import annotations

import ast
import subprocess

from . import odoo_run, odoo_source, postgres
from .base import ROOT, DevError, digest, locked, say, subdir

RECIPE = 1  # raise it when the way of making the template changes
LANGUAGES = "en_US,zh_CN"
#: every test would make those again that pages ask for by themselves, too
FINISH = """
pages = env["ir.qweb"]
pages._pregenerate_assets_bundles()
for name in ("bus.websocket_worker_assets", "web.assets_emoji"):
    pages._get_asset_bundle(name, css=False).js()
env.cr.commit()
"""


def depends(addon: str) -> list[str]:
    """Return what an addon of this checkout needs of Odoo, through its siblings too."""
    own = with_siblings(addon)
    return sorted({name for each in own for name in _depends(each)} - set(own))


def with_siblings(addon: str) -> list[str]:
    """Return the addon and those of this checkout that it builds on."""
    found = [addon]
    for name in found:  # grows while we go through it
        needs = [x for x in _depends(name) if (ROOT / x / "__manifest__.py").exists()]
        found += [x for x in needs if x not in found]
    return found


def _depends(addon: str) -> list[str]:
    manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())
    return list(manifest.get("depends", []))


def template(addon: str) -> str:
    """Return the name of the addon's template database, made when it is missing."""
    odoo_run.prepare()
    needs = depends(addon)
    parts = [odoo_source.odoo().identity, *needs, RECIPE, LANGUAGES]
    if postgres.server_key() != "private":  # others may have templates there too
        parts.append(odoo_run.data_dir())
    name = f"ar_tpl_{digest(*parts)}"
    if finished(name):
        return name
    with locked(f"template-{postgres.server_key()}-{name}"):
        if not finished(name):
            _make(name, needs)
    return name


def finished(name: str) -> bool:
    """Tell whether this template is there, whole."""
    is_template = (
        f"SELECT 1 FROM pg_database WHERE datistemplate AND datname = '{name}'"
    )
    found = odoo_run.sql("postgres", is_template)
    return bool(found) and odoo_run.filestore(name).is_dir()


def _make(name: str, needs: list[str]) -> None:
    say(
        f"making the template database: {', '.join(needs)} with demo data (3-6 minutes)"
    )
    draft = f"{name}_draft"
    odoo_run.drop_database(name)
    odoo_run.drop_database(draft)
    log = subdir("logs") / f"{name}.log"
    arguments = ["-d", draft, "-i", ",".join(needs), "--with-demo", "--no-http"]
    arguments += [f"--load-language={LANGUAGES}", "--stop-after-init"]
    with log.open("w") as output:
        code = subprocess.call(
            odoo_run.command(*arguments),
            env=odoo_run.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    wanted = "', '".join(needs)
    state = f"SELECT name FROM ir_module_module WHERE name IN ('{wanted}') AND demo"
    try:
        absent = set(needs) - set(
            odoo_run.sql(draft, f"{state} AND state = 'installed'")
        )
    except DevError:
        absent = set(needs)
    if code or absent:
        raise DevError(
            f"Odoo did not install {sorted(absent)} with demo data: see {log}."
        )
    say("making the template's asset bundles")
    odoo_run.shell(draft, FINISH)
    finish(draft, name)
    odoo_run.drop_database(draft)


def finish(draft: str, name: str) -> None:
    """Keep a draft as a template; from here on it is there, whole."""
    odoo_run.sql(draft, "VACUUM ANALYZE")
    odoo_run.copy_database(draft, name)
    odoo_run.sql("postgres", f'ALTER DATABASE "{name}" IS_TEMPLATE true')
