"""The one screen that `make run` prints when everything is ready. Pure."""

from __future__ import annotations


def screen(*, api_url: str, livekit_url: str, model: str, logs_dir: str) -> str:
    return f"""
Everything is ready.

  call page     {api_url}/          (console: {api_url}/console)
  control API   {api_url}/api/voice   (health: {api_url}/readyz)
  LiveKit       {livekit_url}
  model         {model}
  logs          {logs_dir}/*.log

  talk to it        open the call page in a browser
  place a call      make call                      (in a second terminal; ARGS="--help" for more)
  get a token       make token ARGS="alice --name Alice"
  stop              Ctrl-C
"""
