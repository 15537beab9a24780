"""What a release does and why, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kartu.core.language import N_, _, ngettext
from kartu.ledger.changes import Cause, Changes
from kartu.load.names import version_key
from kartu.publish.release import Plan, ReleaseResult
from kartu.report.diagnostics import ShowPath, as_object

_STEPS = {
    "patch": N_("texts or the look of cards have changed"),
    "minor": N_("there are new notes or cards"),
    "major": N_("students may lose progress"),
}

# In the order in which they are reported.
_CAUSES: dict[Cause, str] = {
    "text": N_("text"),
    "tags": N_("tags"),
    "media": N_("media"),
    "rendering": N_("rendering"),
    "retired": N_("retired"),
    "taken back": N_("taken back"),
}

_MAX_LISTED = 10

# Observed with 24.11 and 26.09.3. A deck that the template names does not help: Anki gives decks
# other numbers at the import, does not find that one, and puts all such cards into Default.
_ELSEWHERE = N_(
    "if a student has moved some of a note's cards to another deck, but not all, Anki puts the"
    ' new card into the deck "Default"'
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
    if plan.restamped and not plan.refused:
        return _restamped(plan, dry_run=dry_run)
    if plan.step == "none":
        text = _("{deck} {version}: nothing to release", deck=plan.deck, version=plan.before)
        return f"{text}\n{_translations(plan, dry_run=dry_run)}"
    names = {"deck": plan.deck, "version": plan.after, "reason": _step(plan)}
    if dry_run or plan.refused:
        text = _("{deck} {version} would be released ({reason})", **names)
    else:
        text = _("{deck} {version} released ({reason})", **names)
    text += "\n" + _breaks(plan)
    for variant, changes in plan.changes:
        text += _changes(changes, f" [{variant}]" if variant else "", first=not plan.before)
    text += _touched(plan) if plan.before else ""
    return text + _translations(plan, dry_run=dry_run)


def _restamped(plan: Plan, *, dry_run: bool) -> str:
    """What it means that the time of a release is moved to now."""
    names = {"deck": plan.deck, "version": plan.before, "date": plan.ahead}
    if plan.ahead and dry_run:
        text = _("{deck} {version}: the time of this release, {date}, would be set to now", **names)
    elif plan.ahead:
        text = _("{deck} {version}: the time of this release, {date}, is set to now", **names)
    elif dry_run:
        text = _("{deck} {version}: the time of this release would be set to now", **names)
    else:
        text = _("{deck} {version}: the time of this release is set to now", **names)
    if plan.ahead:
        cost = ngettext(
            "Students who already have it do not get later corrections of the {number} note in it"
            ' before {date}, unless they choose "Always" when they import: to Anki what is older'
            " is no update. New notes arrive.",
            "Students who already have it do not get later corrections of the {number} notes in"
            ' it before {date}, unless they choose "Always" when they import: to Anki what is'
            " older is no update. New notes arrive.",
            plan.moved,
            date=plan.ahead,
        )
    else:
        cost = ngettext(
            "Students who already have it lose their own edits and tags on the {number} note that"
            " it changed.",
            "Students who already have it lose their own edits and tags on the {number} notes"
            " that it changed.",
            plan.moved,
        )
    return f"{text}\n  {cost}\n"


def _touched(plan: Plan) -> str:
    touched = sum(len(changes.touched) for _rest, changes in plan.changes)
    text = ngettext(
        "touches {touched} of {number} published note",
        "touches {touched} of {number} published notes",
        plan.published,
        touched=touched,
    )
    if touched:
        text += "; " + _("students' own edits and tags on them are replaced")
    return f"  {text}\n"


def _translations(plan: Plan, *, dry_run: bool) -> str:
    """How many translated texts are behind their originals, and of which notes."""
    if plan.seen and not plan.behind:
        return "  " + _("no translation is behind") + "\n"
    if not plan.seen:
        todo = _("kartu check shows each; --translations-seen if they are right")
    elif dry_run or plan.refused:
        todo = _("would be marked as seen")
    else:
        todo = _("marked as seen")
    text = ""
    for variant, found in plan.behind:
        names = list(dict.fromkeys(one.note or "deck" for one in found))
        what = _("translations behind")
        text += _listed(f"{what} [{variant}]", names, len(found), f": {todo}")
    return text


def _step(plan: Plan) -> str:
    """From which version to which, what that is called, and why."""
    count = sum(len(changes.notes) for _rest, changes in plan.changes)
    if not plan.before and plan.in_place:
        return ngettext(
            "for students an update of the extended deck: its {number} note is replaced",
            "for students an update of the extended deck: all {number} notes are replaced",
            count,
        )
    if not plan.before:
        return ngettext(
            "first release: its {number} note is new",
            "first release: all {number} notes are new",
            count,
        )
    before, after = version_key(plan.before), version_key(plan.after)
    place = next((place for place in range(3) if before[place] != after[place]), 2)
    called = ("major", "minor", "patch")[place]
    if called != plan.step:
        called = _("{step}, as written in deck.yaml", step=called)
    return f"{plan.before} -> {plan.after}, {called}: {_(_STEPS[plan.step])}"


def _breaks(plan: Plan) -> str:
    """What students may lose, note by note: a reason does not make that less."""
    lines = [f"    {one.span.path}:{one.span.line}: {one.message}" for one in plan.breaks]
    if not lines:
        return ""
    more = len(lines) - _MAX_LISTED
    heading = "  " + _("breaks: {count}", count=len(lines))
    rest = ["    " + _("… and {count} more (all: kartu check --limit 0)", count=more)]
    return "\n".join([heading, *lines[:_MAX_LISTED], *(rest if more > 0 else ())]) + "\n"


def _changes(changes: Changes, label: str, *, first: bool) -> str:
    if first:
        return ""
    text = _listed(_("new") + label, changes.with_cause("new"))
    for cause, what in _CAUSES.items():
        text += _listed(_(what) + label, changes.with_cause(cause))
    text += _listed(_("new cards") + label, list(changes.added_cards))
    if changes.activated:
        text += f"    {_(_ELSEWHERE)}\n"
    text += _listed(_("spare fields or cards in use") + label, changes.claimed)
    text += _listed(_("asks something else (was its id given away?)") + label, changes.rewritten)
    text += _listed(_("templates or style") + label, changes.types)
    text += _listed(_("gone") + label, changes.gone)
    if changes.deck:
        text += "  " + _("deck description or options") + f"{label}\n"
    if changes.only_arranged:
        text += "  " + _("order of the notes or editions") + f"{label}\n"
    return text


def _listed(what: str, names: Sequence[str], count: int = 0, then: str = "") -> str:
    """How many there are (`count` if that is not the number of names), and the first names."""
    if not names:
        return ""
    more = len(names) - _MAX_LISTED
    listed = ", ".join(names[:_MAX_LISTED])
    if more > 0:
        listed += " " + _("… and {count} more", count=more)
    return f"  {what}: {count or len(names)} ({listed}){then}\n"
