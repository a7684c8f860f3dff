"""A running Odoo with the suite and its demo data, one per checkout."""

from __future__ import annotations

import argparse

from . import demo_server, odoo_run
from .base import (
    ROOT,
    SUITE,
    DevError,
    checkout_key,
    code_digest,
    locked,
    run,
    say,
)
from .template import template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev demo``."""
    parser.add_argument(
        "--foreground",
        action="store_true",
        help="show the log; Ctrl-C stops the server",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin with a new database"
    )
    parser.add_argument("--port", type=int, help="HTTP port (default: a free one)")


def main(options: argparse.Namespace) -> int:
    """Have the demo run and print where."""
    with locked(f"demo-{checkout_key()}"):
        state = demo_server.read_state()
        begin = options.fresh or "code" not in state or not _exists()
        changed = state.get("code") != code_digest(ROOT / SUITE)
        if begin or changed or not demo_server.alive(state):
            demo_server.stop()
            if begin or changed:
                _install(state, begin=begin)
            state = demo_server.start(options.port or state.get("port"))
    print(_sign(state))
    if options.foreground:
        demo_server.follow(state)
    return 0


def _exists() -> bool:
    return demo_server.database() in odoo_run.databases(demo_server.database())


def _install(state: demo_server.State, *, begin: bool) -> None:
    """Install the suite into a new database, or update it in the one that is there.

    The state is written after success only: a run that was cut off begins anew.
    """
    code = code_digest(ROOT / SUITE)
    remembered: demo_server.State = {"port": state.get("port")}
    demo_server.write_state(remembered)
    source = template(SUITE)
    if begin:
        say("installing the suite with demo data")
        odoo_run.copy_database(source, demo_server.database())
    else:
        say("updating the suite: its code has changed")
    task = "-i" if begin else "-u"
    words = ["-d", demo_server.database(), task, SUITE, "--with-demo", "--no-http"]
    why = "The suite does not install; try './dev demo --fresh'"
    words += ["--stop-after-init", "--log-level=warn"]
    log = run(odoo_run.command(*words), env=odoo_run.environment(), why=why)
    if "demo data failed" in log:
        raise DevError(f"The demo data do not install:\n{log[-3000:]}")
    demo_server.write_state({**remembered, "code": code})


def _sign(state: demo_server.State) -> str:
    return (
        f"\n  Odoo 19 with {SUITE} and demo data\n"
        f"  address:   http://127.0.0.1:{state['port']}/odoo\n"
        "  login:     admin\n"
        "  password:  admin\n"
        f"  database:  {demo_server.database()}\n"
        "  stop it:   ./dev stop\n"
    )
