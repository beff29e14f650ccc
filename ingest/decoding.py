"""A text file's bytes, unpacked and in UTF-8, or the reason why not.

Belongs here: gzip, encodings, control characters. Does not belong here: records and fields (`reader_csv`).
"""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Iterator

import numpy as np

from ingest.file_kinds import refuse_known_kind, unmarked_unicode
from ingest.reading import Unreadable

MAX_TEXT_BYTES = 2 << 30
# No table of a district packs better than this; a bomb does.
MAX_RATIO, FREE_BYTES = 100, 8 << 20
_STEP = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Tab, LF and CR are what text is made of; the rest below the blank, and DEL, is not.
_CONTROL_BYTE = np.array([(n < 32 and n not in (9, 10, 13)) or n == 127 for n in range(256)])
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def unzipped(data: bytes) -> bytes:
    """Unpack gzip, once; anything else stays as it is.

    Raises:
        Unreadable: damaged, packed twice, or larger than a table can be.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    limit = min(MAX_TEXT_BYTES, max(FREE_BYTES, MAX_RATIO * len(data)))
    text = io.BytesIO()
    rest = data
    try:
        while rest.startswith(b"\x1f\x8b"):  # a gzip file may hold several members
            unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            text.write(unpacker.decompress(rest, _STEP))
            while not unpacker.eof and text.tell() <= limit:
                step = unpacker.decompress(unpacker.unconsumed_tail, _STEP)
                if not step and not unpacker.eof:
                    raise Unreadable("file_format", "The gzip file breaks off before its end.")
                text.write(step)
            if text.tell() > limit:
                raise Unreadable("file_size", f"Unpacked it is larger than {limit:,} bytes.")
            rest = unpacker.unused_data
    except zlib.error as problem:
        raise Unreadable("file_format", f"The gzip file is damaged ({problem}).") from problem
    if rest.strip(b"\x00"):
        raise Unreadable("file_format", "Something follows the end of the gzip file.")
    unpacked = text.getvalue()
    if unpacked[:2] == b"\x1f\x8b" or unpacked[:4] in (b"PK\x03\x04", b"PAR1"):
        raise Unreadable("file_format", "The file is packed twice: send CSV as gzip, xlsx and Parquet as they are.")
    refuse_known_kind(unpacked)
    return unpacked


def as_utf8(data: bytes, declared: str | None) -> bytes:
    """Give text as UTF-8 bytes without byte order mark: UTF-8, marked UTF-16, else the declared encoding.

    Raises:
        Unreadable: it is in none of these, or holds NUL or other control characters.
    """
    text = _decoded(data, declared)
    for start in range(0, len(text), _STEP):
        bytes_ = np.frombuffer(text, np.uint8, min(_STEP, len(text) - start), start)
        if (bad := _CONTROL_BYTE[bytes_]).any():
            raise _control(data, text, start + int(bad.argmax()), chr(bytes_[bad.argmax()]))
    for start, part in [] if text.isascii() else _parts(text):
        if not part.isascii() and (found := CONTROL.search(decoded := part.decode())):
            raise _control(data, text, start + len(decoded[: found.start()].encode()), found.group())
    return text


def _parts(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut UTF-8 text into pieces of whole characters."""
    start = 0
    while start < len(text):
        stop = min(start + _STEP, len(text))
        while start < stop < len(text) and text[stop] & 0xC0 == 0x80 and stop < start + _STEP + 4:
            stop += 1
        yield start, text[start:stop]
        start = stop


def _decoded(data: bytes, declared: str | None) -> bytes:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("file_encoding", "The text is UTF-32.")
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :], name)
    if data.isascii() or not declared:
        return _checked(data, "utf-8")
    try:
        # Text that is valid UTF-8 by accident does not exist; a Latin-1 reading of UTF-8 does.
        return _checked(data, "utf-8")
    except Unreadable:
        return _checked(data, declared)


def _checked(data: bytes, encoding: str) -> bytes:
    is_utf8 = encoding.replace("_", "-").lower() in ("utf-8", "utf8")
    if is_utf8 and data.isascii():
        return data
    start = 0
    try:
        if is_utf8:
            for start, part in _parts(data):  # noqa: B007 - where it stopped, if it stops
                part.decode("utf-8")
            return data
        text, decoder = io.BytesIO(), codecs.getincrementaldecoder(encoding)()
        for position in range(0, len(data), _STEP):
            start = position - len(decoder.getstate()[0])
            text.write(decoder.decode(data[position : position + _STEP]).encode())
        start = len(data) - len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
        return text.getvalue()
    except UnicodeError as problem:
        start += getattr(problem, "start", 0)
        seems = f"; the text seems to be {kind}" if (kind := unmarked_unicode(data)) else ""
        row = data.count(b"\n", 0, start) + 1
        raise Unreadable(
            "file_encoding", f"Byte {data[start : start + 1].hex()} at position {start} is not {encoding}{seems}.", row
        ) from problem


def _control(data: bytes, text: bytes, position: int, character: str) -> Unreadable:
    if character == "\x00" and (kind := unmarked_unicode(data)):
        return Unreadable("file_encoding", f"The text is {kind}.")
    row = text.count(b"\n", 0, position) + 1
    return Unreadable("file_control_characters", f"Character U+{ord(character):04X}.", row)
