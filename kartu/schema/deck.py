"""The schema of deck.yaml."""

from __future__ import annotations

from collections.abc import Sequence

from kartu.core.model import base_language
from kartu.load.names import ID, LANGUAGE, UID, VERSION
from kartu.schema.names import DECK_NAME, FILE, PREFIX, REPORT, URL
from kartu.schema.values import (
    Schema,
    flag,
    many,
    mapping,
    matching,
    number,
    snippet,
    table_of,
    text,
)

# Id and name of a deck, for examples.
_EXAMPLES = {"en": ("biology-8", "Biology 8"), "id": ("ips-kelas-9", "IPS Kelas 9")}


def deck_schema(language: str, themes: Sequence[str] = ()) -> Schema:
    """Returns the schema of deck.yaml for authors of `language`; editors offer the `themes`."""
    about = {**_about(themes), **_content()}
    properties = {**_identity(), **about, "options": _options(), "editions": _editions()}
    example = base_language(language) if base_language(language) in _EXAMPLES else "en"
    return mapping(
        "A deck: what it is called, in which language, and where its content comes from.",
        properties,
        ("id", "uid", "name", "language", "version"),
        title="deck",
        dependencies={"in_place": ["extends"]},
        defaultSnippets=snippet("new deck", _new_deck(example, *_EXAMPLES[example])),
    )


def _new_deck(language: str, id: str, name: str) -> Schema:
    return {
        "id": f"${{1:{id}}}",
        "uid": "${2:a1b2c3d4e5f60718}",
        "name": f"${{3:{name}}}",
        "language": f"${{4:{language}}}",
        "version": "1.0.0",
    }


def _identity() -> dict[str, Schema]:
    return {
        "id": matching(
            "The name of the deck's folder: a-z, 0-9 and -.",
            ID.pattern,
            "the folder's name: a-z, 0-9 and - only",
            required=True,
        ),
        "uid": matching(
            "Permanent: what makes an update find its deck. Made at random once, never changed.",
            UID.pattern,
            "16 hex digits made at random, the first a letter from a to f",
            required=True,
        ),
        "name": matching(
            "The deck's name in Anki, parts divided by `::`. Permanent once published.",
            DECK_NAME,
            "a name in parts divided by :: alone, without spaces or another : around it",
            required=True,
        ),
        "language": matching(
            "The language of the cards: id, en, zh-Hant …",
            LANGUAGE.pattern,
            "a language code like id or en",
            required=True,
        ),
        "version": matching(
            "Decided by `kartu release`. A new first number: students may lose progress.",
            VERSION.pattern,
            "a version like 1.0.0",
            required=True,
        ),
    }


def _about(themes: Sequence[str]) -> dict[str, Schema]:
    return {
        "description": text("Shown in Anki's deck overview; Markdown, after | in several lines."),
        "licence": text("The licence of the cards, such as CC-BY-4.0."),
        "authors": many("Who wrote the cards: [Siti, Budi].", text("A name.")),
        "report": matching(
            "Where mistakes are reported: shown on the site and with the sources on cards.",
            REPORT,
            "https:// and a page for reports, or mailto: and an e-mail address",
            examples=["mailto:deck@example.org", "https://example.org/report"],
        ),
        "prefix": matching(
            "Begins tags (BIO::core) and names of note types (BIO Term); else the deck's name.",
            PREFIX,
            'one part without ::, and none of the signs { } " *',
        ),
        "extends": text(
            "Another deck whose notes these are too: upstream/<project>/cards/<deck>. What is"
            " other in them stands in changes.yaml."
        ),
        "in_place": flag("true: to Anki the deck is the one it extends, with that one's uid."),
        "theme": _theme(themes),
        "prefix_tags": flag("false leaves tags without the prefix, as a deck from elsewhere has."),
    }


def _content() -> dict[str, Schema]:
    return {
        "sources": table_of(
            "Where the content comes from; notes name these keys under sources.",
            mapping(
                "A source, under the key that notes name it by.",
                {
                    "title": text("What it is called.", required=True),
                    "publisher": text("Who published it."),
                    "date": text("When it appeared: 2021-05-14, 2021 …"),
                    "url": matching(
                        "Its address on the web.", URL, "an address that begins with https://"
                    ),
                },
                ("title",),
            ),
        ),
        "media_licences": table_of(
            "Whose each file in media/ is, by its name; once given, every file needs a line.",
            text("Licence and author, such as CC BY 4.0, Siti.", required=True),
        ),
        "balance": table_of(
            "How many percent of the notes are to have a tag, at least: {core: 25, advanced: 25}.",
            number("Percent of the notes.", 1, 100),
        ),
        "facts": matching(
            "A file beside deck.yaml with facts that the notes are to ask: `F01: short text`.",
            FILE,
            "the name of a file that lies beside deck.yaml",
        ),
    }


def _theme(themes: Sequence[str]) -> Schema:
    return matching(
        "The look of the cards: a theme of kartu, or a folder of templates/_shared/themes/.",
        FILE,
        "the name of a folder in templates/_shared/themes",
        examples=list(themes),
    )


def _options() -> Schema:
    return {
        **mapping(
            'Study options. They arrive only where a student ticks "deck presets" at the import.',
            {
                "new_per_day": number("New cards a day.", 0, 9999, default=10),
                "desired_retention": number(
                    "The share of cards to be remembered.", 0.7, 0.99, whole=False, default=0.9
                ),
            },
        ),
        "type": ["object", "null"],
    }


def _editions() -> Schema:
    include = text("Which notes: tag:, type:, subdeck: and id: joined by and, or, not, ( ).")
    include["examples"] = ["tag:core", "tag:core and not type:cloze"]
    edition = mapping("", {"title": text("What it is called."), "include": include})
    edition |= {"description": "A choice of the deck's notes.", "type": ["object", "null"]}
    message = "use a-z, 0-9 and -"
    names = {"pattern": f"^(?:{ID.pattern})$", "errorMessage": message}
    return table_of(
        "Choices of notes, a package each; without them one package of everything.",
        edition,
        propertyNames=names,
    )
