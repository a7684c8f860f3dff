"""Reading of foreign XML: no entities, no DTD, no network, no repair of broken files."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

from .errors import FileError

Element: TypeAlias = etree._Element


def read_xml(data: bytes) -> Element:
    """The root element, with namespaces dropped from all tags.

    :raises FileError: ``xml_dtd_refused`` or ``xml_not_readable``
    """
    if any(mark in data.replace(b"\0", b"") for mark in (b"<!DOCTYPE", b"<!ENTITY")):
        raise FileError("xml_dtd_refused")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        raise FileError("xml_not_readable", row=line, detail=str(error)[:200]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileError("xml_dtd_refused")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def nodes_of(node: Element, path: str) -> list[Element]:
    """All elements at ``path`` below ``node``."""
    return list(node.findall(path))


def node_of(node: Element, path: str) -> Element | None:
    """The first element at ``path`` below ``node``."""
    return node.find(path)


def text_of(node: Element, *paths: str) -> str:
    """The first non-empty text at one of ``paths``; never ``None``."""
    for path in paths:
        if text := (node.findtext(path) or "").strip():
            return text
    return ""


def money_of(node: Element, *paths: str) -> tuple[str, str]:
    """Currency and amount as written at the first of ``paths`` that exists."""
    for path in paths:
        found = node.find(path)
        if found is not None:
            return found.get("Ccy", ""), found.text or ""
    return "", ""
