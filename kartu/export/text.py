"""Exports a deck's notes in Anki's text format, which Anki can import."""

from __future__ import annotations

import csv
import io

from kartu.compile.built import BuiltDeck


def as_text(built: BuiltDeck) -> str:
    """Returns the file, whose header declares its columns; media are only referenced."""
    width = max((len(note.fields) for note in built.notes), default=0)
    head = ["separator:tab", "html:true", "guid column:1", "notetype column:2", "deck column:3"]
    head.append(f"tags column:{width + 4}")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    for note in built.notes:
        fields = [*note.fields, *[""] * (width - len(note.fields))]
        tags = " ".join(note.tags)
        writer.writerow([note.guid, note.note_type.name, note.deck_name, *fields, tags])
    return "".join(f"#{line}\n" for line in head) + buffer.getvalue()
