from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from geomap.page import assets
from geomap.record import EventType, Modality, PlaceKind, Precision, Role

STATIC = files("geomap.page").joinpath("static")
NODE = shutil.which("node")


def words(messages, prefix=""):
    for key, value in messages.items():
        if key in {"events", "articles"}:
            yield key
        elif isinstance(value, dict):
            yield from words(value, f"{key}.")
        else:
            yield prefix + key


@pytest.mark.parametrize("language", assets.LANGUAGES)
def test_every_language_has_every_word(language):
    messages = assets.messages()
    assert sorted(words(messages[language])) == sorted(words(messages["en"]))
    gaps = re.compile(r"\{\w+\}")

    def flat(value):
        return [text for v in value.values() for text in (flat(v) if isinstance(v, dict) else [v])]

    english = {key: sorted(gaps.findall(value)) for key, value in messages["en"].items() if isinstance(value, str)}
    for key, expected in english.items():
        assert sorted(gaps.findall(messages[language][key])) == expected, key
    assert all(flat(messages[language]))


def test_every_type_modality_and_precision_has_its_symbol_and_word():
    symbols, english = assets.symbols(), assets.messages()["en"]
    types = [type_ for group in symbols["groups"].values() for type_ in group["types"]]
    assert sorted(types) == sorted(EventType)
    modalities = [modality for entry in symbols["certainty"].values() for modality in entry["modalities"]]
    assert sorted(modalities) == sorted(Modality)
    assert set(english["type"]) == set(symbols["groups"])
    assert set(english["certainty"]) == set(symbols["certainty"])
    assert set(english["precision"]) == set(Precision)
    assert set(english["role"]) == set(Role) - {Role.AT, Role.ACTOR_HOME}
    assert set(english["kind"]) <= set(PlaceKind)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("group", assets.symbols()["groups"].items(), ids=lambda group: group[0])
def test_colours_can_be_read(group):
    _, entry = group
    assert contrast(entry["colour"], "#ffffff") >= 4.5  # white number on the badge, coloured word on paper
    assert contrast(entry["dark"], "#14181d") >= 4.5


def test_the_joined_script_holds_every_module_once_and_no_name_twice():
    modules = sorted(path.name.removesuffix(".mjs") for path in STATIC.joinpath("js").iterdir())
    assert sorted(assets.MODULES) == modules
    sources = [STATIC.joinpath(f"js/{name}.mjs").read_text(encoding="utf-8") for name in modules]
    declared = re.compile(r"^(?:export )?(?:const|let|function\*?|class) (\w+)", re.MULTILINE)
    names = sorted(name for source in sources for name in declared.findall(source))
    assert names == sorted(set(names))
    assert not re.search(r"^(import \{|export )", assets.script(), re.MULTILINE)
    assert "</script" not in assets.script().lower()


def test_a_module_uses_only_modules_before_it():
    for name in assets.MODULES:
        source = STATIC.joinpath(f"js/{name}.mjs").read_text(encoding="utf-8")
        for used in re.findall(r'from "\./(\w+)\.mjs"', source):
            assert assets.MODULES.index(used) < assets.MODULES.index(name), (name, used)


def test_the_style_asks_for_no_file():
    assert "url(" not in assets.style().replace("url(#", "")
    assert "</style" not in assets.style().lower()


def test_leaflet_is_the_pinned_one():
    note = STATIC.joinpath("leaflet/SOURCE.md").read_text(encoding="utf-8")
    for name in ("leaflet.js", "leaflet.css"):
        digest = hashlib.sha256(STATIC.joinpath(f"leaflet/{name}").read_bytes()).hexdigest()
        assert f"{digest}  {name}" in note


@pytest.mark.parametrize("name", assets.BASEMAPS)
def test_a_basemap_has_its_layers_and_labels(name):
    world = json.loads(assets.basemap(name))
    assert tuple(world["languages"]) == assets.LANGUAGES
    assert all(world[layer] for layer in ("land", "lakes", "rivers", "borders", "disputed", "countries", "cities"))
    assert {"TJ", "AF", "RU", "BR"} <= {row[0] for row in world["countries"]}
    assert any("Moscow" in row[4] for row in world["cities"])


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
def test_modules_in_node():
    run = subprocess.run(
        [NODE, "--test", *sorted(map(str, Path(__file__).parent.glob("js/*.test.mjs")))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A folder with the modules and the tools that check them, or a skip where npm or its registry is out of reach."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("workshop")
    for name in ("package.json", "eslint.config.mjs", "tsconfig.json", "globals.d.ts"):
        shutil.copy(Path(__file__).parent / "js" / name, folder)
    shutil.copytree(str(STATIC.joinpath("js")), folder / "js")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(install, cwd=folder, capture_output=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if done.returncode:
        pytest.skip("the npm registry is out of reach")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("tool", [["eslint", "js"], ["tsc", "--project", "."]], ids=lambda tool: tool[0])
def test_the_modules_are_clean_and_their_types_agree(workshop, tool):
    binary = workshop / "node_modules" / ".bin" / tool[0]
    run = subprocess.run([binary, *tool[1:]], cwd=workshop, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_script_carries_no_comments():
    assert "@type" not in assets.script()
    assert "@param" not in assets.script()


def test_no_file_is_heavy():
    # History keeps every version of a file for ever.
    sizes = {path.name: path.stat().st_size for path in Path(str(STATIC)).rglob("*") if path.is_file()}
    assert {name: size for name, size in sizes.items() if size > 2_000_000} == {}


def test_the_fine_map_is_read_by_the_cell():
    cells = json.loads(assets.fine_cells([(68.1, 37.2, 68.2, 37.3)]))
    assert list(cells) == ["65,35"]
    assert {"land", "borders", "rivers"} <= set(cells["65,35"])
    assert set(json.loads(assets.fine_cells([(178, -19, 182, -16)]))) == {"175,-20", "-180,-20"}
    assert assets.fine_cells([]) == "{}"
    assert len(assets.fine_cells([(-180, -60, 180, 70)])) < assets.FINE_BYTES + 20_000


def test_names_of_seas_rivers_and_provinces_come_by_the_box():
    names = json.loads(assets.names_within((66, 35, 75, 41)))
    by_name = {own[0]: (kind, own) for _, kind, _, own in names}
    assert by_name["Panj"][0] == "river"
    assert by_name["Panj"][1][assets.LANGUAGES.index("ru")] == "Пяндж"
    assert by_name["Khatlon"][0] == "province"
    zooms = [zoom for zoom, _, _, _ in names]
    assert zooms == sorted(zooms)
    across = {own[0] for _, _, _, own in json.loads(assets.names_within((150, -30, 230, 30)))}
    assert "Pacific Ocean" in across
    everywhere = assets.names_within((-180, -90, 180, 90))
    assert len(everywhere.encode()) < assets.NAMES_BYTES + 3000
