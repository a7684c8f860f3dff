"""A page in Chromium, driven over its debugging protocol: go, wait, click, take a picture."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import websocket  # type: ignore[import-untyped]

from .base import DevError
from .chrome_process import PATIENCE, end, launch


class Chrome:
    """A headless browser with an empty profile."""

    def __init__(self) -> None:
        """Start it."""
        self.profile = tempfile.mkdtemp(prefix="screenshots-")
        self.process = launch(
            self.profile, "--hide-scrollbars", "--lang=en", "--remote-allow-origins=*"
        )
        port, path = self._address()
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=PATIENCE, http_proxy_host=None
        )
        self.number = 0

    def __enter__(self) -> Chrome:
        """Nothing to do: the browser runs."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """End the browser and remove its profile."""
        self.socket.close()
        end(self.process)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _address(self) -> list[str]:
        file = Path(self.profile, "DevToolsActivePort")
        for _tick in range(PATIENCE * 5):
            if file.exists() and len(lines := file.read_text().split()) == 2:
                return lines
            time.sleep(0.2)
        raise DevError("Chromium does not open its debugging port.")

    def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        """Send a command and return its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise DevError(f"Chromium: {method}: {answer['error']['message']}")
                return answer["result"]

    def page(self) -> Page:
        """Open a page that shares no cookies with the others."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call(
            "Target.createTarget", url="about:blank", browserContextId=context
        )["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)
        return Page(self, session["sessionId"])


class Page:
    """One page of the browser."""

    def __init__(self, chrome: Chrome, session: str) -> None:
        """Remember whose page it is."""
        self.chrome = chrome
        self.session = session
        self.size = (1280, 800)

    def _call(self, method: str, **params: Any) -> Any:
        return self.chrome.call(method, self.session, **params)

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Set the size of the window; narrow ones count as telephones."""
        self.size = (width, height)
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        self._call("Emulation.setTouchEmulationEnabled", enabled=width < 600)

    def go(self, url: str) -> None:
        """Open an address."""
        self._call("Page.navigate", url=url)
        time.sleep(0.3)

    def run(self, script: str) -> Any:
        """Evaluate JavaScript and return its value."""
        result = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise DevError(f"In the page: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, selector: str, patience: float = PATIENCE) -> None:
        """Wait until an element is there."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.run(f"!!document.querySelector({json.dumps(selector)})"):
                return
            time.sleep(0.2)
        raise DevError(f"{selector} does not appear.")

    def click(self, selector: str) -> None:
        """Wait for an element and click it."""
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        time.sleep(0.5)

    def settle(self) -> None:
        """Wait until Odoo has nothing left to load or to move."""
        self.run(
            """new Promise(done => {
                let calm = 0;
                const look = () => {
                    const busy = document.querySelector(".o_loading_indicator, .o_blockUI");
                    calm = busy ? 0 : calm + 1;
                    calm > 8 ? done() : setTimeout(look, 100);
                };
                look();
            })"""
        )

    def picture(self) -> bytes:
        """The visible part as PNG."""
        data = self._call("Page.captureScreenshot", format="png")["data"]
        return base64.b64decode(data)
