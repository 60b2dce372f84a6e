"""The command: looks at one thing after the other, prints, and ends with 0 (all is well) or 1."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from control_api.doctor.check_api import check_workers, own_url
from control_api.doctor.check_database import check_database
from control_api.doctor.check_livekit import check_livekit
from control_api.doctor.check_model import ModelSettings, check_model
from control_api.doctor.check_sign_in import check_sign_in
from control_api.doctor.check_storage import check_storage
from control_api.doctor.check_webhook import check_webhook
from control_api.doctor.findings import Finding, as_json, as_text, is_well, ok, problem
from control_api.settings import load_settings
from shared.env import SettingsError
from shared.env_settings import unknown_names
from shared.setting_names import sentence

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def doctor(
    webhook_url: Annotated[
        str | None, typer.Option(help="Post a signed test event to this address, as LiveKit would call it.")
    ] = None,
    api_url: Annotated[str | None, typer.Option(help="Where the API runs; default: as its settings say.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Is everything there that a call needs? Says what to do where it is not. Changes nothing."""
    findings = asyncio.run(examine(webhook_url, api_url))
    typer.echo(as_json(findings) if json else as_text(findings))
    raise typer.Exit(0 if is_well(findings) else 1)


async def examine(webhook_url: str | None = None, api_url: str | None = None) -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return [
            problem(
                "settings", f"{one}.", "Correct it in the environment or .env; docs/configuration.md knows every name."
            )
            for one in error.problems
        ]
    return [
        _known(settings.env),
        check_database(settings.database_url),
        *await asyncio.gather(
            check_livekit(settings),
            check_sign_in(settings),
            check_model(ModelSettings()),
            check_storage(settings),
            check_webhook(settings, webhook_url),
            check_workers(api_url or own_url(settings)),
        ),
    ]


def _known(env: str) -> Finding:
    found = unknown_names()
    if not found:
        return ok("settings", f"{env}, complete.")
    said = "; ".join(sentence(name, near) for name, near in found.items())
    return ok("settings", f"{env}, complete. {said}.", "Look at docs/configuration.md for what is not one.")


def run(arguments: list[str]) -> int:
    """The exit status."""
    try:
        app(arguments, prog_name="python -m control_api doctor")
    except SystemExit as end:
        return int(end.code or 0)
    return 0
