"""Canonical JSON, the same on every machine, and its hashes: for the ledger and the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from json.encoder import encode_basestring as text_as_json

__all__ = ("as_json", "short_hash", "text_as_json", "texts_as_json")

as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def texts_as_json(texts: Iterable[str]) -> str:
    """The same as `as_json(list(texts))`, but faster: starting an encoder for each list is slow."""
    return f"[{','.join(map(text_as_json, texts))}]"


def short_hash(canonical: str) -> str:
    """The first 16 hex digits of the SHA-256 of canonical JSON."""
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
