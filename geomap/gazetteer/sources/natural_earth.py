"""Natural Earth: countries, first-level units, rivers, lakes and the ocean, with their shapes.

Reads any file that GDAL reads (shapefile, zipped or not, GeoJSON, GeoPackage), field names in either case. Nothing
here is needed at run time.

The source draws de-facto control, reuses codes and damages names; `Units` and the tables of repairs in ``data/facts``
say where we know better.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer import geometry as shapes
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["admin1", "countries", "features", "lakes", "names_in", "ocean", "plain", "rivers", "slug"]

SOURCE = "Natural Earth"
AREA_TOLERANCE = 0.005  # degrees; half a kilometre, a tenth of a millimetre on the 1:10m map that was digitised
LINE_TOLERANCE = 0.003  # rivers wind more than borders do

_ISO_3166_2 = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_LANGUAGE_FIELD = re.compile(r"name_([a-z]{2})")
_LAKES = {"Lake", "Alkaline Lake", "Reservoir"}


def features(path: Path | str, encoding: str | None = None) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """Yield the fields, with lower-case names, and the geometry of every feature of a file.

    Parameters
    ----------
    path
        A file that GDAL reads; a zip may hold one shapefile.
    encoding
        Of the attributes. Without one a .cpg file decides, else UTF-8, and cp1252 where that fails.

    Raises
    ------
    GazetteerError
        The file is missing, truncated, or no map.
    """
    import pyogrio.raw
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
    from shapely import from_wkb

    try:
        meta, _, geometry, columns = pyogrio.raw.read(path, encoding=encoding or "utf-8")
    except UnicodeDecodeError:
        yield from features(path, "cp1252")
        return
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise GazetteerError(f"{path}: cannot be read as a map: {error}") from error
    names = [str(field).lower() for field in meta["fields"]]
    for row, wkb in enumerate(geometry):
        if wkb is None:
            continue
        yield {name: plain(column[row]) for name, column in zip(names, columns, strict=True)}, from_wkb(wkb)


def plain(value: Any) -> Any:  # noqa: ANN401 whatever a map holds
    """Return None for the several ways in which a map says "nothing"."""
    if value is None or value != value or value in ("", "-99", -99):  # noqa: PLR0124 NaN differs from itself
        return None
    return value.strip() if isinstance(value, str) else value


def slug(text: str) -> str:
    """Return a name in lower-case ASCII with hyphens, for an id.

    Examples
    --------
    >>> slug("São Francisco")
    'sao-francisco'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


# Letters that do not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "ı": "i",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "þ": "th",
        "Þ": "Th",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
    }
)


@dataclass(frozen=True, slots=True)
class Unit:
    """What ``units.csv`` says of one area of the source: its id ("" leaves it out), kind, country and status."""

    id: str
    kind: PlaceKind
    country: str
    status: str
    name: str


