"""``python -m control_api``: serves the API. ``... migrate`` brings the database to the newest schema, ``... token
USER`` prints a development sign-in token."""

from __future__ import annotations

import argparse
import logging
import sys

import uvloop

from control_api.ports import StoreUnusable
from control_api.server import PortInUse, listen, serve
from control_api.settings import Settings, load_settings
from control_api.sign_in import InvalidUser
from control_api.wiring import dev_issuer, migrate, running_app
from shared.env import SettingsError
from shared.log import configure


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        if chosen.command == "migrate":
            migrate(settings.database_url)
        elif chosen.command == "token":
            print(dev_issuer(settings).token(chosen.user, name=chosen.name, is_admin=chosen.admin))
        else:
            configure("api", level=settings.log_level, style=settings.log_format)
            for chatty in ("uvicorn", "alembic"):
                logging.getLogger(chatty).setLevel(logging.WARNING)
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
        async with running_app(settings) as app:
            await serve(app, listener)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m control_api", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve the API (the default)")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    token = commands.add_parser("token", help="print a development sign-in token")
    token.add_argument("user", help="the user's id")
    token.add_argument("--name", help="the name that others see")
    token.add_argument("--admin", action="store_true", help="may see and end every call")
    return parser


if __name__ == "__main__":
    sys.exit(main())
