"""`voicepack targets`: the device families a voice can be compiled for."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from voicepack.targets.catalogue import profiles
from voicepack.targets.machine import Machine, this_machine
from voicepack.targets.profile import TargetProfile
from voicepack.targets.selection import engine_fault, machine_fault


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print every field, for programs.")
def targets(as_json: bool) -> None:
    """List the targets, and which of them run on this machine.

    \b
    Examples:
      voicepack targets
      voicepack targets --json | jq '.[] | select(.runs_here) | .name'
    """
    machine = this_machine()
    if as_json:
        click.echo(json.dumps([_fields(each, machine) for each in profiles().values()], indent=2))
        return
    click.echo(f"This machine: {machine.architecture}, {machine.name or 'no name'}\n")
    click.echo("\n\n".join(_entry(profile, machine) for profile in profiles().values()))


def _fields(profile: TargetProfile, machine: Machine) -> dict[str, object]:
    return asdict(profile) | {
        "runs_here": not engine_fault(profile),
        "engine_fault": engine_fault(profile),
        "machine_fault": machine_fault(profile, machine),
    }


def _entry(profile: TargetProfile, machine: Machine) -> str:
    return f"{profile.name}: {_verdict(profile, machine)}\n  {profile.description}"


def _verdict(profile: TargetProfile, machine: Machine) -> str:
    fault = engine_fault(profile)
    if fault:
        return f"does not run here, {fault}"
    meant = machine_fault(profile, machine)
    return f"runs here, but {meant}" if meant else "runs here"
