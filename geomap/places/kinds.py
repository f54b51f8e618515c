"""Groups of kinds of place, as the stages of finding and resolving see them."""

from __future__ import annotations

from geomap.record import PlaceKind

__all__ = ["REGION", "RELIEF", "WATER"]

WATER = frozenset({PlaceKind.RIVER, PlaceKind.CANAL, PlaceKind.LAKE, PlaceKind.SEA, PlaceKind.STRAIT})
RELIEF = frozenset(
    {
        PlaceKind.MOUNTAIN,
        PlaceKind.MOUNTAINS,
        PlaceKind.DESERT,
        PlaceKind.PLATEAU,
        PlaceKind.PENINSULA,
        PlaceKind.ISLAND,
    }
)
REGION = frozenset({PlaceKind.REGION, PlaceKind.DISPUTED})
