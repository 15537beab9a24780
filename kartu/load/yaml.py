"""YAML with positions: every key and value is text and carries its position.

The only module that imports PyYAML. It builds from libyaml's parse events, which is faster than
PyYAML's own loaders and preserves positions. Text stays text: `no`, `012`, `2021-05-14` and `1:30`
are what the author typed. Anchors and aliases work within limits; merge keys, tags, complex keys
and several documents in one file are reported as unsupported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import yaml

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.core.language import _, current
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, place_in, texts_in
from kartu.load.files import CONTROL, control_character
from kartu.load.yaml_cut import add_with_cause, check_whole, may_be_cut, unused_anchor

MAX_DEPTH = 50
MAX_ALIASED_NODES = 100_000
_CHARACTERS_A_NODE = 50  # a long text counts as one value per so many characters

# Longer files are not cached, so that they do not stay in memory.
_LARGEST_CACHED = 1_000_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The line that opens a block scalar, to its end.
_BLOCK_OPENS = pattern(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n|\Z)")

_KINDS: dict[type, str] = {
    yaml.ScalarEvent: "text",
    yaml.MappingStartEvent: "mapping",
    yaml.SequenceStartEvent: "list",
    yaml.AliasEvent: "alias",
}


class _RefusedError(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Anchored(NamedTuple):
    """The node of an anchor, its size in values, and its depth in levels."""

    node: Node
    weight: int
    depth: int


class _Open:
    """A mapping or sequence that is not closed yet."""

    __slots__ = ("anchor", "depth", "key", "keys", "node", "nodes_before", "restarted")

    def __init__(self, node: Mapping | Sequence, anchor: str | None, nodes_before: int) -> None:
        self.node = node
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.depth = 1  # levels from here inwards
        self.key: Text | None = None
        self.restarted = False
        self.keys: dict[str, Text] = {}


def parse(content: str, path: str, diagnostics: Diagnostics) -> Node | None:
    """The single document of a YAML file; None if empty or, with a diagnostic, unreadable.

    Of duplicate keys, which are reported, the first one wins, so that the rest is still checked.
    """
    node, found = (
        _cached_read(content, path, current())
        if len(content) < _LARGEST_CACHED
        else _read(content, path)
    )
    diagnostics.extend(found)
    return node


@lru_cache(maxsize=200)  # the preview reads the same files repeatedly
def _cached_read(
    content: str, path: str, _language: str
) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    return _read(content, path)


def _read(content: str, path: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    diagnostics = Diagnostics()
    node: Node | None = None
    loader = _Loader(content)
    try:
        node = _Builder(path, content, diagnostics).build(loader)
    except _RefusedError as refused:
        diagnostics.append(refused.diagnostic)
    except yaml.YAMLError as error:
        add_with_cause(_syntax_error(error, path, content), diagnostics)
    finally:
        loader.dispose()
    return node, tuple(diagnostics)


def text_ranges(content: str) -> Iterator[tuple[int, int]]:
    """The offsets of start and end of every key and text of a readable YAML file, in order.

    Outside them a # begins a comment; the line that opens a block scalar with | or > is outside.
    """
    event: Any
    for event in yaml.parse(content, Loader=_Loader):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            start, end = event.start_mark.index, event.end_mark.index
            if event.style and event.style in "|>":
                opening = _BLOCK_OPENS.search(content, start, end)
                start = opening.end() if opening else start
            yield start, end


class Outline:
    """A key or value in the source text, from the offset `begin` to before `end`.

    `kind` is text, mapping, list or alias; `style` is the opening character: a quote, | or >, { or
    [, else empty. `inside` are the items of a list, or in turn the keys and values of a mapping.
    A block scalar ends where the next line that is not part of it begins.
    """

    __slots__ = ("anchored", "begin", "end", "inside", "kind", "style", "value")

    def __init__(self, event: Any) -> None:
        kind = type(event)
        self.begin: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.anchored = event.anchor is not None
        self.inside: list[Outline] = []
        self.value: str = event.value if kind is yaml.ScalarEvent else ""
        self.kind = _KINDS[kind]
        self.style: str = {"mapping": "{", "list": "["}.get(self.kind, "")
        if kind is yaml.ScalarEvent:
            self.style = event.style or ""
        elif self.style and not event.flow_style:
            self.style = ""

    def pairs(self) -> list[tuple[Outline, Outline]]:
        """The keys of a mapping with their values."""
        return list(zip(self.inside[::2], self.inside[1::2], strict=True))

    def get(self, key: str) -> Outline | None:
        """The value of a key of a mapping, the first one of a duplicate key."""
        return next((value for one, value in self.pairs() if one.value == key), None)


def outline(content: str) -> Outline | None:
    """The document of a YAML file that `parse` can read, whatever its line ends."""
    root: Outline | None = None
    stack: list[Outline] = []
    event: Any
    for event in yaml.parse(content, Loader=_Loader):
        kind = type(event)
        if kind in _KINDS:
            node = Outline(event)
            root = root or node
            if stack:
                stack[-1].inside.append(node)
            if node.kind in ("mapping", "list"):
                stack.append(node)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = stack.pop()
            done.end = event.end_mark.index if done.style else done.inside[-1].end
    return root


class _Builder:
    def __init__(self, path: str, content: str, diagnostics: Diagnostics) -> None:
        self.path = path
        self.content = content
        self.comments = may_be_cut(content)
        self.diagnostics = diagnostics
        self.anchors: dict[str, _Anchored] = {}
        self.after = 0  # the end of the last key
        self.unused: dict[str, Text] = {}  # texts with an anchor to which no alias refers yet
        self.stack: list[_Open] = []
        self.nodes = 0
        self.aliased = 0
        self.root: Node | None = None

    def build(self, loader: Any) -> Node | None:
        get_event = loader.get_event
        documents = 0
        while True:
            event = get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(Mapping(), event)
            elif kind is yaml.SequenceStartEvent:
                self._open(Sequence(), event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse(
                        "yaml-unsupported",
                        event,
                        _("a second document in one file"),
                        _("write it into a file of its own"),
                    )
            elif kind is yaml.StreamEndEvent:
                unused = self.unused.items()
                self.diagnostics.extend(unused_anchor(name, one, one.span) for name, one in unused)
                return self.root

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        value = Text(event.value)
        value.span = Span(self.path, mark.line + 1, mark.column + 1)
        if not value.isprintable() and (found := CONTROL.search(value)):
            self.diagnostics.append(control_character(found, value.span))
        if event.tag is not None and event.tag != "tag:yaml.org,2002:str":
            self._tag(event)
        if event.anchor is not None:
            weight = 1 + len(value) // _CHARACTERS_A_NODE
            self.anchors[event.anchor] = _Anchored(value, weight, 0)
            if not event.style:
                self.unused[event.anchor] = value
        if self.comments or event.end_mark.line > mark.line or event.style in ("|", ">"):
            after, self.after = self.after, event.end_mark.index
            after = after if self.stack and self.stack[-1].key is not None else 0
            check_whole(event, value, after, self.content, self.diagnostics)
        self.nodes += 1
        stack = self.stack
        if stack:
            top = stack[-1]
            if top.key is None and type(top.node) is Mapping:
                if value == "<<" and not event.style:
                    self._refuse(
                        "yaml-unsupported",
                        event,
                        _("merge keys (<<) are not read"),
                        _("write the keys out"),
                    )
                top.key = value
                return
        self._add(value)

    def _open(self, node: Mapping | Sequence, event: Any) -> None:
        if event.tag is not None:
            self._tag(event)
        node.span = self._span(event)
        self._no_complex_key(event)
        self._check_depth(1, event)
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)  # an alias to an unclosed node finds nothing
        self.nodes += 1
        self.stack.append(_Open(node, event.anchor, self.nodes + self.aliased - 1))

    def _close(self) -> None:
        done = self.stack.pop()
        if done.anchor is not None:
            weight = self.nodes + self.aliased - done.nodes_before
            weight += sum(map(len, texts_in(done.node))) // _CHARACTERS_A_NODE
            self.anchors[done.anchor] = _Anchored(done.node, weight, done.depth)
        self._add(done.node, done.depth)

    def _alias(self, event: Any) -> None:
        self._no_complex_key(event)
        if event.anchor not in self.anchors:
            self._refuse(
                "yaml-syntax",
                event,
                _("the alias *{name} has no finished anchor before it", name=event.anchor),
                _("put the text in quotes if no alias is meant"),
            )
        self.unused.pop(event.anchor, None)
        node, weight, depth = self.anchors[event.anchor]
        self._check_depth(depth, event)
        self.aliased += weight
        if self.aliased > MAX_ALIASED_NODES:
            message = _("aliases repeat more than {number} values", number=MAX_ALIASED_NODES)
            self._refuse("yaml-too-complex", event, message)
        self._add(node, depth)

    def _check_depth(self, more: int, event: Any) -> None:
        if len(self.stack) + more > MAX_DEPTH:
            message = _("it is nested more than {number} levels deep", number=MAX_DEPTH)
            self._refuse("yaml-too-complex", event, message)

    def _add(self, node: Node, depth: int = 0) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.depth = max(top.depth, depth + 1)
        if isinstance(top.node, Sequence):
            top.node.append(node)
            return
        key = top.key
        assert key is not None  # the scalar before this node became the key
        top.key = None
        if key in top.keys:
            self._duplicate_key(top, key)
            return
        top.keys[key] = key
        top.node[key] = node

    def _duplicate_key(self, mapping: _Open, key: Text) -> None:
        """Reports a duplicate key; where the whole mapping restarts, only its first key."""
        if mapping.restarted:
            return
        help = _("keep one of the two")
        mapping.restarted = len(self.stack) > 1 and key == next(iter(mapping.keys))
        if mapping.restarted:
            help = _('keep one of the two; if a new note begins here, put "- " before it')
        related = (Related(mapping.keys[key].span, _("first here")),)
        message = _('duplicate key "{key}"', key=key)
        self.diagnostics.add("yaml-duplicate-key", key.span, message, help, related)

    def _no_complex_key(self, event: Any) -> None:
        if self.stack and isinstance(self.stack[-1].node, Mapping) and self.stack[-1].key is None:
            message = _("a key must be plain text")
            if getattr(event, "flow_style", False):
                character = "{" if type(event) is yaml.MappingStartEvent else "["
                message = _(
                    "a text cannot begin with {character} as it does here", character=character
                )
            help = _("put the text in quotes if it begins with { [ or *")
            self._refuse("yaml-unsupported", event, message, help)

    def _tag(self, event: Any) -> None:
        self._refuse(
            "yaml-unsupported",
            event,
            _("the YAML tag {tag} is not read", tag=event.tag),
            _("put the text in quotes: ! has a meaning of its own"),
        )

    def _span(self, event: Any) -> Span:
        return _place(self.path, event.start_mark)

    def _refuse(self, code: str, event: Any, message: str, help: str = "") -> NoReturn:
        raise _RefusedError(Diagnostic(code, self._span(event), message, help))


def _syntax_error(error: yaml.YAMLError, path: str, content: str) -> Diagnostic:
    from kartu.load.syntax import Stop, syntax_fault  # only needed for a faulty source

    context = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or context
    return syntax_fault(
        Stop(
            problem=str(getattr(error, "problem", None) or error),
            context=str(getattr(error, "context", None) or ""),
            at=_place_of(mark, path, content) if mark else Span(path),
            begun=_place_of(context, path, content) if context else None,
            quoted=_last_quoted(path, content),
        ),
        content,
        _fails_at,
    )


def _fails_at(content: str) -> float:
    """The line of the first syntax error, infinity if there is none."""
    try:
        for _rest in yaml.parse(content, Loader=_Loader):
            pass
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return float(mark.line + 1) if mark else 0
    return float("inf")


def _last_quoted(path: str, content: str) -> tuple[Span, Span] | None:
    """Start and end of the last readable text, if it is quoted."""
    last = None
    with suppress(yaml.YAMLError):
        for event in yaml.parse(content, Loader=_Loader):
            last = event if type(event) is yaml.ScalarEvent else last
    if last is None or last.style not in ("'", '"'):
        return None
    return _place(path, last.start_mark), _place(path, last.end_mark)


def _place_of(mark: Any, path: str, content: str) -> Span:
    """The place of a mark in a faulty file; libyaml's may be beyond the last character."""
    return min(_place(path, mark), place_in(path, content, len(content)))


def _place(path: str, mark: Any) -> Span:
    return Span(path, mark.line + 1, mark.column + 1)
