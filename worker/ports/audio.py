"""What audio is at every port."""

from __future__ import annotations

Pcm = bytes | bytearray | memoryview
"""Mono s16le at 24 kHz (`shared.pcm`)."""
