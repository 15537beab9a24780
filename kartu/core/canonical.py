"""Values as JSON that is the same everywhere, and their hashes: what ledger and manifest hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from json.encoder import encode_basestring as text_as_json

__all__ = ("as_json", "short_hash", "text_as_json", "texts_as_json")

as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def texts_as_json(texts: Iterable[str]) -> str:
    """As `as_json` of a list of texts: decks hold many, and an encoder takes long to begin."""
    return f"[{','.join(map(text_as_json, texts))}]"


def short_hash(canonical: str) -> str:
    """16 hex digits of sha256 over canonical JSON."""
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
