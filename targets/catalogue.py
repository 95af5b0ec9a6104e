"""Finds the target profiles there are, and the engine of each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from voicepack.targets import devices
from voicepack.targets.errors import TargetError
from voicepack.targets.onnx_runtime import OnnxRuntime
from voicepack.targets.openvino import OpenVino
from voicepack.targets.profile import EngineName, TargetProfile
from voicepack.targets.session import Engine
from voicepack.targets.user_profiles import user_profiles, user_profiles_folder

DEFAULT_TARGET = "cpu"
_ENGINES: dict[EngineName, Callable[[TargetProfile], Engine]] = {
    EngineName.ONNXRUNTIME: OnnxRuntime,
    EngineName.OPENVINO: OpenVino,
}


@cache
def profiles() -> dict[str, TargetProfile]:
    """Collect every profile by name, sorted: ours, then those that the user added.

    Raises:
        TargetError: A file of the user is none.
    """
    modules = (
        importlib.import_module(f"{devices.__name__}.{module.name}")
        for module in pkgutil.iter_modules(devices.__path__)
    )
    found: list[TargetProfile] = [module.PROFILE for module in modules]
    ours = {profile.name: profile for profile in sorted(found, key=lambda each: each.name)}
    return ours | user_profiles(ours)


def find_profile(name: str) -> TargetProfile:
    """Look up a profile.

    Raises:
        TargetError: No profile has that name; the message lists those there are.
    """
    try:
        return profiles()[name]
    except KeyError:
        known = ", ".join(profiles())
        raise TargetError(
            f"unknown target {name!r}; known targets: {known}. One of your own needs its file in "
            f"{user_profiles_folder()}, on the device too."
        ) from None


def engine_of(profile: TargetProfile) -> Engine:
    """Make the adapter to the profile's engine; the engine itself is imported when it opens."""
    return _ENGINES[profile.engine](profile)
