"""Tours in Chromium: one process for all of them where ./dev has started one."""

import json
import os
import shutil
import signal
import time
from concurrent.futures import Future, wait
from pathlib import Path

from odoo.tests import HttpCase
from odoo.tests import common as odoo_common

from .common_people import PREFIX, person

#: names the profile folder of a Chromium that runs already
PROFILE = os.environ.get("AR_CHROMIUM")
PATIENCE = 90
#: where a page keeps what it finds when it is opened again
KEPT = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
#: caches of the registry that follow from the code: bundles, addresses …
LASTING = ("assets", "routing")
#: … and what else does: the name of what the page is told in its language
TERMS = "_get_web_translations_hash"
#: Odoo's would load the home page once more beside each tour; the suite has no part in it
NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"


class TourCase(HttpCase):
    """A tour that waits for a slow machine: Odoo skips it when Chromium takes 10 seconds."""

    #: {cache: its entries}, from one tour to the next: no test changes what they follow from
    lasting = {}

    def setUp(self):
        super().setUp()
        for name, entries in self.lasting.items():
            self.registry._Registry__caches[name].update(entries)
        self.addCleanup(self.keep_lasting)
        self.patch(odoo_common, "CHECK_BROWSER_ITERATIONS", 900)
        if PROFILE:
            self.patch(odoo_common, "ChromeBrowser", SharedBrowser)

    def keep_lasting(self):
        """Before core empties the caches."""
        caches = self.registry._Registry__caches
        for name in LASTING:
            self.lasting[name] = caches[name].snapshot
        known = self.lasting.setdefault("default", {})
        for key, value in caches["default"].snapshot.items():
            if key[1].__name__ == TERMS:
                known[key] = value

    def speak(self, lang):
        """Have that language installed until the test ends."""
        self.env["res.lang"]._activate_lang(lang)
        self.addCleanup(self.registry.clear_cache)

    def person(self, role, lang):
        """Somebody in one of the suite's roles, who reads that language."""
        login = f"tour_{role}_{lang}"
        return person(
            self.env,
            login,
            f"{PREFIX}{role}",
            lang=lang,
            email=f"{login}@example.org",
        )


class SharedBrowser(odoo_common.ChromeBrowser):
    """A page that knows nothing of the pages before it, in a Chromium that goes on.

    Cookies, storage and workers of the pages before are gone when it opens. What stays are
    files whose address changes with their content, and what Chromium has compiled of them:
    half of the work of bringing up a page.
    """

    def __init__(self, test_case, *args, **kwargs):
        super().__init__(test_case, *args, **kwargs)
        self._websocket_request(
            "Storage.clearDataForOrigin",
            params={"origin": test_case.base_url(), "storageTypes": KEPT},
        )
        self._websocket_request(
            "Page.addScriptToEvaluateOnNewDocument",
            params={"source": NO_SERVICE_WORKER},
        )

    def _chrome_start(self, user_data_dir, touch_enabled, headless=True, debug=False):
        """Connect to the one that runs instead of starting another."""
        assert headless and not touch_enabled, (
            "Unset AR_CHROMIUM for a browser of your own"
        )
        port, path = self._address()
        self.control = odoo_common.websocket.create_connection(
            f"ws://{odoo_common.HOST}:{port}{path}",
            timeout=PATIENCE,
            suppress_origin=True,
        )
        return None, int(port)

    def _address(self):
        file = Path(PROFILE, "DevToolsActivePort")
        for _tick in range(PATIENCE * 10):
            if file.exists() and len(lines := file.read_text().split()) == 2:
                return lines
            time.sleep(0.1)
        raise AssertionError("Chromium does not open its debugging port")

    def _command(self, method, **params):
        """Ask the browser, not one of its pages."""
        self.control.send(json.dumps({"id": 1, "method": method, "params": params}))
        while (answer := json.loads(self.control.recv())).get("id") != 1:
            pass  # events
        if "error" in answer:
            raise odoo_common.ChromeBrowserException(answer["error"]["message"])
        return answer["result"]

    def _pages(self):
        targets = self._command("Target.getTargets")["targetInfos"]
        return {one["targetId"] for one in targets if one["type"] == "page"}

    def _open_websocket(self):
        self.others = self._pages()
        page = self._command("Target.createTarget", url="about:blank")
        ws = odoo_common.websocket.create_connection(
            f"ws://{odoo_common.HOST}:{self.devtools_port}/devtools/page/{page['targetId']}",
            enable_multithread=True,
            suppress_origin=True,
        )
        ws.settimeout(0.1)  # the thread that receives looks up in between
        return ws

    def _websocket_send(self, method, *, params=None, with_future=False):
        if method == "HeapProfiler.collectGarbage":
            # of no use: it makes a figure of the log exact, and the page is closed next
            done = Future()
            done.set_result({})
            return done
        return super()._websocket_send(method, params=params, with_future=with_future)

    def stop(self):
        """Close the page and those it has opened; the browser goes on."""
        if hasattr(self, "ws"):
            self.screencaster.stop()
            self._websocket_request("Page.stopLoading")
            wait(self._responses.values(), 10)  # pictures of what failed
            self._result.cancel()
            self.ws.close()
            self._close_pages()
        self.control.close()
        shutil.rmtree(self.user_data_dir, ignore_errors=True)
        signal.signal(signal.SIGXCPU, self.sigxcpu_handler)

    def _close_pages(self):
        """Until the last is gone they might still keep something."""
        for page in self._pages() - self.others:
            self._command("Target.closeTarget", targetId=page)
        for _tick in range(PATIENCE * 100):
            if not self._pages() - self.others:
                return
            time.sleep(0.01)
        raise AssertionError("a page of Chromium does not close")
