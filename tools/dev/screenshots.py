"""Takes the pictures of the README from the demo: ``python -m tools.dev.screenshots URL``.

Run it through ``./dev screenshots``, which starts the demo and knows its address.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from .base import ROOT, DevError
from .chrome import Chrome, Page

TARGET = ROOT / "docs" / "images"
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


SHOTS: tuple[Shot, ...] = ()


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
    image = Image.open(io.BytesIO(page.picture())).convert("RGB")
    target = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
    return target.getvalue()


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
        for shot in shots:
            if shot.login not in pages:
                pages[shot.login] = chrome.page()
                login(pages[shot.login], options.url, shot.login)
            data = take(pages[shot.login], options.url, shot)
            (options.target / f"{shot.name}.png").write_bytes(data)
            print(f"{shot.name}.png  {len(data) // 1024} kB", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DevError as error:
        sys.exit(str(error))
