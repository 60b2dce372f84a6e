"""All scenarios, in the order of the table of faults."""

from __future__ import annotations

from scripts.faults.families import (
    agents,
    api,
    clocks,
    deploys,
    dispatch,
    growth,
    load,
    media_path,
    media_server,
    model,
    people,
    signalling,
    silence,
    start,
    talk,
    webhooks,
)
from scripts.faults.scenario import Scenario

_FAMILIES = (
    dispatch,
    agents,
    load,
    growth,
    deploys,
    media_server,
    media_path,
    clocks,
    model,
    talk,
    silence,
    people,
    signalling,
    webhooks,
    api,
    start,
)

ALL: tuple[Scenario, ...] = tuple(
    sorted((one for module in _FAMILIES for one in module.family.scenarios), key=lambda one: one.row)
)
