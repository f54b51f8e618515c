"""How disputed boundaries are drawn: as nobody endorses them, as the United Nations draw them, or as a state claims.

A worldview changes lines of the basemap only, never a place. ``disputes.json`` lists the disputed lines that Natural
Earth has, and which of them each view draws solid or leaves out; the others are dashed. Lines that a state claims but
that lie elsewhere than the line of control are not in the data: such a view shows no line where the claim runs.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["OTHER", "WORLDVIEWS", "Style", "disputes", "exceptions", "styles"]

Style = Literal["solid", "dashed", "none"]
# A disputed line that the table does not name.
OTHER = "other"


@cache
def disputes() -> dict[str, Any]:
    """Return the table of disputed lines and views."""
    out: dict[str, Any] = json.loads(files("geomap.page").joinpath("disputes.json").read_text(encoding="utf-8"))
    return out


#: "de-facto", "un", "agreed", and the ISO codes of states.
WORLDVIEWS: tuple[str, ...] = tuple(disputes()["views"])


def styles(worldview: str) -> dict[str, Style]:
    """Return how a worldview draws each disputed line; `OTHER` is for those without a name.

    >>> styles("IN")["kashmir"], styles("de-facto")["kashmir"], styles("agreed")["other"]
    ('none', 'dashed', 'none')
    """
    table = disputes()
    view = table["views"][worldview]
    other: Style = view.get("other", "dashed")
    out: dict[str, Style] = {line["id"]: other for line in table["lines"]} | {OTHER: other}
    # Lines that no state disputes in earnest any more; Natural Earth is careful.
    out |= dict.fromkeys(table["settled"], "solid")
    out |= dict.fromkeys(view.get("solid", ()), "solid")
    return out | dict.fromkeys(view.get("none", ()), "none")


def exceptions(worldview: str) -> dict[str, Style]:
    """Return the style of `OTHER`, and of the lines that differ from it: what a page carries."""
    drawn = styles(worldview)
    return {name: style for name, style in drawn.items() if name == OTHER or style != drawn[OTHER]}
