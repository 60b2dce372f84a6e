"""The configuration of the LiveKit server that `make run` starts: reachable from this machine only."""

from __future__ import annotations

import json

LOOPBACK = "127.0.0.1"


def livekit_config(*, port: int, udp_port: int, api_key: str, api_secret: str, webhook_url: str) -> str:
    """The text of its file (JSON, which is YAML too). ``--dev --bind 127.0.0.1`` would still bind media to all."""
    return json.dumps(
        {
            "port": port,
            "bind_addresses": [LOOPBACK],
            "rtc": {
                "tcp_port": 0,
                "udp_port": udp_port,
                "node_ip": LOOPBACK,
                "enable_loopback_candidate": True,
                "interfaces": {"includes": ["lo"]},
                "allow_tcp_fallback": False,
                # Nobody listens there, and nobody needs it. Unset, clients are told of public STUN servers: without a
                # network each participant then leaves some 50 threads of libwebrtc waiting for DNS.
                "stun_servers": [f"{LOOPBACK}:3478"],
            },
            # The API makes the rooms: a client cannot open one by joining it.
            "room": {"auto_create": False},
            "keys": {api_key: api_secret},
            "webhook": {"api_key": api_key, "urls": [webhook_url]},
            "logging": {"level": "info", "json": True},
        },
        indent=2,
    )
