"""Recipes as TOML: those that come with the package, and a user's own."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from voicepack.quantize.errors import QualityError
from voicepack.quantize.recipe import Recipe
from voicepack.runtime.dataclass_json import Faults, read_record

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def built_in_recipes() -> dict[str, Recipe]:
    """Return the recipes of the package by name, sorted."""
    folder = files("voicepack.quantize") / "recipes"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    recipes = [parse_recipe((folder / name).read_text(encoding="utf-8"), name) for name in names]
    return {recipe.name: recipe for recipe in recipes}


def find_recipe(name: str) -> Recipe:
    """Look up a recipe: the name of a built-in one, or the path of a TOML file.

    Raises:
        QualityError: There is no such recipe or file, or the file is no recipe.
    """
    recipes = built_in_recipes()
    if name in recipes:
        return recipes[name]
    path = Path(name)
    if not path.is_file():
        raise QualityError(
            f"{name}: neither a built-in recipe ({', '.join(recipes)}) nor a file. Choose one."
        )
    try:
        return parse_recipe(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        raise QualityError(f"{name}: not UTF-8 text. Give a recipe in TOML.") from error


def parse_recipe(text: str, source: str) -> Recipe:
    """Read a recipe from TOML.

    Args:
        text: The document; what it leaves out keeps full precision.
        source: Where it comes from, for the message.

    Raises:
        QualityError: It is not TOML, or has unknown or wrong fields; all are named.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise QualityError(f"{source}: not TOML: {error}. Mend that line.") from error
    faults: Faults = _unknown_fields(Recipe, document, "")
    recipe = read_record(Recipe, document, faults)
    if faults:
        listed = "\n  ".join(faults)
        raise QualityError(f"{source}: not a recipe:\n  {listed}\nSee docs/quantize.md.")
    return recipe


def _unknown_fields(kind: Any, document: Any, where: str) -> Faults:
    """Name the fields a recipe does not have: a misspelt one would silently do nothing."""
    if not is_dataclass(kind) or not isinstance(document, dict):
        return []
    known = {field.name for field in fields(kind)}
    hints = get_type_hints(kind)
    faults = [
        f"{where}{name}: unknown; known are {', '.join(sorted(known))}"
        for name in document
        if name not in known
    ]
    for name in known & document.keys():
        faults += _unknown_fields(hints[name], document[name], f"{where}{name}.")
    return faults
