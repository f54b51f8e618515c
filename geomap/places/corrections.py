"""What the user says that names mean: it leaves a mention no other candidate."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.overlay import CORRECTED
from geomap.places.candidates import candidate, forms
from geomap.places.rules import rules
from geomap.record import MentionKind
from geomap.text.normalise import key, normalise

if TYPE_CHECKING:
    from geomap.gazetteer.overlay import Correction
    from geomap.gazetteer.store import Store
    from geomap.record import Mention, Record

__all__ = ["apply_corrections"]


def apply_corrections(record: Record, store: Store) -> Record:
    """Give each mention that the user has corrected the corrected place as its one candidate.

    A correction of the whole name as it is written always holds. One of the name without its generic term ("Panj" in
    "Sungai Panj") gives way where that term asks for another kind of place.

    Returns
    -------
    The record with `Mention.candidates` changed, before `resolve` has chosen among them.
    """
    if not store.corrections:
        return record
    rules_ = rules(record.language)
    mentions = []
    for mention in record.mentions:
        found = None
        if mention.kind not in (MentionKind.BORDER, MentionKind.REFERENCE):
            for name in dict.fromkeys(forms(mention, rules_, store)):
                said = (c for c in store.corrections.get(name, ()) if _holds(c, mention, record))
                found = next((row for c in said if (row := _row(c, name, mention, store)) is not None), None)
                if found is not None:
                    break
        if found is not None:
            chosen = candidate(found, NameClass.PREFERRED, 1.0, record.language, store)
            chosen = dataclasses.replace(chosen, features=(*chosen.features, (CORRECTED, 1.0)))
            mention = dataclasses.replace(mention, candidates=(chosen,))  # noqa: PLW2901 the same one, corrected
        mentions.append(mention)
    return dataclasses.replace(record, mentions=tuple(mentions))


def _row(correction: Correction, name: str, mention: Mention, store: Store) -> int | None:
    """Return the place that a correction means, unless the text asks for another kind."""
    row = store.row(correction.place_id)
    if row is None or not mention.wanted or name == key(mention.surface):
        return row
    return row if store.kind(row) in mention.wanted else None


def _holds(correction: Correction, mention: Mention, record: Record) -> bool:
    """Tell whether the article is one of those that a correction is for."""
    if correction.country:
        others = (other for other in record.mentions if other.name != mention.name)
        if correction.country not in {other.candidates[0].country for other in others if other.candidates}:
            return False
    if not correction.context:
        return True
    words = re.escape(key(correction.context))
    return bool(re.search(rf"(?<!\w){words}(?!\w)", normalise(record.article.text).text))