def units(facts: Path) -> dict[str, Unit]:
    """Read ``units.csv``: corrections to areas, by the source's own code of them."""
    return {
        row["source"]: Unit(row["id"], PlaceKind(row["kind"] or "admin1"), row["country"], row["status"], row["name"])
        for row in _rows(facts / "units.csv")
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def countries(path: Path | str, facts: Path) -> Iterator[Entry]:
    """Yield every country and dependency, "country:TJ".

    Parameters
    ----------
    path
        ``ne_10m_admin_0_countries``, in any of its points of view.
    facts
        The folder ``data/facts``.
    """
    corrections = units(facts)
    rows = [(fields, shapes.polygon(area)) for fields, area in features(path)]
    areas = shapes.simplify_coverage([area for _, area in rows], AREA_TOLERANCE)
    for (fields, _), area in zip(rows, areas, strict=True):
        code = fields.get("iso_a2_eh") or fields.get("iso_a2") or ""
        unit = corrections.get(
            fields["adm0_a3"], Unit(f"country:{code}" if code else "", PlaceKind.COUNTRY, code, "", "")
        )
        if not unit.id:
            continue
        names = _names(fields, unit)
        if unit.kind is PlaceKind.COUNTRY:
            names += [
                Name(fields[key], "en", NameClass.ALTERNATE)
                for key in ("name_long", "formal_en", "name_ciawf", "brk_name")
                if fields.get(key)
            ]
            names += [Name(fields[key], "", NameClass.CODE) for key in ("iso_a2_eh", "iso_a3_eh") if fields.get(key)]
        yield _area(unit, area, names, fields, (fields.get("label_x"), fields.get("label_y")))


def admin1(path: Path | str, facts: Path) -> Iterator[Entry]:
    """Yield every first-level unit, "admin1:TJ-GB".

    The country is the prefix of the ISO 3166-2 code, whoever holds the ground: Crimea is UA-43. Of several areas
    under one code the greatest keeps it (a province, not its capital city); more than two are all parts of the unit.
    Those without a code of their own go by the source's, as "admin1:PHL-5554". Areas to which ``units.csv`` gives
    one id are joined.
    """
    corrections = units(facts)
    rows = [(fields, shapes.polygon(area)) for fields, area in features(path)]
    areas = shapes.simplify_coverage([area for _, area in rows], AREA_TOLERANCE)
    sharing: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (fields, _), area in zip(rows, areas, strict=True):
        if fields["adm1_code"] not in corrections:
            sharing[fields.get("iso_3166_2") or ""].append((area.area, fields["adm1_code"]))
    found: dict[str, tuple[Unit, dict[str, Any], list[BaseGeometry]]] = {}
    for (fields, _), area in zip(rows, areas, strict=True):
        unit = corrections.get(fields["adm1_code"]) or _admin1_unit(fields, sharing)
        if unit.id:
            found.setdefault(unit.id, (unit, fields, []))[2].append(area)
    named = {place: _names(fields, unit) for place, (unit, fields, _) in found.items()}
    _drop_names_of_others({place: (unit.country, named[place]) for place, (unit, _, _) in found.items()})
    for place, (unit, fields, parts) in found.items():
        if len(parts) > 1:  # the keys are those of one part
            fields |= {"gn_id": None, "wikidataid": None}
        yield _area(unit, shapes.union(parts), named[place], fields, (None, None))


def _drop_names_of_others(named: Mapping[str, tuple[str, list[Name]]]) -> None:
    """Drop names that belong to what lies above or beside a unit: nine provinces are called "Lombardy" in the source.

    A name that two units of a country share may be right for both, as of a city and the province about it, if a
    language is given; the unit's own name always stays.
    """
    sharing = Counter((country, text) for country, names in named.values() for text in {name.text for name in names})
    for country, names in named.values():
        own = names[0].text
        names[:] = [
            name for name in names if name.text == own or sharing[country, name.text] <= (2 if name.language else 1)
        ]


def _admin1_unit(fields: dict[str, Any], sharing: Mapping[str, Sequence[tuple[float, str]]]) -> Unit:
    """Return the unit that a row is when no correction speaks of it."""
    iso, own = fields.get("iso_3166_2") or "", fields["adm1_code"]
    code = iso.rstrip("~")
    if not fields.get("name") or not _ISO_3166_2.fullmatch(code):
        return Unit("", PlaceKind.ADMIN1, "", "", "")
    owners = sorted(sharing[iso], reverse=True)
    holds = owners[0][1] == own and len(owners) <= 2
    return Unit(f"admin1:{code if holds else own}", PlaceKind.ADMIN1, code[:2], "", "")


def _names(fields: dict[str, Any], unit: Unit) -> list[Name]:
    """Return the names in a row's fields; or the one that the correction gives instead."""
    if unit.name:
        return [Name(unit.name, "en", NameClass.PREFERRED), Name(unit.name, "", NameClass.MAIN)]
    return names_in(fields)


def names_in(fields: Mapping[str, Any]) -> list[Name]:
    """Return the names in the fields of a feature, whose own names are in lower case."""
    names = [Name(fields["name"], "", NameClass.MAIN)] if fields.get("name") else []
    for key, text in fields.items():
        if text and (match := _LANGUAGE_FIELD.fullmatch(key)):
            names.append(Name(text, match[1], NameClass.PREFERRED))
    if fields.get("name_zht"):
        names.append(Name(fields["name_zht"], "zh", NameClass.ALTERNATE))
    for key in ("name_alt", "name_local"):
        texts = [text.strip() for text in str(fields.get(key) or "").split("|")]
        names += [Name(text, "", NameClass.UNTAGGED) for text in texts if len(text) > 1]
    return list(dict.fromkeys(names))


def _area(
    unit: Unit, area: BaseGeometry, names: list[Name], fields: dict[str, Any], label: tuple[float | None, float | None]
) -> Entry:
    lon, lat = shapes.point_on(area)
    if label[0] is not None and label[1] is not None:
        lon, lat = round(label[0], shapes.DIGITS), round(label[1], shapes.DIGITS)
    geonameid = int(fields.get("gn_id") or 0)
    return Entry(
        id=unit.id,
        kind=unit.kind,
        lat=lat,
        lon=lon,
        names=names,
        country=unit.country,
        admin1=unit.id.removeprefix("admin1:") if unit.kind is PlaceKind.ADMIN1 else "",
        population=int(fields.get("pop_est") or 0),
        geonameid=geonameid if geonameid > 0 else None,
        wikidata="" if unit.name else str(fields.get("wikidataid") or ""),
        radius_km=shapes.covering_radius_km(area, lon, lat),
        geometry=area,
        status=unit.status,
        source=SOURCE,
    )


@dataclass(frozen=True, slots=True)
class _Repairs:
    """Right spellings of names that a packaged layer damages, by layer and damaged name."""

    table: dict[tuple[str, str], tuple[str, str]]

    @classmethod
    def read(cls, facts: Path) -> _Repairs:
        return cls({(r["layer"], r["damaged"]): (r["name"], r["en"]) for r in _rows(facts / "repairs.csv")})

    def names(self, layer: str, damaged: str) -> tuple[str, str]:
        """Return the local and the English name."""
        name = re.sub(r"\s+", " ", damaged)
        local, english = self.table.get((layer, name), (name, ""))
        if not english and (match := re.fullmatch(r"(.+?) \((.+)\)", local)):  # "Hong (Red)"
            return match[1], match[2]
        return local, english


def rivers(path: Path | str, facts: Path) -> Iterator[Entry]:
    """Yield every named river as one line, "river:panj", its segments joined, through lakes too.

    Segments belong together by name and the source's river number. ``rivers.csv`` names the members of the rivers
    that change their name on the way (Rhein, Rhin, Rhine) or have none; where it gives a course itself, theirs is
    left out.
    """
    repairs = _Repairs.read(facts)
    members: dict[str, str] = {}
    known = {row["place"]: row for row in _rows(facts / "rivers.csv")}
    for place, row in known.items():
        members |= {member: place for member in row["members"].split("|") if member}
    segments: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    english: dict[tuple[str, str], str] = {}
    local_names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fields, segment in features(path):
        local, en = repairs.names("rivers", str(fields.get("name") or ""))
        number = str(int(fields.get("rivernum") or 0))
        owner = members.get(f"{local}#{number}") or members.get(f"#{number}") or members.get(local)
        key = (owner, "") if owner else (local, number)
        if key[0]:
            segments[key].append(segment)
            english[key] = en
            local_names[key] |= {local} - {""}
    taken: set[str] = set(known)
    # The longest of a name takes the plain id; the source's number tells the others apart.
    lengths = {key: sum(map(shapes.length_km, parts)) for key, parts in segments.items()}
    for key in sorted(segments, key=lambda key: (-lengths[key], key)):
        name, number = key
        if not number and known[name]["geometry"]:
            continue
        course = shapes.simplify(shapes.line(segments[key]), LINE_TOLERANCE)
        if number:
            identity = f"river:{slug(name)}"
            identity = identity if identity not in taken else f"{identity}-{number}"
            names = [Name(name, "", NameClass.MAIN)]
            if english[key]:
                names.append(Name(english[key], "en", NameClass.PREFERRED))
        else:
            identity, names = name, [Name(text, "", NameClass.UNTAGGED) for text in sorted(local_names[key])]
        taken.add(identity)
        yield _natural(identity, PlaceKind(identity.split(":")[0]), course, names)


def lakes(path: Path | str, facts: Path) -> Iterator[Entry]:
    """Yield every named lake and reservoir, "lake:baikal"; they hide in the layer of the ocean.

    Basins of one name that lie side by side (the Dead Sea) are one lake. ``lakes.csv`` names lakes by a point in
    them, in several languages; one that it knows takes its id.
    """
    from shapely import Point

    repairs = _Repairs.read(facts)
    known = [(Point(float(r["lon"]), float(r["lat"])), r["place"]) for r in _rows(facts / "lakes.csv")]
    basins: dict[str, list[BaseGeometry]] = defaultdict(list)
    names: dict[str, list[Name]] = {}
    for fields, area in features(path):
        if fields.get("featurec_2") not in _LAKES:
            continue
        water = shapes.polygon(area)
        local, en = repairs.names("lakes", str(fields.get("name") or ""))
        place = next((place for point, place in known if water.covers(point)), "")
        if not place and not local:
            continue
        key = place or _basin(local, water, basins)
        basins[key].append(water)
        names.setdefault(key, [])
        if local and not place:
            names[key] = [Name(local, "", NameClass.MAIN)]
            names[key] += [Name(en, "en", NameClass.PREFERRED)] if en else []
    for key, waters in basins.items():
        area = shapes.simplify(shapes.union(waters), AREA_TOLERANCE / 2)
        yield _natural(key, PlaceKind.LAKE, area, names[key])


def _basin(local: str, water: BaseGeometry, basins: Mapping[str, Sequence[BaseGeometry]]) -> str:
    """Return the id of the lake of this name that the water is part of, or a new one."""
    identity, number = f"lake:{_bare_lake(local)}", 1
    while identity in basins and all(water.distance(other) > 1 for other in basins[identity]):
        number += 1
        identity = f"lake:{_bare_lake(local)}-{number}"
    return identity


def _bare_lake(name: str) -> str:
    return slug(re.sub(r"^(Lake|Lac|Lago|Ozero) ", "", name))


def _natural(identity: str, kind: PlaceKind, geometry: BaseGeometry, names: Iterable[Name]) -> Entry:
    lon, lat = shapes.point_on(geometry)
    return Entry(
        id=identity,
        kind=kind,
        lat=lat,
        lon=lon,
        names=list(names),
        radius_km=shapes.covering_radius_km(geometry, lon, lat),
        geometry=geometry,
        source=SOURCE,
    )


def ocean(path: Path | str) -> BaseGeometry:
    """Return all salt water as one area, the Caspian included; seas are cut out of it."""
    waters = [area for fields, area in features(path) if fields.get("featurec_2") not in _LAKES]
    if not waters:
        raise GazetteerError(f"{path}: holds no ocean; expected Natural Earth's ocean layer")
    # Rounded only when a sea is cut out: rounding all coasts of the world in one piece takes half a minute.
    return shapes.union([shapes.polygon(area.simplify(AREA_TOLERANCE)) for area in waters])
