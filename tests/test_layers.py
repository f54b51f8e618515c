"""Imports flow one way: a module uses only modules of lower floors."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "geomap"

# From the ground up. The longest matching prefix decides; modules of one floor may use each other inside one room
# (the first part of the name), not across rooms.
FLOORS = [
    ["errors"],
    ["record", "languages", "_extras", "_fetch", "_files", "_settings", "_terminal"],
    ["text", "article", "events", "evaluate"],
    ["gazetteer"],
    ["places", "schema", "tables", "annotations", "explain", "llm", "page"],
    ["pipeline"],
    ["lookup", "accessor"],
    ["api", "batch", "geocoder", "jsonl", "serve"],
    ["cli"],
]
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
# Within a floor, these rooms may be used by the others.
SHARED = {"text", "schema", "record"}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py" and p != PACKAGE / "__main__.py")


def room(name: str) -> str:
    return name.split(".")[1]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("geomap.")}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_flow_down(path: Path):
    here = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert here in FLOOR, f"{here} stands on no floor: add it to FLOORS"
    for name in imports(path):
        there = room(name)
        if there == here or there.startswith("_"):
            continue
        assert there in FLOOR, f"{path} imports {name}, which stands on no floor"
        lower = FLOOR[there] < FLOOR[here]
        beside = FLOOR[there] == FLOOR[here] and there in SHARED
        assert lower or beside, f"{here} (floor {FLOOR[here]}) uses {name} (floor {FLOOR[there]})"
