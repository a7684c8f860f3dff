"""Takes the pictures of the README from the demo: ``python -m tools.dev.screenshots URL``.

Run it through ``./dev screenshots``, which starts the demo and knows its address.
"""

from __future__ import annotations

import argparse
import base64
import io
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from .base import ROOT, SUITE, DevError
from .chrome import Chrome, Page

TARGET = ROOT / "docs" / "images"
DESCRIPTION = ROOT / SUITE / "static" / "description"
LIST = ".o_list_renderer .o_data_row, .o_view_nocontent"


class Shot(NamedTuple):
    """A picture: who looks at which address, and what he clicks before."""

    name: str
    login: str
    path: str
    wait: str = LIST
    clicks: tuple[str, ...] = ()
    width: int = 1280
    height: int = 760


FIRST = ".o_data_row:nth-child(1) .o_data_cell[name=name]"
AGING = ".o_group_header, .o_data_row"
CARD = ".o_notebook .nav-link[name=ar_card]"
GROUP_BY_REGION = (
    ".o_searchview_dropdown_toggler",
    ".o_group_by_menu .o_menu_item:nth-of-type(3)",
    ".o_searchview_dropdown_toggler",
    ".o_group_header:nth-child(3)",
)

IMPORT = ("/odoo/customer-imports", LIST, (FIRST,), 1280, 900)

SHOTS = (
    Shot("customers", "admin", "/odoo/ar-customers", clicks=GROUP_BY_REGION),
    Shot(
        "customer_card",
        "ar_accountant",
        "/odoo/ar-customers",
        clicks=(".o_data_row:nth-child(3) .o_data_cell[name=complete_name]", CARD),
        height=900,
    ),
    Shot("customer_import", "customer_clerk", *IMPORT),
    Shot("customer_import_zh", "wenyuan", *IMPORT),
    Shot("bank_import", "ar_accountant", "/odoo/bank-files", clicks=(FIRST,)),
    Shot("match_review", "ar_accountant", "/odoo/reconcile-receipts", ".o_match_row"),
    Shot("match_review_zh", "kuaiji", "/odoo/reconcile-receipts", ".o_match_row"),
    Shot("aged_receivable", "collector", "/odoo/aged-receivables", AGING),
    Shot("aged_receivable_zh", "kuaiji", "/odoo/aged-receivables", AGING),
    Shot(
        "aged_receivable_pivot",
        "collector",
        "/odoo/aged-receivables",
        AGING,
        (".o_switch_view.o_pivot",),
    ),
    Shot("statements", "collector", "/odoo/ar-statements"),
    Shot(
        "reconcile_phone",
        "ar_accountant",
        "/odoo/reconcile-receipts",
        ".o_match_row",
        (),
        390,
        844,
    ),
)
#: pictures of the page in Odoo's Apps, which the addon carries itself
APPS_PAGE = ("customers", "customer_import", "match_review", "aged_receivable")
#: first pages of statements of account: picture, demo user, number of the customer
STATEMENTS = (
    ("statement_en", "collector", "C20007"),
    ("statement_zh", "kuaiji", "C10004"),
)
FETCH_PDF = """(async () => {
    const answer = await fetch("/web/dataset/call_kw/ar.statement/search", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ params: {
            model: "ar.statement", method: "search",
            args: [[["partner_id.ref", "=", REF]]], kwargs: { limit: 1 },
        } }),
    });
    const [id] = (await answer.json()).result;
    const pdf = await fetch(
        `/report/pdf/customer_ar_suite.ar_statement_document/${id}`
    );
    const bytes = new Uint8Array(await pdf.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
})()"""


def login(page: Page, url: str, name: str) -> None:
    """Log in with the name as the password, as demo users have it."""
    page.resize(1280, 760)
    page.go(f"{url}/web/login")
    page.wait("input[name=password]")
    page.run(
        f"""document.querySelector("input[name=login]").value = {name!r};
        document.querySelector("input[name=password]").value = {name!r};
        document.querySelector(".oe_login_form button[type=submit]").click()"""
    )
    page.wait(".o_main_navbar")


def take(page: Page, url: str, shot: Shot) -> bytes:
    """Go there, click, and return the picture with few colours: small files."""
    page.resize(shot.width, shot.height)
    page.go(url + shot.path)
    page.wait(shot.wait)
    for selector in shot.clicks:
        page.click(selector)
        page.settle()
    page.settle()
    time.sleep(0.5)
    return small(Image.open(io.BytesIO(page.picture())))


def small(image: Image.Image) -> bytes:
    """PNG with few colours."""
    target = io.BytesIO()
    few = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


def statement(page: Page, ref: str) -> bytes:
    """Print the first page of the statement of a customer."""
    pdf = base64.b64decode(page.run(FETCH_PDF.replace("REF", repr(ref))))
    words = ["pdftoppm", "-r", "96", "-l", "1", "-png", "-singlefile", "-"]
    png = subprocess.run(words, input=pdf, capture_output=True, check=True).stdout
    return small(Image.open(io.BytesIO(png)))


def main(words: list[str]) -> int:
    """Take all pictures, those named, or one of an address given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="address of the server")
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument("--target", type=Path, default=TARGET)
    parser.add_argument("--path", help="one picture of this address instead")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--wait", default=".o_action_manager .o_action")
    parser.add_argument("--click", action="append", default=[])
    parser.add_argument("--size", default="1280x760")
    options = parser.parse_args(words)
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    if options.path:
        width, _x, height = options.size.partition("x")
        name = options.names[0] if options.names else "page"
        clicks = tuple(options.click)
        shots = [
            Shot(
                name,
                options.login,
                options.path,
                options.wait,
                clicks,
                int(width),
                int(height),
            )
        ]
    options.target.mkdir(parents=True, exist_ok=True)
    with Chrome() as chrome:
        pages: dict[str, Page] = {}

        def page(name: str) -> Page:
            if name not in pages:
                pages[name] = chrome.page()
                login(pages[name], options.url, name)
            return pages[name]

        for shot in shots:
            data = take(page(shot.login), options.url, shot)
            _write(options.target, shot.name, data)
        for name, user, ref in STATEMENTS:
            if not options.path and (not options.names or name in options.names):
                _write(options.target, name, statement(page(user), ref))
    return 0


def _write(target: Path, name: str, data: bytes) -> None:
    (target / f"{name}.png").write_bytes(data)
    print(f"{name}.png  {len(data) // 1024} kB", flush=True)
    if target == TARGET and name in APPS_PAGE:
        shutil.copy(target / f"{name}.png", DESCRIPTION)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DevError as error:
        sys.exit(str(error))
