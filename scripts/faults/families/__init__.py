"""All scenarios, in the order of the table of faults."""

from __future__ import annotations

from scripts.faults.families import api, dispatch, model, people, talk, webhooks
from scripts.faults.scenario import Scenario

_FAMILIES = (dispatch, model, talk, people, webhooks, api)

ALL: tuple[Scenario, ...] = tuple(
    sorted((one for module in _FAMILIES for one in module.family.scenarios), key=lambda one: one.row)
)
