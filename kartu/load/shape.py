"""Reads a mapping key by key; keys that were not read are reported as unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Mapping as Values
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, did_you_mean, nearest_key
from kartu.core.language import N_, _
from kartu.core.source import Mapping, Node, Sequence, Span, Text
from kartu.load.files import Files
from kartu.load.yaml import parse

_HELP: dict[type, str] = {
    Text: N_("write it as one text"),
    Mapping: N_('write it as indented "key: value" lines'),
    Sequence: N_('write it as a list: [one, two] or lines that begin with "- "'),
}

# By what is wanted and what is there.
_WRONG_KIND: dict[tuple[type, type], str] = {
    (Text, Mapping): N_("{what} must be a text, not a mapping"),
    (Text, Sequence): N_("{what} must be a text, not a list"),
    (Mapping, Text): N_("{what} must be a mapping, not a text"),
    (Mapping, Sequence): N_("{what} must be a mapping, not a list"),
    (Sequence, Text): N_("{what} must be a list, not a text"),
    (Sequence, Mapping): N_("{what} must be a list, not a mapping"),
}


class ByFix(NamedTuple):
    """The help for a key that `check --fix` writes: where it is missing, and where it is blank."""

    missing: str
    blank: str


# Nothing may have been published under another one.
BY_FIX_IF_NEW = ByFix(
    N_('add a line "{key}: {wanted}", or run kartu check --fix if the deck was never published'),
    N_("write it, or run kartu check --fix if the deck was never published"),
)

_NOTHING: Values[str, ByFix] = {}
_WRITE_OR_DELETE = N_("write it, or delete the line")


class Shape:
    """Reads the keys of `node`; faults go to `diagnostics`. `what` names the mapping in messages.

    `fixed` are the keys that `check --fix` writes.

    If a value is missing or of the wrong kind, the getters return an empty value (None for text),
    so that the rest of the mapping is still checked. Keys beginning with `x-` are reserved for the
    author.
    """

    def __init__(
        self,
        node: Node | None,
        what: str,
        place: Span,
        diagnostics: Diagnostics,
        *,
        fixed: Values[str, ByFix] = _NOTHING,
    ) -> None:
        self.what = what
        self.fixed = fixed
        self.place = place
        self.diagnostics = diagnostics
        self.taken: set[str] = set()
        self.missing: dict[str, Diagnostic] = {}
        self.readable = isinstance(node, Mapping)
        if isinstance(node, Mapping):
            self.mapping = node
            self.place = node.span
            return
        self.mapping = Mapping()
        self.mapping.span = place
        if node is None or is_blank(node):
            self.add("wrong-shape", place, _("{what} is empty", what=what))
        else:
            self._wrong_kind(node, what, Mapping)

    def add(self, code: str, span: Span, message: str, help: str = "") -> None:
        self.diagnostics.add(code, span, message, help)

    def add_missing(self, key: str, code: str, span: Span, message: str, wanted: str) -> None:
        """Reports a missing key, unless it later turns out to be misspelt."""
        by_fix = self.fixed.get(key)
        text = by_fix.missing if by_fix else N_('add a line "{key}: {wanted}"')
        help = _(text, key=key, wanted=wanted)
        self.missing[key] = Diagnostic(code, span, message, help)
        self.diagnostics.append(self.missing[key])

    def add_unknown(
        self, key: str, message: str, known: Iterable[str], help: str = "", of: str = ""
    ) -> None:
        """Reports an unknown key, of the note type `of`; if it is a misspelt missing one, as that.

        The diagnostic's `names` are `of`, the key and the one that was probably meant.
        """
        meant = nearest_key(key, self.missing)
        if meant is not None and not help:
            self.diagnostics.remove(self.missing.pop(meant))
            help = _('did you mean "{meant}"?', meant=meant)
        known = [name for name in known if name not in self.mapping]
        names = (of, str(key), meant or nearest_key(key, known) or "")
        help = help or did_you_mean(key, known, nearest_key)
        place = self.mapping.key_span(key)
        self.diagnostics.append(Diagnostic("unknown-key", place, message, help, names=names))

    def has(self, key: str) -> bool:
        """Whether the key has a value that is not blank."""
        self.taken.add(key)
        node = self.mapping.get(key)
        return node is not None and not is_blank(node)

    def node(self, key: str, *, required: bool = False, wanted: str = "...") -> Node | None:
        self.taken.add(key)
        node = self.mapping.get(key)
        if node is not None and not is_blank(node):
            return node
        if required and self.readable:
            if key in self.mapping:
                help = _(self.fixed[key].blank) if key in self.fixed else ""
                self.add_blank("missing-key", self.span(key), no_value(key), help)
            else:
                message = _('{what} has no "{key}"', what=self.what, key=key)
                self.add_missing(key, "missing-key", self.place, message, wanted)
        return None

    def check_not_blank(self, key: str, help: str = _WRITE_OR_DELETE) -> None:
        """Reports a key without a value where that could be meant to do something."""
        if key in self.mapping and is_blank(self.mapping[key]):
            self.taken.add(key)
            self.add_blank("missing-key", self.span(key), no_value(key), _(help))

    def add_blank(self, code: str, place: Span, message: str, help: str) -> None:
        """Reports a value that is blank; where YAML dropped its text, with that as the reason."""
        for one in self.diagnostics:
            if one.code == "text-cut" and one.span[:2] == place[:2]:
                self.diagnostics.remove(one)
                message, help = f"{message}: {one.message}", one.help
                break
        self.add(code, place, message, help)

    def span(self, key: str) -> Span:
        """The place of the value of `key`, of the key if it is blank, else of the mapping."""
        value = self.mapping.get(key)
        return self.mapping.key_span(key) if value is None or is_blank(value) else value.span

    def text(self, key: str, *, required: bool = False, wanted: str = "...") -> Text | None:
        if key not in self.mapping and not required:  # the common case, and there are many notes
            self.taken.add(key)
            return None
        node = self.node(key, required=required, wanted=wanted)
        if node is None or isinstance(node, Text):
            return node
        self._wrong_kind(node, f'"{key}"', Text)
        return None

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts; blank items are left out."""
        node = self.node(key) if key in self.mapping else None
        if node is None:
            self.taken.add(key)
            return ()
        if not isinstance(node, Sequence):
            self._wrong_kind(node, f'"{key}"', Sequence)
            return ()
        found = []
        for item in node:
            if not isinstance(item, Text):
                self._wrong_kind(item, _('an item of "{key}"', key=key), Text)
            elif item.strip():
                found.append(item)
        return tuple(found)

    def sequence(self, key: str, *, required: bool = False) -> Sequence:
        node = self.node(key, required=required)
        if isinstance(node, Sequence):
            return node
        if node is not None:
            self._wrong_kind(node, f'"{key}"', Sequence)
        return Sequence()

    def inner(self, key: str, what: str) -> Shape | None:
        """The mapping under `key` as a Shape, or None if it is absent."""
        node = self.node(key)
        return None if node is None else Shape(node, what, node.span, self.diagnostics)

    def choice(self, key: str, possible: Collection[str], default: str) -> str:
        value = self.text(key)
        if value is None:
            return default
        if value not in possible:
            self.add(
                "bad-value",
                value.span,
                _('"{key}" cannot be "{value}"', key=key, value=value),
                did_you_mean(value, possible),
            )
            return default
        return str(value)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.text(key)
        if value is None or value not in ("true", "false"):
            if value is not None:
                message = _('"{key}" must be true or false, not "{value}"', key=key, value=value)
                self.add("bad-value", value.span, message)
            return default
        return value == "true"

    def integer(self, key: str, *, lowest: int, highest: int, required: bool = False) -> int | None:
        value = self.text(key, required=required)
        if value is None:
            return None
        digits = value.removeprefix("-")
        if (
            digits.isascii()
            and digits.isdigit()
            and len(digits) < 20
            and lowest <= int(value) <= highest
        ):
            return int(value)
        message = _(
            '"{key}" must be a whole number from {lowest} to {highest}, not "{value}"',
            key=key,
            lowest=lowest,
            highest=highest,
            value=value,
        )
        self.add("bad-value", value.span, message)
        return None

    def decimal(self, key: str, *, lowest: float, highest: float) -> float | None:
        value = self.text(key)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if lowest <= number <= highest:
            return number
        message = _(
            '"{key}" must be a number from {lowest} to {highest}, not "{value}"',
            key=key,
            lowest=lowest,
            highest=highest,
            value=value,
        )
        self.add("bad-value", value.span, message)
        return None

    def finish(self) -> None:
        """Reports every key that was not read."""
        for key in self.mapping:
            if key not in self.taken and not key.startswith("x-"):
                message = _('{what} has no key "{key}"', what=self.what, key=key)
                self.add_unknown(key, message, self.taken)

    def _wrong_kind(self, node: Node, what: str, wanted: type) -> None:
        found = next(kind for kind in (Text, Mapping, Sequence) if isinstance(node, kind))
        message = _(_WRONG_KIND[wanted, found], what=what)
        self.add("wrong-shape", node.span, message, _(_HELP[wanted]))


def read_shape(
    files: Files,
    path: str,
    what: str,
    diagnostics: Diagnostics,
    *,
    fixed: Values[str, ByFix] = _NOTHING,
) -> Shape | None:
    """The mapping of a YAML file; None, with a diagnostic, if it cannot be read as one."""
    content = files.read_text(path, diagnostics)
    if content is None:
        return None
    before = diagnostics.mark()
    node = parse(content, path, diagnostics)
    if node is None and diagnostics.since(before):
        return None
    shape = Shape(node, what, Span(path), diagnostics, fixed=fixed)
    return shape if shape.readable else None


def no_value(key: str) -> str:
    """The message for a key whose value is blank."""
    return _('"{key}" has no value', key=key)


def is_blank(node: Node) -> bool:
    """Whether the node is white space or an empty list or mapping, which count as no value."""
    return not node.strip() if isinstance(node, Text) else not node
