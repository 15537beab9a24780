"""Ids that students have in their collections: they never change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kartu.core import identity

UID = "c71e94d2a05b4f38"

NOTE_TYPE = 6_023_459_895_760_124
FIELD = 5_573_646_365_884_169
CARD = 8_417_481_955_528_936
DECK = 5_052_775_900_032_370
PRESET = 8_040_521_477_762_898


def test_the_functions_are_frozen() -> None:
    """These literal values are in students' collections; no release may change them."""
    assert identity.note_guid(UID, "oki") == "c71e94d2a05b4f38:oki"
    assert identity.note_type_id(UID, "istilah") == NOTE_TYPE
    assert identity.field_id(UID, "istilah", 1) == FIELD
    assert identity.card_id(UID, "istilah", 2) == CARD
    assert identity.deck_id(UID, "Kerja Sama Internasional::01 Pengertian") == DECK
    assert identity.preset_id(UID) == PRESET


@given(st.text(), st.text(), st.integers(1, 100))
def test_ids_are_exact_in_every_language(uid: str, name: str, position: int) -> None:
    """Every id is a positive integer below 2^53, which JavaScript and JSON keep exactly."""
    for number in (
        identity.note_type_id(uid, name),
        identity.field_id(uid, name, position),
        identity.card_id(uid, name, position),
        identity.deck_id(uid, name),
        identity.preset_id(uid),
    ):
        assert 2**52 <= number < 2**53


def test_ids_of_different_things_differ() -> None:
    """Another deck, note type, kind or position makes another id."""
    numbers = [
        function(uid, name, position)
        for function in (identity.field_id, identity.card_id)
        for uid in (UID, "a" * 16)
        for name in ("istilah", "bentuk")
        for position in range(1, 9)
    ]
    numbers += [identity.note_type_id(UID, "istilah"), identity.deck_id(UID, "istilah")]
    assert len(set(numbers)) == len(numbers)
