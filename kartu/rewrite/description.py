"""The deck.yaml of a file that is a deck: made, or changed with every other byte kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.identity import new_uid
from kartu.core.language import _
from kartu.core.source import Mapping as MappingNode
from kartu.core.usage import UsageError
from kartu.load.files import Files
from kartu.load.one_file import completed, new_description, plain
from kartu.load.yaml import outline, parse
from kartu.rewrite.edits import BYTE_ORDER_MARK, Edit, edited, line_end

_NEVER = "#"  # a column that is not read


class Properties(NamedTuple):
    """What a command says of a file: empty where it says nothing.

    `columns` are keys in order, for a list without headings, or `heading=key` each.
    """

    name: str = ""
    language: str = ""
    note_type: str = ""
    columns: tuple[str, ...] = ()

    def as_yaml(self) -> dict[str, str]:
        """The keys of deck.yaml with their values as YAML."""
        found = {
            key: plain(value)
            for key, value in zip(self._fields[:3], self[:3], strict=True)
            if value.strip()
        }
        columns = [one.strip() for one in self.columns]
        if any("=" in one for one in columns):
            pairs = [one.partition("=")[::2] for one in columns if "=" in one]
            found["columns"] = _flow("{}", [f"{_key(a)}: {_key(b)}" for a, b in pairs])
        elif columns:
            found["heading"] = "none"
            found["columns"] = _flow("[]", [_key(one) for one in columns])
        return found


def _key(word: str) -> str:
    return plain(_NEVER if word.strip() in ("", "-", _NEVER) else word.strip())


def _flow(brackets: str, items: list[str]) -> str:
    return f"{brackets[0]}{', '.join(items)}{brackets[1]}"


def description_of(file: Path, properties: Properties) -> bytes | None:
    """The deck.yaml of the file as these properties make it; None where that changes nothing.

    Raises UsageError where it cannot be read.
    """
    files = Files(file)
    if files.one is None:
        return None
    path = f"{files.one.folder}/deck.yaml"
    there = Path(files.one.path(path))
    name, wanted = there.name, properties.as_yaml()
    if not there.exists():
        return with_keys(new_description(file, new_uid()), wanted, name)
    content = completed(file, there, new_uid())
    if content is None and not wanted:
        return None
    content = content or files.read_bytes(path, Diagnostics())
    return None if content is None else with_keys(content, wanted, name)


def with_keys(content: bytes, values: Mapping[str, str], name: str) -> bytes:
    """The file with other values of these keys, which are YAML on one line.

    Raises UsageError where it is no mapping of which lines can be changed.
    """
    try:
        text = content.decode()
        mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
        text = text.removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        return content  # reading it reports that
    if not isinstance(parse(text, name, Diagnostics()), MappingNode):
        return content
    for key, value in values.items():
        changed = _with_key(text, key, value)
        node = parse(changed, name, Diagnostics())
        if not isinstance(node, MappingNode) or node.get(key) != _value(value):
            lines = f"{key}: {value}"
            raise UsageError(_('write "{line}" into {file} yourself', line=lines, file=name))
        text = changed
    return (mark + text).encode()


def _value(value: str) -> object:
    node = parse(f"x: {value}\n", "", Diagnostics())
    return node["x"] if isinstance(node, MappingNode) else None


def _with_key(text: str, key: str, value: str) -> str:
    root = outline(text)
    there = root.get(key) if root is not None else None
    if there is not None and there.begin < there.end:
        end_of_value = there.begin + len(text[there.begin : there.end].rstrip())
        return edited(text, [Edit(there.begin, end_of_value, value)])
    end = line_end(text, 0)
    before = text if text.endswith(("\n", "\r")) or not text else text + end
    return f"{before}{key}: {value}{end}"
