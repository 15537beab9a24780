"""HTML without its tags, as Anki drops them.

Measured with anki 26.9.3: comments, styles and scripts go with what they hold, if they are
closed in the plain form; a tag is whatever stands between `<` and the next `>`.
"""

import re
from html.entities import name2codepoint

_TAG = re.compile(
    "<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>|<.*?>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile("&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[^;]*));|&")


def without_tags(html: str) -> str:
    """`html` without tags; entities stay."""
    last = html.rfind(">") + 1  # what is never closed is not looked for from each `<`
    return _TAG.sub("", html[:last]) + html[last:]


def plain_text(html: str) -> str:
    """The text of the filter `text`: no tags, and entities as the signs they stand for.

    If one entity is none that HTML 4 knows, all of them stay; else `&nbsp;` and its sign are
    spaces.
    """
    text = without_tags(html)
    if "&" not in text:
        return text
    try:
        return _ENTITY.sub(_sign, text).replace("\xa0", " ")
    except ValueError:
        return text


def _sign(entity: re.Match[str]) -> str:
    """Raises ValueError if it is none."""
    if entity["name"]:
        code = name2codepoint.get(entity["name"], -1)
    else:
        digits = entity["hex"] or entity["decimal"] or "-1"
        code = int(digits[-9:], 16 if entity["hex"] else 10)
    if 0xD800 <= code < 0xE000:
        raise ValueError(f"{entity[0]} is half a sign")
    return chr(code)
