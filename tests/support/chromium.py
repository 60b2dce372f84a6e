"""A real Chromium whose microphone speaks real sentences, driven by Playwright.

It is the one on the PATH; where there is none and this is root on Debian, it is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from scripts.caller.clips import spoken
from shared import pcm

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL_WITHIN_S = 300.0
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nobody is there to allow the microphone, nor to touch the page before it may play a sound.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Loopback is no interface of WebRTC's choice otherwise.
    "--allow-loopback-in-peer-connection",
)


def require_chromium() -> str:
    """The binary; without one the test is skipped, and in CI it fails: there nothing may be skipped."""
    found = _on_path() or _install()
    if found is not None:
        return found
    sentence = "there is no chromium on the PATH (Debian's package chromium has it)"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def _on_path() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


def _install() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
        subprocess.run([apt, *command], env=environment, capture_output=True, timeout=INSTALL_WITHIN_S, check=False)
    return _on_path()


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence, `after_s` of silence after the one before, or after the microphone was opened."""

    text: str
    after_s: float


def write_speech(path: Path, lines: Sequence[Say], tail_s: float = 120.0) -> Path:
    """A WAV file for the fake microphone, which begins anew at its end: the silence there outlasts a test."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(pcm.BYTES_PER_SAMPLE)
        file.setframerate(pcm.SAMPLE_RATE_HZ)
        for line in lines:
            file.writeframes(_silence(line.after_s) + spoken(line.text).audio)
        file.writeframes(_silence(tail_s))
    return path


def _silence(seconds: float) -> bytes:
    return bytes(int(seconds * 1000) * pcm.BYTES_PER_MS)


@contextmanager
def running_chromium(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    """One process, since a process has one fake microphone."""
    flags = [*_FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    browser = playwright.chromium.launch(executable_path=require_chromium(), headless=True, args=flags)
    try:
        yield browser
    finally:
        browser.close()


def new_window(browser: Browser, url: str, *, dark: bool = False, phone: bool = False) -> BrowserContext:
    """A profile of its own, as wide as a laptop's or a phone's screen."""
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 860}
    return browser.new_context(
        base_url=url,
        viewport=size,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
        permissions=["microphone"],
        reduced_motion="reduce",
        has_touch=phone,
    )
