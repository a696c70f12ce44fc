"""Which parts has a packed workbook, what do they unpack to, and which cells do they show in per cent?"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from theorytopractice.exchange.foreign_table import refuse
from theorytopractice.i18n import message

if TYPE_CHECKING:
    from collections.abc import Iterator


TOO_LARGE = message(
    "it unpacks to more than a table would need; copy the cells that are needed into a new workbook"
)
LARGEST_ABOUT = 16 * 2**20
"""Bytes to which a part may unpack that only tells of others."""
CHUNK = 2**22
OVERLAP = 400
ANY_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')


MANIFEST = "META-INF/manifest.xml"


def has_encrypted_parts(name: str, file: zipfile.ZipFile) -> bool:
    """Tell whether an OpenDocument file has a password: its parts are packed as of any other."""
    return MANIFEST in file.namelist() and b"encryption-data" in _about(name, file, MANIFEST)


def _about(name: str, file: zipfile.ZipFile, part: str) -> bytes:
    """Return a part that tells of others."""
    if file.getinfo(part).file_size > LARGEST_ABOUT:
        refuse(name, TOO_LARGE)
    return file.read(part)


def sheet_names(file: zipfile.ZipFile, name: str = "") -> dict[str, str]:
    """Return the part of each sheet of an XLSX file, with its name; nothing where not every sheet has one."""
    if "xl/workbook.xml" not in file.namelist() or "xl/_rels/workbook.xml.rels" not in file.namelist():
        return {}
    from html import unescape

    targets = {}
    for link in re.findall(
        rb"<(?:\w+:)?Relationship\b[^>]*>", _about(name, file, "xl/_rels/workbook.xml.rels")
    ):
        own, target = re.search(rb'\bId="([^"]*)"', link), re.search(rb'\bTarget="([^"]*)"', link)
        if own and target:
            part = target[1].decode(errors="replace")
            targets[own[1]] = part[1:] if part.startswith("/") else f"xl/{part}"
    book = _about(name, file, "xl/workbook.xml")
    sheets = SHEET.findall(book)
    there = set(file.namelist())
    if len(sheets) != len(ANY_SHEET.findall(book)) or any(targets.get(own) not in there for _, own in sheets):
        return {}
    return {targets[own]: unescape(title.decode(errors="replace")) for title, own in sheets}


def pieces(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part in pieces that begin with a cell, so that none is cut.

    Raises:
        zipfile.BadZipFile: it is packed in another way than workbooks are, or is not what it says it is.
    """
    rest = b""
    for piece in _unpacked(data, info):
        text = rest + piece
        cut = text.rfind(b"<c ", max(0, len(text) - OVERLAP))
        rest = text[cut:] if cut >= 0 else b""
        yield text[:cut] if cut >= 0 else text
    if rest:
        yield rest


HEAD_OF_A_PART = struct.Struct("<4s22xHH")


def _unpacked(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part. The module ``zipfile`` stops where the file says that a part ends; other readers go on."""
    sign, n_name, n_extra = HEAD_OF_A_PART.unpack_from(data, info.header_offset)
    start = info.header_offset + HEAD_OF_A_PART.size + n_name + n_extra
    packed = memoryview(data)[start : start + info.compress_size]
    if sign != b"PK\x03\x04" or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    size = check = 0
    unpack = zlib.decompressobj(-15)
    while True:
        if info.compress_type == zipfile.ZIP_STORED:
            piece, packed = bytes(packed[:CHUNK]), packed[CHUNK:]
        else:
            piece = unpack.decompress(packed, CHUNK)
            packed = memoryview(unpack.unconsumed_tail)
        size, check = size + len(piece), zlib.crc32(piece, check)
        if size > info.file_size:
            raise zipfile.BadZipFile
        if not piece:
            break
        yield piece
    if (size, check) != (info.file_size, info.CRC):
        raise zipfile.BadZipFile


def holds(data: bytes, part: zipfile.ZipInfo, word: bytes) -> bool:
    """Tell whether a part has a word in it, without keeping it unpacked as a whole."""
    end = b""
    for piece in pieces(data, part):
        if word in end + piece:
            return True
        end = piece[-len(word) :]
    return False


CUSTOM_FORMAT = re.compile(rb'<numFmt\b[^>]*?\bnumFmtId="(\d+)"[^>]*?\bformatCode="([^"]*)"')
STYLES = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
STYLE = re.compile(rb'<xf\b[^>]*?\bnumFmtId="(\d+)"')
PERCENTS = {b"9", b"10"}
"""The numbers of the formats 0 % and 0.00 %."""


def percent_cells(data: bytes) -> tuple[dict[str, set[tuple[int, bytes]]], bool]:
    """Return by sheet the cells (row, letters) that are shown in per cent: 45 % lies there as 0.45.

    The truth tells that there are some in a format that does not say which.
    """
    if not data.startswith(b"PK"):
        return {}, False
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if "content.xml" in file.namelist():
            return {}, holds(data, file.getinfo("content.xml"), b'office:value-type="percentage"')
        if "xl/styles.xml" not in file.namelist():
            return {}, False
        percents = _percent_styles(file.read("xl/styles.xml"))
        return dict(_styled(data, file, percents)) if percents else {}, False


def hides_percents(data: bytes) -> bool:
    """Tell whether a workbook is of a binary format (XLS, XLSB), of which nobody is told what it shows in per cent."""
    if not data.startswith(b"PK"):
        return True
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return "xl/workbook.bin" in file.namelist()


def _percent_styles(styles: bytes) -> list[bytes]:
    formats = PERCENTS | {number for number, code in CUSTOM_FORMAT.findall(styles) if b"%" in code}
    used = STYLE.findall(match[0]) if (match := STYLES.search(styles)) else []
    return [str(place).encode() for place, number in enumerate(used) if number in formats]


def _styled(
    data: bytes, file: zipfile.ZipFile, styles: list[bytes]
) -> Iterator[tuple[str, set[tuple[int, bytes]]]]:
    styled = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?\bs="(?:' + b"|".join(styles) + rb')"')
    for part, sheet in sheet_names(file).items():
        cells = (cell for piece in pieces(data, file.getinfo(part)) for cell in styled.findall(piece))
        yield sheet, {(int(row), letters) for letters, row in cells}
