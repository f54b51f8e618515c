"""Settings of the command line: ``geomap.toml`` in this folder, else in the user's configuration folder.

A table a command, a key an option, spelled as on the command line::

    [map]
    basemap = "110m"
    ui = "id"

    [parse]
    format = "geojson"

An option on the command line wins over a variable ``GEOMAP_MAP_BASEMAP``, that over the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.errors import GeomapError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_settings"]

NAME = "geomap.toml"


def read_settings(options: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """Read the settings.

    Parameters
    ----------
    options
        Command → option as it is written, without dashes → name of its parameter.

    Returns
    -------
    Command → name of the parameter → value.

    Raises
    ------
    GeomapError
        The file is not valid, or names a command or an option that there is not.
    """
    path = Path(NAME)
    if not path.is_file():
        from platformdirs import user_config_path

        path = user_config_path("geomap") / NAME
        if not path.is_file():
            return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GeomapError(f"{path}: cannot be read: {error}") from error
    settings: dict[str, dict[str, Any]] = {}
    for command, values in tables.items():
        if command not in options or not isinstance(values, dict):
            raise GeomapError(f"{path}: no command {command!r}; expected a table for one of {', '.join(options)}")
        known = options[command]
        for option in values:
            if option not in known:
                raise GeomapError(f"{path}: {command} has no option {option!r}; it has {', '.join(sorted(known))}")
        settings[command] = {known[option]: value for option, value in values.items()}
    return settings
