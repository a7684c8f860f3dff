"""The pack of evidence: the same bytes for the same files, every change found."""

import hashlib
import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path
from shutil import which

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import FileError
from ...engine.evidence import MANIFEST, File, as_csv, build, neutral, verify
from ...engine.scan import read_code
from .case import EngineCase, examples

ABOUT = {"company": "澄湖", "period": "2026-06"}
FILES = [File("a/aging.csv", b"1,2"), File("b/开票.html", "<p>你好</p>".encode())]


def rewrite(data, change):
    """The pack with ``change`` applied to {name: content}."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return target.getvalue()


class TestEvidence(EngineCase):
    def states(self, data):
        return {one.name: one.state for one in verify(data).files}

    def test_intact(self):
        data, fingerprint = build(FILES, ABOUT)
        self.assertEqual(build(list(reversed(FILES)), ABOUT), (data, fingerprint))
        found = verify(data)
        self.assertTrue(found.is_intact)
        self.assertEqual((found.fingerprint, found.about), (fingerprint, ABOUT))
        listed = json.loads(zipfile.ZipFile(io.BytesIO(data)).read(MANIFEST))["files"]
        for row, file in zip(listed, FILES, strict=True):
            digest = hashlib.sha256(file.content).hexdigest()
            found = (row["name"], row["size"], row["sha256"])
            self.assertEqual(found, (file.name, len(file.content), digest))

    def test_a_shell_can_check_it(self):
        self.assertTrue(which("sha256sum"), "install coreutils")
        data, _fingerprint = build(FILES, ABOUT)
        with tempfile.TemporaryDirectory() as folder:
            zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
            check = ["sha256sum", "-c", "SHA256SUMS"]
            self.assertEqual(
                subprocess.run(check, cwd=folder, check=False).returncode, 0
            )
            Path(folder, "a/aging.csv").write_bytes(b"1,3")
            self.assertNotEqual(
                subprocess.run(check, cwd=folder, check=False).returncode, 0
            )

    def test_every_change_is_found(self):
        data, fingerprint = build(FILES, ABOUT)
        changed = rewrite(data, lambda files: files.update({"a/aging.csv": b"9,2"}))
        self.assertEqual(self.states(changed)["a/aging.csv"], "changed")
        missing = rewrite(data, lambda files: files.pop("a/aging.csv"))
        self.assertEqual(self.states(missing)["a/aging.csv"], "missing")
        added = rewrite(data, lambda files: files.update({"c.csv": b"x"}))
        self.assertEqual(self.states(added)["c.csv"], "added")
        # who writes a new manifest has another fingerprint
        forged, _other = build([File("a/aging.csv", b"9,2"), FILES[1]], ABOUT)
        self.assertTrue(verify(forged).is_intact)
        self.assertNotEqual(verify(forged).fingerprint, fingerprint)

    def test_what_is_no_pack(self):
        data, _fingerprint = build(FILES, ABOUT)
        for broken in (b"", b"hello", data[: len(data) // 2]):
            with self.assertRaises(FileError):
                verify(broken)
        for text in (b"{}", b"[", b"[1]", b'{"about": 1, "files": []}'):
            with self.assertRaises(FileError) as caught:
                verify(rewrite(data, lambda files, t=text: files.update({MANIFEST: t})))
            self.assertEqual(caught.exception.code, "evidence_no_manifest")

    def test_any_byte_that_is_turned_is_found_or_refused(self):
        data, fingerprint = build(FILES, ABOUT)
        contents = sorted(FILES)
        for place in range(0, len(data), 7):
            turned = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
            try:
                found = verify(turned)
            except FileError:
                continue
            if found.is_intact and found.fingerprint == fingerprint:
                # only what says nothing was turned: the contents are the same
                archive = zipfile.ZipFile(io.BytesIO(turned))
                for file in contents:
                    self.assertEqual(archive.read(file.name), file.content)

    @given(st.text(max_size=12))
    @examples(60)
    def test_no_cell_is_a_formula(self, text):
        shown = neutral(text)
        self.assertIn(text, shown)
        if shown[:1] in ("=", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠"):
            self.fail(shown)
        if shown[:1] in ("+", "-"):
            float(shown)

    def test_csv(self):
        content = as_csv([("Acme, Ltd", None, "=1", -12), ("“x”", 1, "-3.5", "+x")])
        self.assertEqual(
            content.decode("utf-8-sig").splitlines(),
            ['"Acme, Ltd",,\'=1,-12', "“x”,1,-3.5,'+x"],
        )


class TestScan(EngineCase):
    def test_vat_invoice_of_paper(self):
        found = read_code(
            "01,10,033001900211,12345678,884.96,20260331,10203040506070809010,9F3C,"
        )
        self.assertEqual(found.kind, "vat_invoice")
        self.assertEqual(found.references, ("12345678", "03300190021112345678"))
        self.assertEqual(str(found.date), "2026-03-31")
        self.assertFalse(found.has_total)

    def test_fully_digital_vat_invoice(self):
        found = read_code("０１,31,,26322000000098765432,1130.00,20260331,,77AA")
        self.assertEqual(
            (found.references, found.has_total), (("26322000000098765432",), True)
        )

    def test_what_is_no_vat_invoice_is_refused(self):
        for text in (
            "01,10,1,x,1.00,20260331,1",
            "01,10,1,1,1e5,20260331,1",
            "01,10,1,1,1,20261331,1",
        ):
            with self.assertRaises(FileError):
                read_code(text)

    def test_payment_code(self):
        code = "BCD\n002\n1\nSCT\nDEMONL2U\nMeerhoven\nNL79DEMO9444193249\n"
        code += "EUR1210.50\n\n\nST/2026/00012 C20004\n"
        found = read_code(code)
        self.assertEqual((found.kind, found.amount), ("payment", "1210.50"))
        self.assertEqual(
            found.references[:2], ("ST/2026/00012 C20004", "ST/2026/00012")
        )

    def test_nothing_and_too_much(self):
        for text in ("", "  \n", "x" * 3000):
            with self.assertRaises(FileError):
                read_code(text)

    @given(st.text(max_size=80))
    @examples(100)
    def test_whatever_is_scanned(self, text):
        try:
            found = read_code(text)
        except FileError:
            return
        self.assertTrue(all(found.references) or not found.references)
