"""What a release does and why, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kartu.core.language import _
from kartu.ledger.changes import Cause, Changes
from kartu.load.names import version_key
from kartu.publish.release import Plan, ReleaseResult
from kartu.report.diagnostics import ShowPath, as_object

_STEPS = {
    "none": "nothing has changed",
    "patch": "texts or looks have changed",
    "minor": "there are new notes or cards",
    "major": "students may lose progress",
}

# In the order in which they are reported.
_CAUSES: tuple[Cause, ...] = ("text", "tags", "media", "rendering", "retired", "taken back")

_MAX_LISTED = 10

# Observed with 24.11 and 26.09.3. A deck that the template names does not help: Anki gives decks
# other numbers at the import, does not find that one, and puts all such cards into Default.
_ELSEWHERE = (
    "    where a student moved some of a note's cards to another deck, but not all, Anki puts the"
    ' new card into the deck "Default"\n'
)


def plans_text(plans: Iterable[Plan], *, dry_run: bool) -> str:
    """Returns each deck's version step with its reasons, and the touched notes by cause."""
    return "".join(_plan(plan, dry_run=dry_run) for plan in plans)


def release_json(result: ReleaseResult, path: ShowPath, *, dry_run: bool) -> str:
    """Returns a JSON object with one plan per deck, diagnostics and the written packages."""
    content = {
        "report": 1,
        "dry_run": dry_run,
        "plans": [_as_object(plan, path) for plan in result.plans],
        "diagnostics": [as_object(one, path) for one in result.diagnostics],
        "packages": [one._asdict() for one in result.packages],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _as_object(plan: Plan, path: ShowPath) -> dict[str, Any]:
    return {
        "deck": plan.deck,
        "before": plan.before or None,
        "after": plan.after,
        "step": plan.step,
        "refused": plan.refused or None,
        "restamped": plan.restamped,
        "dated_ahead": plan.ahead or None,
        "published": plan.published,
        "touched": sum(len(changes.touched) for _rest, changes in plan.changes),
        "breaks": [as_object(one, path) for one in plan.breaks],
        "changes": [
            {"language": variant or None, **changes._asdict()} for variant, changes in plan.changes
        ],
        "translations_behind": [
            {"language": variant, "texts": [one._asdict() for one in found]}
            for variant, found in plan.behind
        ],
        "translations_seen": plan.seen,
    }


def _plan(plan: Plan, *, dry_run: bool) -> str:
    if plan.ahead and not plan.refused:
        would = "would be" if dry_run else "is"
        return _(
            "{deck} {before}: the time of this release, {ahead}, {would} moved "
            "back to now\n  Students who have it already do not get later "
            "corrections of its {moved} note{value} before {ahead}, since Anki "
            'takes nothing older for an update,\n  unless they choose "Always" for '
            "notes and note types when they import; what is new arrives\n",
            deck=plan.deck,
            before=plan.before,
            ahead=plan.ahead,
            would=would,
            moved=plan.moved,
            value="s" if plan.moved != 1 else "",
        )
    if plan.restamped and not plan.refused:
        would = "would be" if dry_run else "is"
        return _(
            "{deck} {before}: the time of this release {would} now; students who "
            "have it already lose own edits and tags on the {moved} note{value} "
            "that it changed\n",
            deck=plan.deck,
            before=plan.before,
            would=would,
            moved=plan.moved,
            value="s" if plan.moved != 1 else "",
        )
    if plan.step == "none":
        text = f"{plan.deck} {plan.before}: nothing to release, {_STEPS['none']}\n"
        return text + _translations(plan, dry_run=dry_run)
    would = "would be released" if dry_run or plan.refused else "released"
    text = f"{plan.deck} {plan.after} {would} ({_step(plan)})\n"
    text += _breaks(plan)
    for variant, changes in plan.changes:
        text += _changes(changes, f" [{variant}]" if variant else "", first=not plan.before)
    touched = sum(len(changes.touched) for _rest, changes in plan.changes)
    if plan.before:
        text += f"  touches {touched} of {plan.published} published notes"
        text += "; students' own edits and tags there are replaced\n" if touched else "\n"
    return text + _translations(plan, dry_run=dry_run)


def _translations(plan: Plan, *, dry_run: bool) -> str:
    """How many translated texts are behind their originals, and of which notes."""
    if plan.seen and not plan.behind:
        return _("  no translation is behind\n")
    marked = "would be marked as seen" if dry_run or plan.refused else "marked as seen"
    todo = marked if plan.seen else "kartu check shows each; --translations-seen if they are right"
    text = ""
    for variant, found in plan.behind:
        names = list(dict.fromkeys(one.note or "deck" for one in found))
        text += _listed(f"translations behind [{variant}]", names, len(found), f": {todo}")
    return text


def _step(plan: Plan) -> str:
    """From which version to which, what that is called, and why."""
    if not plan.before and plan.in_place:
        return _(
            "to students an update of the extended deck: all {count} notes are replaced",
            count=_count(plan),
        )
    if not plan.before:
        return _("first release: all {count} notes are new", count=_count(plan))
    before, after = version_key(plan.before), version_key(plan.after)
    place = next((place for place in range(3) if before[place] != after[place]), 2)
    called = ("major", "minor", "patch")[place]
    by_hand = "" if called == plan.step else ", as written in deck.yaml"
    return _(
        "{before} -> {after}, {called}{by_hand}: {steps}",
        before=plan.before,
        after=plan.after,
        called=called,
        by_hand=by_hand,
        steps=_STEPS[plan.step],
    )


def _breaks(plan: Plan) -> str:
    """What students may lose, note by note: a reason does not make that less."""
    lines = [f"    {one.span.path}:{one.span.line}: {one.message}\n" for one in plan.breaks]
    more = len(lines) - _MAX_LISTED
    rest = [f"    … and {more} more (all: kartu check --limit 0)\n"] if more > 0 else []
    return "".join([f"  breaks: {len(lines)}\n", *lines[:_MAX_LISTED], *rest]) if lines else ""


def _count(plan: Plan) -> int:
    return sum(len(changes.notes) for _rest, changes in plan.changes)


def _changes(changes: Changes, label: str, *, first: bool) -> str:
    if first:
        return ""
    text = _listed(f"new{label}", changes.with_cause("new"))
    for cause in _CAUSES:
        text += _listed(f"{cause}{label}", changes.with_cause(cause))
    text += _listed(f"new cards{label}", list(changes.added_cards))
    text += _ELSEWHERE if changes.activated else ""
    text += _listed(f"spares claimed{label}", changes.claimed)
    text += _listed(f"asks something else (its id given away?){label}", changes.rewritten)
    text += _listed(f"templates or style{label}", changes.types)
    text += _listed(f"gone{label}", changes.gone)
    text += f"  deck description or options{label}\n" if changes.deck else ""
    return text + (f"  order of the notes or editions{label}\n" if changes.only_arranged else "")


def _listed(what: str, names: Sequence[str], count: int = 0, then: str = "") -> str:
    """How many there are (`count` if that is not the number of names), and the first names."""
    if not names:
        return ""
    more = (
        _(" … and {names} more", names=len(names) - _MAX_LISTED) if len(names) > _MAX_LISTED else ""
    )
    return _(
        "  {what}: {count} ({names}{more}){then}\n",
        what=what,
        count=count or len(names),
        names=", ".join(names[:_MAX_LISTED]),
        more=more,
        then=then,
    )
