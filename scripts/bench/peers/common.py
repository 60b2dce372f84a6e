"""What the peers share: their arguments, and the model as all of them use it."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace

MODEL = "gpt-realtime-2.1"
VOICE = "alloy"
INSTRUCTIONS = "You are a helpful voice assistant."
GREETING = "Greet the caller."
SILENCE_MS = 500
PREFIX_MS = 300
THRESHOLD = 0.5
TRANSCRIBER = "gpt-transcribe"


def arguments() -> Namespace:
    """Also put where LiveKit's SDKs look for them."""
    parser = ArgumentParser()
    for name in ("livekit-url", "livekit-key", "livekit-secret", "model-url", "agent-name"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--executor", choices=("process", "thread"), default="process")
    given = parser.parse_args()
    os.environ |= {
        "LIVEKIT_URL": given.livekit_url,
        "LIVEKIT_API_KEY": given.livekit_key,
        "LIVEKIT_API_SECRET": given.livekit_secret,
        "BENCH_MODEL_URL": given.model_url,
        "OPENAI_API_KEY": "none",
    }
    return given


def ready() -> None:
    print(json.dumps({"ready": True}), flush=True)
