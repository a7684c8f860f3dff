"""Merge a template of terms into a translation and list what is not translated.

Called with: template, existing translation (may be absent), file to write. Exit code 1
when terms are missing, which are printed as ``file:line: why``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polib

# Names and standards that are the same in Chinese, one per line.
SAME = Path(__file__).with_name("same_in_chinese.txt")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdfr]|%[sdfr]|\$?\{[^}]*\}|<[^>]*>|&\w+;")
_HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Report-Msgid-Bugs-To": "",
    "Language": "zh_CN",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def merge(template: polib.POFile, old: polib.POFile | None) -> polib.POFile:
    """Return the template's terms with the translations known so far."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in old or []}
    merged = polib.POFile(wrapwidth=78)
    merged.metadata = dict(_HEADER)
    for term in template:
        entry = polib.POEntry(
            msgid=term.msgid,
            msgctxt=term.msgctxt,
            occurrences=term.occurrences,
            comment=term.comment,
            flags=[flag for flag in term.flags if flag != "fuzzy"],
        )
        if before := known.get((term.msgctxt, term.msgid)):
            entry.msgstr = before.msgstr
            entry.tcomment = before.tcomment
        merged.append(entry)
    return merged


def fault(entry: polib.POEntry, same: set[str]) -> str:
    """Return what is wrong with a translated term, nothing when it is right."""
    if not entry.msgstr.strip():
        return "not translated"
    if _repeats(entry.msgid, entry.msgstr) and entry.msgid not in same:
        return "repeats the English"
    named = [sorted(re.findall(r"%\(\w+\)", t)) for t in (entry.msgid, entry.msgstr)]
    if set(named[0]) != set(named[1]):
        return "has other placeholders than the English"
    return ""


def _repeats(english: str, chinese: str) -> bool:
    """Tell whether words (not acronyms or placeholders) were left as they are."""
    words = re.findall(r"[A-Za-z]*[a-z]{2,}", _PLACEHOLDER.sub(" ", english))
    return bool(words) and english.strip().casefold() == chinese.strip().casefold()


def main(template: str, translation: str, target: str) -> int:
    """Write the merged file and print its faults."""
    old = polib.pofile(translation) if Path(translation).exists() else None
    merged = merge(polib.pofile(template), old)
    Path(target).write_text(str(merged).rstrip("\n") + "\n", encoding="utf-8")
    same = set(SAME.read_text(encoding="utf-8").splitlines())
    faults = 0
    for entry in polib.pofile(target):
        if found := fault(entry, same):
            faults += 1
            print(f"{translation}:{entry.linenum}: {found}: {entry.msgid!r}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
