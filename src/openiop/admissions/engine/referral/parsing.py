"""From bytes to one JSON object, or one clear sentence why not."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from openiop.admissions.engine.referral.elements import tidy
from openiop.kernel.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 60  # FHIR bundles in practice stay below 20

# The first bytes of files that people drop by mistake, and what to say
SIGNATURES = (
    (b"PK\x03\x04", "This is a zip file. Unpack it first and choose the FHIR file (.json) inside."),
    (b"\x1f\x8b", "This file is compressed. Unpack it first and choose the FHIR file (.json) inside."),
    (b"%PDF", "This is a PDF. Ask the sender for the referral as a FHIR R4 file (.json)."),
    (b"\x89PNG", "This is a picture. Ask the sender for the referral as a FHIR R4 file (.json)."),
    (b"\xff\xd8\xff", "This is a picture. Ask the sender for the referral as a FHIR R4 file (.json)."),
)


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`; raises `Refusal` for everything that is not one."""
    if len(data) > MAX_BYTES:
        raise Refusal(f"This file is larger than {MAX_BYTES // 2**20} MB. Ask the sender for a shorter summary.")
    for signature, sentence in SIGNATURES:
        if data.startswith(signature):
            raise Refusal(sentence)
    text = _decode(data)
    if not text.strip():
        raise Refusal("This file is empty.")
    if text.lstrip().startswith("<"):
        raise Refusal("This is an XML or web page file. Ask the sender for the referral as FHIR R4 in JSON.")
    value = _parse(text)
    if not isinstance(value, dict):
        raise Refusal("This file is not a FHIR bundle. It should begin with { and name the resource type Bundle.")
    return value


def _decode(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("This file is not readable text. It may be damaged, or not a FHIR file (.json).") from None


def _parse(text: str) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except json.JSONDecodeError as error:
        raise Refusal(_json_sentence(error, text)) from None
    except RecursionError:
        raise Refusal(DEPTH_SENTENCE) from None
    except ValueError:  # a whole number of thousands of digits
        raise Refusal("This file holds a number that is too long to be real. It may be damaged.") from None
    _check_depth(value)
    return value


DEPTH_SENTENCE = "This file is nested far deeper than any FHIR bundle, so it was not read."


def _json_sentence(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Extra data":
        return "This file holds more than one JSON document. A referral is one FHIR bundle in one file."
    if error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated"):
        return "This file breaks off before its end. Ask the sender to send it again."
    return f"This file is not valid JSON: something is wrong at line {error.lineno}. Ask the sender to send it again."


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict of the pairs. Two values under one name would leave open which one the hospital meant."""
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        name = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Refusal(
            f"This file names “{tidy(name, 40)}” twice in one place, so it is not clear which value is right."
        )
    return result


def _no_constants(name: str) -> NoReturn:
    raise Refusal(f"This file is not valid JSON: {name} is not a number. Ask the sender to send it again.")


def _check_depth(value: Any) -> None:
    """Refuses nesting beyond `MAX_DEPTH`, level by level, so that no later code can run out of stack."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise Refusal(DEPTH_SENTENCE)
