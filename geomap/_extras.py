"""Optional dependencies: say which extra brings them."""

from __future__ import annotations

import importlib.util

from geomap.errors import MissingExtraError

__all__ = ["require"]


def require(module: str, extra: str, purpose: str) -> None:
    """Raise an error that names the extra if a module is not installed.

    Raises
    ------
    MissingExtraError
        It is not.
    """
    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(f"{purpose} needs {module}: pip install 'geomap[{extra}]'")
