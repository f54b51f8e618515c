"""What a gazetteer holds and where it comes from, in figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.gazetteer.overlay import Overlay
from geomap.gazetteer.store import KINDS, NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.gazetteer.store import Store

__all__ = ["summary"]


def summary(store: Store) -> dict[str, Any]:
    """Count what a gazetteer holds.

    Returns
    -------
    ``path``; ``version`` (format and normaliser); ``places``, ``names``, ``shapes`` (lines and areas), ``bytes``;
    ``kinds``, ``countries`` and ``languages`` (number of places or names by code, most first; a name that several
    languages share, or whose language no source tells, counts under ""); ``sources`` (name, package, version, licence,
    credit of each); ``licences`` (the sources of each); ``own``, what the user has added, or None.
    """
    sources: Sequence[dict[str, Any]] = store.meta.get("sources", [])
    licences: dict[str, list[str]] = {}
    for source in sources:
        licences.setdefault(str(source.get("licence", "unknown")), []).append(str(source.get("name", "")))
    countries = _counted(np.asarray(store.places["country"]), store.countries)
    countries.pop("", None)
    return {
        "path": str(store.path),
        "version": f"{store.meta['schema']}.{store.meta['normaliser']}",
        "places": len(store),
        "names": store.name_count,
        "shapes": int((np.asarray(store.places["geometry"]) != NONE).sum()),
        "bytes": sum(int(facts["bytes"]) for facts in store.meta["files"].values()),
        "kinds": _counted(np.asarray(store.places["kind"]), [str(kind) for kind in KINDS]),
        "countries": countries,
        "languages": store.names_by_language(),
        "sources": list(sources),
        "licences": licences,
        "own": _own(Overlay()),
    }


def _counted(column: np.ndarray[Any, Any], codes: Sequence[str]) -> dict[str, int]:
    """Return how often a column holds each code, most first."""
    counts = np.bincount(column, minlength=len(codes)).tolist()
    return dict(Counter({code: count for code, count in zip(codes, counts, strict=True) if count}).most_common())


def _own(overlay: Overlay) -> dict[str, Any] | None:
    contents = overlay.read()
    if not contents:
        return None
    return {
        "file": str(overlay.path),
        "places": len(contents.places),
        "hidden": len(contents.hidden),
        "corrections": len(contents.corrections),
    }
