"""The one screen that `make run` prints when everything is ready. Pure."""

from __future__ import annotations


def screen(*, api_url: str, livekit_url: str, model: str, logs_dir: str) -> str:
    return f"""
Everything is ready.

  control API   {api_url}/api/voice   (health: {api_url}/readyz)
  LiveKit       {livekit_url}
  model         {model}
  logs          {logs_dir}/*.log

  place a call      make call                      (in a second terminal; ARGS="--help" for more)
  get a token       make token ARGS="alice --name Alice"
  stop              Ctrl-C
"""
