"""OFX's two syntaxes, SGML and XML, read strictly: whole, nested right, without a DTD.

Values of version 1 need no closing tag, which is why readers repair what is cut off. Here
every aggregate must be closed and nothing may follow the root.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..errors import FileError
from ..tabular.encoding import decode

_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.I)
#: what is left out, and what is text whatever stands in it
_REMARKS = (("<!--", "-->"), ("<?", "?>"))
_CDATA = ("<![CDATA[", "]]>")
_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)\s*(/?)>")
_HEADER = re.compile(r"(ENCODING|CHARSET)\s*[:=]\s*\"?([\w.-]+?)(?=\"|\s|[A-Z]+:|$)")
#: nothing in a bank's answer is nested deeper
_DEPTH = 32


@dataclass
class Node:
    """An element: a value, or an aggregate of others."""

    tag: str
    row: int
    value: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Elements of one of these kinds below this one, in order."""
        for child in self.children:
            if child.tag in tags:
                yield child
            else:
                yield from child.all(*tags)

    def value_of(self, tag: str) -> str:
        """The one value called ``tag`` directly below; empty if there is none.

        :raises FileError: ``ofx_value_twice``
        """
        found = [child for child in self.children if child.tag == tag]
        if len(found) > 1:
            raise FileError("ofx_value_twice", row=found[1].row, tag=tag)
        return found[0].value if found else ""


def read_ofx(data: bytes) -> Node:
    """The root element of a whole OFX file.

    :raises FileError: ``xml_dtd_refused``, ``ofx_cut`` or ``ofx_nesting``
    """
    text = _text(data)
    if _DTD.search(text):
        raise FileError("xml_dtd_refused")
    for opening, closing in _REMARKS:
        # remarks leave their line breaks behind, so that rows in messages stay true
        text = _replaced(text, opening, closing, lambda inner: "\n" * inner.count("\n"))
    text = _replaced(text, *_CDATA, lambda inner: html.escape(inner, quote=False))
    start = re.search(r"<OFX\s*>", text, re.I)
    if not start:
        raise FileError("ofx_cut", tag="OFX")
    if start.start() and _TAG.search(text[: start.start()]):
        raise FileError("ofx_nesting", row=1, tag="OFX")
    return _tree(text, start.start())


def _replaced(
    text: str, opening: str, closing: str, replace: Callable[[str], str]
) -> str:
    """``text`` with everything from ``opening`` to ``closing`` replaced; in one pass."""
    parts, position = [], 0
    while (start := text.find(opening, position)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            raise FileError("ofx_cut", tag=opening)
        inner = text[start + len(opening) : end]
        parts += [text[position:start], replace(inner)]
        position = end + len(closing)
    return "".join([*parts, text[position:]])


def _text(data: bytes) -> str:
    """Decoded as the header says if that fits, else as the bytes prove."""
    header = dict(_HEADER.findall(data[:1024].decode("latin-1").upper()))
    charset = header.get("CHARSET", "")
    if header.get("ENCODING") == "USASCII" and charset.isdigit() and not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return decode(data, f"cp{charset}").text
    return decode(data).text


def _tree(text: str, start: int) -> Node:
    """Elements by their tags. A value ends with the next tag; only aggregates hold others."""
    closed = {name.upper() for slash, name, _end in _TAG.findall(text) if slash}
    top = Node("", 0)
    stack = [top]
    row, position = text.count("\n", 0, start) + 1, start
    while found := _TAG.search(text, position):
        between = text[position : found.start()]
        _add_text(stack[-1], between, row)
        row += between.count("\n")
        tag = found[2].upper()
        if found[1]:
            _close(stack, tag, row, closed)
        else:
            _open(stack, tag, row, closed)
            if found[3]:
                stack.pop()
        row += found[0].count("\n")
        position = found.end()
        if len(stack) == 1:
            break
    if len(stack) > 1:
        raise FileError("ofx_cut", tag=stack[1].tag)
    if text[position:].strip(" \t\r\n\x00\x1a"):
        raise FileError("ofx_nesting", row=row, tag="/OFX")
    return top.children[0]


def _add_text(node: Node, text: str, row: int) -> None:
    value = text.strip()
    if not value:
        return
    if node.children or "<" in value:
        raise FileError("ofx_nesting", row=row, tag=node.tag)
    node.value += html.unescape(value)


def _open(stack: list[Node], tag: str, row: int, closed: set[str]) -> None:
    # what has a value, or is closed nowhere, is a value that ends here
    if stack[-1].value or (len(stack) > 1 and _is_open_value(stack[-1], closed)):
        stack.pop()
    if len(stack) > _DEPTH or (len(stack) > 1 and stack[-1].value):
        raise FileError("ofx_nesting", row=row, tag=tag)
    node = Node(tag, row)
    stack[-1].children.append(node)
    stack.append(node)


def _close(stack: list[Node], tag: str, row: int, closed: set[str]) -> None:
    top = stack[-1]
    if top.tag != tag and (top.value or _is_open_value(top, closed)):
        stack.pop()
    if len(stack) == 1 or stack[-1].tag != tag:
        raise FileError("ofx_nesting", row=row, tag=f"/{tag}")
    stack.pop()


def _is_open_value(node: Node, closed: set[str]) -> bool:
    return not node.children and node.tag not in closed
