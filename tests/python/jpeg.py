"""A photo for the tests: a whole JPEG file, as heavy as one from a phone, and no two alike."""

import os
import struct

COMMENT_BYTES = 60_000


def photo(weight=500_000):
    """A grey square of 8 × 8 pixels (ISO/IEC 10918-1 baseline), with random comments that give it its weight."""
    comments = b"".join(_segment(0xFE, os.urandom(COMMENT_BYTES)) for _ in range(weight // COMMENT_BYTES))
    quantisers = _segment(0xDB, b"\0" + b"\1" * 64)
    frame = _segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0")
    # One code of one bit in each table: "no difference" and "end of block".
    tables = b"".join(_segment(0xC4, bytes([which, 1]) + b"\0" * 15 + b"\0") for which in (0x00, 0x10))
    scan = _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x3f"
    return b"\xff\xd8" + comments + quantisers + frame + tables + scan + b"\xff\xd9"


def _segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
