"""Recipes as TOML: those that come with the package, and a user's own."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.recipe import Recipe
from voicepack.runtime.dataclass_json import Faults, read_record

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def built_in_recipes() -> dict[str, Recipe]:
    """Return the recipes of the package by name, sorted."""
    folder = files("voicepack.quantize") / "recipes"
    files_there = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    recipes = [parse_recipe(each.read_text(encoding="utf-8"), each.name) for each in files_there]
    return {recipe.name: recipe for recipe in sorted(recipes, key=lambda each: each.name)}


def find_recipe(name: str) -> Recipe:
    """Look up a recipe: the name of a built-in one, or the path of a TOML file.

    Raises:
        RecipeError: There is no such recipe or file, or the file is no recipe.
    """
    recipes = built_in_recipes()
    if name in recipes:
        return recipes[name]
    path = Path(name)
    if not path.is_file():
        raise RecipeError(
            f"{name}: neither a built-in recipe ({', '.join(recipes)}) nor a file. Choose one."
        )
    try:
        return parse_recipe(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name}: not UTF-8 text. Give a recipe in TOML.") from error


def parse_recipe(text: str, source: str) -> Recipe:
    """Read a recipe from TOML.

    Args:
        text: The document; what it leaves out keeps full precision.
        source: Where it comes from, for the message.

    Raises:
        RecipeError: It is not TOML, or has unknown or wrong fields; all are named.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{source}: not TOML: {error}. Mend that line.") from error
    faults: Faults = _unknown_fields(Recipe, document, "")
    recipe = read_record(Recipe, document, faults)
    if faults:
        listed = "\n  ".join(faults)
        raise RecipeError(f"{source}: not a recipe:\n  {listed}\nSee docs/quantize.md.")
    return recipe


def to_toml(recipe: Recipe) -> str:
    """Write a recipe so that `parse_recipe` gives it back, whatever it leaves to defaults too."""
    plain = {name: part for name, part in vars(recipe).items() if not is_dataclass(part)}
    lines = [f"{name} = {_toml(value)}" for name, value in plain.items()]
    for name in [each for each in vars(recipe) if each not in plain]:
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {_toml(value)}" for key, value in vars(getattr(recipe, name)).items()]
    return "\n".join(lines) + "\n"


def recipe_sha256(recipe: Recipe) -> str:
    """Hash everything a recipe says, whatever file it came from."""
    return hashlib.sha256(to_toml(recipe).encode()).hexdigest()


def _toml(value: object) -> str:
    """Write a value; TOML spells texts, numbers and truth as JSON does."""
    if isinstance(value, Enum):
        return _toml(value.value)
    if isinstance(value, dict):
        # Order matters: the last pattern that fits a weight decides.
        pairs = ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return json.dumps(value, ensure_ascii=False)


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
