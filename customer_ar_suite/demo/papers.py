"""Small PDFs with text, as sample documents: licences and invoicing data, no library needed."""

import io

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
    b"/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
)
_CID = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
    b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 8 0 R /DW 1000 >>"
)
_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
    b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
)


def pdf(*lines):
    """A page that says these lines, in whatever script; its text can be read again."""
    shown = " T* ".join(f"<{line.encode('utf-16-be').hex()}> Tj" for line in lines)
    stream = f"BT /F1 13 Tf 26 TL 64 740 Td {shown} ET".encode()
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            _stream(stream),
            _FONT,
            _CID,
            _stream(_unicode_map("".join(lines))),
            _DESCRIPTOR,
        ]
    )


def _stream(content):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _unicode_map(text):
    """Each character of the page is itself."""
    codes = sorted({char.encode("utf-16-be").hex() for char in text})
    blocks = [codes[i : i + 100] for i in range(0, len(codes), 100)]
    chars = "\n".join(
        f"{len(block)} beginbfchar\n"
        + "\n".join(f"<{code}> <{code}>" for code in block)
        + "\nendbfchar"
        for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Same def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{chars}\nendcmap end end"
    ).encode()


def _document(objects):
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start, size = out.tell(), len(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(
        b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    )
    return out.getvalue()
