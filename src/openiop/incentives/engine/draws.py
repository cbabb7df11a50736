"""Fair draws that anyone can check: no dice, only a committed seed, the client and a counter.

Before a client's first draw the center records `commitment(seed)`. Draw number `counter` takes HMAC-SHA256 of the
client's key and the counter under the seed, reads it as numbers of 32 bits, and takes the first that is below the
largest multiple of the bowl's size, so that every slip is equally likely. When the seed is revealed at the end of the
course, anyone can compare it with the commitment and replay every draw. The message format is version 1 and must never
change.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from decimal import Decimal

from openiop.incentives.values import Bowl, Prize

MIN_SEED_BYTES = 32
WORD_BYTES = 4
WORDS = 2 ** (8 * WORD_BYTES)


def commitment(seed: bytes) -> str:
    """The SHA-256 of the seed in hexadecimal, to be recorded before the first draw. ValueError for a short seed."""
    _check_seed(seed)
    return hashlib.sha256(seed).hexdigest()


def draw(seed: bytes, client_key: str, counter: int, bowl: Bowl) -> Prize:
    """The slip that this client's draw number `counter` (from 1) takes from the full bowl."""
    _check_seed(seed)
    if counter < 1:
        raise ValueError("draws are counted from 1")
    size = bowl.size
    fair = WORDS - WORDS % size
    number = next(word for word in _words(seed, client_key, counter) if word < fair) % size + 1
    return _slip(bowl, number)


def replay(seed: bytes, client_key: str, count: int, bowl: Bowl) -> tuple[Prize, ...]:
    """The client's first `count` draws again."""
    return tuple(draw(seed, client_key, counter, bowl) for counter in range(1, count + 1))


def may_draw(bowl: Bowl, *, already: Decimal, limit: Decimal) -> bool:
    """Whether even the largest prize stays within `limit` dollars after `already`; asked before each draw."""
    return already + bowl.largest <= limit


def _words(seed: bytes, client_key: str, counter: int) -> Iterator[int]:
    key = client_key.encode()
    attempt = 0
    while True:
        # The length in front of the key keeps two clients from ever sharing a message.
        message = b"openiop-draw-1|%d|%s|%d|%d" % (len(key), key, counter, attempt)
        digest = hmac.digest(seed, message, "sha256")
        for start in range(0, len(digest), WORD_BYTES):
            yield int.from_bytes(digest[start : start + WORD_BYTES])
        attempt += 1


def _slip(bowl: Bowl, number: int) -> Prize:
    """The slip with this number, counting through the kinds in the order of the bowl."""
    left = number
    for slip in bowl.slips:
        if left <= slip.count:
            return Prize(number, slip.key, slip.label, slip.value)
        left -= slip.count
    raise AssertionError(f"bowl {bowl.key} has no slip {number}")


def _check_seed(seed: bytes) -> None:
    if len(seed) < MIN_SEED_BYTES:
        raise ValueError(f"a seed has at least {MIN_SEED_BYTES} bytes")
