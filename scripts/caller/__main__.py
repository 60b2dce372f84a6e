"""``python -m scripts.caller``: what `make call` runs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from scripts.caller import target
from scripts.caller.plans import Wishes, prepare
from scripts.caller.problem import CallerProblem
from scripts.caller.release import leave
from scripts.caller.session import Options, run

ROOT = Path(__file__).resolve().parents[2]


def main(
    say: Annotated[list[str] | None, typer.Option(help="Say this; repeatable.")] = None,
    wav: Annotated[
        list[Path] | None, typer.Option(help="Play this 16 bit PCM WAV file; repeatable, after what --say says.")
    ] = None,
    barge_in: Annotated[bool, typer.Option("--barge-in", help="Interrupt the agent once, in its answer.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")] = False,
    calls: Annotated[int, typer.Option(min=1, max=200, help="So many calls at once, each as a user of its own.")] = 1,
    seconds: Annotated[float | None, typer.Option(min=1, help="Speak for about so long, again and again.")] = None,
    floor: Annotated[bool, typer.Option("--floor", help="Also measure the same callers without any model.")] = False,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="With --floor: how often both are measured in turn.")] = 2,
    prompt: Annotated[str | None, typer.Option(help="The agent's system prompt.")] = None,
    greeting: Annotated[str | None, typer.Option(help="What the agent says first; empty: it waits.")] = None,
    agent_voice: Annotated[str | None, typer.Option(help="The agent's voice.")] = None,
    voice: Annotated[str, typer.Option(help="The caller's own voice.")] = "alloy",
    api: Annotated[str | None, typer.Option(help="Call this API instead of the one that `make run` runs.")] = None,
    token: Annotated[str | None, typer.Option(help="Sign in with this token.", envvar="VOICE_USER_TOKEN")] = None,
    data_dir: Annotated[Path, typer.Option(help="The data directory of `make run`.")] = ROOT / "data",
) -> None:
    """Call the agent with real audio and say what came of it. The exit status is 0 when no call failed."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    session = {"systemPrompt": prompt, "greeting": greeting, "voice": agent_voice}
    wishes: dict[str, Any] = {key: value for key, value in session.items() if value is not None}
    try:
        lines = prepare(Wishes(say or (), wav or (), barge_in, seconds, voice))
        where = target.find(data_dir, api, token)
        options = Options(lines, calls, seconds, rounds if floor else 0, wishes, sys.stderr if as_json else sys.stdout)
        outcome = uvloop.run(run(where, options))
    except CallerProblem as problem:
        print(problem, file=sys.stderr)
        leave(1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        leave(130)
    if as_json:
        print(json.dumps(outcome.to_json(), indent=2, ensure_ascii=False))
    leave(1 if outcome.failed else 0)


if __name__ == "__main__":
    typer.run(main)
