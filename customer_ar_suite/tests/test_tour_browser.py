from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_tour import TourCase

#: leaves something in every place where a page can keep it
KEEP = """
    document.cookie = "ar_cookie=1; path=/; max-age=9999";
    localStorage.setItem("ar_local", "1");
    sessionStorage.setItem("ar_session", "1");
    await caches.open("ar_cache");
    await new Promise((done, fail) => {
        Object.assign(indexedDB.open("ar_database"), { onsuccess: done, onerror: fail });
    });
"""
#: succeeds when exactly this is there
FIND = """
    const found = [
        ...document.cookie.split("; ").map((text) => text.split("=")[0]),
        ...Object.keys(localStorage),
        ...Object.keys(sessionStorage),
        ...(await caches.keys()),
        ...(await indexedDB.databases()).map(({ name }) => name),
    ].filter((name) => name.startsWith("ar_")).join();
    if (found === "%s") {
        console.log("test successful");
    } else {
        console.error(`found ${found}`);
    }
"""
TRACES = "ar_cookie,ar_local,ar_session,ar_cache,ar_database"


@tagged("post_install", "-at_install")
class TestTourBrowser(TourCase):
    """The browser of a tour, which ./dev test starts once for many of them."""

    def see(self, *parts):
        """Run the parts in a new page."""
        self.browser_js("/web/login", f"(async () => {{ {' '.join(parts)} }})()")

    def test_nothing_is_left_for_the_next_page(self):
        self.see(KEEP, FIND % TRACES)
        self.see(FIND % "")

    def test_a_page_that_fails_leaves_the_next_one_alone(self):
        for failing in ("console.error('broken');", "throw new Error('broken');"):
            with (
                self.subTest(failing),
                mute_logger(f"{self._logger.name}.browser"),
                self.assertRaisesRegex(AssertionError, "broken"),
            ):
                self.see(KEEP, failing)
            self.see(FIND % "")
