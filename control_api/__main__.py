"""``python -m control_api``: serves the API. ``... migrate`` brings the database to the newest schema, ``... token
USER`` prints a development sign-in token, ``... doctor`` says what is missing."""

from __future__ import annotations

import argparse
import logging
import socket
import sys

import uvloop

from control_api.ports import StoreAway, StoreUnusable
from control_api.server import PortInUse, listen, serve
from control_api.settings import Settings, load_settings
from control_api.sign_in import InvalidUser
from control_api.wiring import dev_issuer, migrate, running_app
from control_api.without_database import wait_for_database
from shared.clock import SystemClock
from shared.env import SettingsError
from shared.env_settings import warn_of_unknown_names
from shared.log import configure, get_logger

log = get_logger(__name__)


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["doctor"]:
        from control_api.doctor.cli import run as run_doctor  # it needs modules that the service does not

        return run_doctor(given[1:])
    chosen = _parser().parse_args(given)
    try:
        settings = load_settings()
        if chosen.command == "migrate":
            migrate(settings.database_url)
        elif chosen.command == "token":
            print(dev_issuer(settings).token(chosen.user, name=chosen.name, is_admin=chosen.admin))
        else:
            configure("api", level=settings.log_level, style=settings.log_format)
            warn_of_unknown_names(log)
            logging.getLogger("alembic").setLevel(logging.WARNING)
            # Its warnings are about requests that are no HTTP: whoever sends them must not fill our log.
            logging.getLogger("uvicorn").setLevel(logging.ERROR)
            uvloop.run(_run(settings))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except (StoreUnusable, PortInUse, InvalidUser) as error:
        print(f"control_api: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(settings: Settings) -> None:
    with listen(settings.host, settings.port) as listener:
        is_served = False
        while not is_served:
            try:
                async with running_app(settings) as app:
                    await serve(app, listener, settings.http_limits, app.state.services.feed.close)
                    is_served = True
            except StoreAway:
                is_served = not await _database_comes(settings, listener)


async def _database_comes(settings: Settings, listener: socket.socket) -> bool:
    """False: the process is to end before that."""
    return await wait_for_database(settings.database_url, listener, settings.http_limits, SystemClock())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m control_api", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve the API (the default)")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("doctor", help="is everything there that a call needs? (--help for options)", add_help=False)
    token = commands.add_parser("token", help="print a development sign-in token")
    token.add_argument("user", help="the user's id")
    token.add_argument("--name", help="the name that others see")
    token.add_argument("--admin", action="store_true", help="may see and end every call")
    return parser


if __name__ == "__main__":
    sys.exit(main())
