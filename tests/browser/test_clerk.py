"""Where Clerk signs people in: its script runs on our page, and nobody else's does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from scripts.dev.free_ports import free_port
from tests.browser.person import Person
from tests.fakes.clerk import claims, mint, pem_of, rsa_key
from tests.support.api_process import ApiProcess
from tests.support.chromium import new_window, running_chromium, write_speech

SCRIPT = "/npm/@clerk/clerk-js@5/dist/clerk.headless.browser.js"
STAND_IN = Path(__file__).with_name("clerk_stand_in.js")


@contextmanager
def served(pages: dict[str, bytes], port: int) -> Iterator[str]:
    """An origin of its own, which lets the pages of others read it as Clerk's does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="origin")
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def clerk_port() -> int:
    return free_port()


@pytest.fixture
def api(tmp_path: Path, clerk_port: int) -> Iterator[ApiProcess]:
    api = ApiProcess(tmp_path / "api")
    api.settings = {
        "CLERK_ISSUER": f"http://127.0.0.1:{clerk_port}",
        "CLERK_JWT_KEY": pem_of(rsa_key("first")),
        "CLERK_AUTHORIZED_PARTIES": api.url,
        "CLERK_PUBLISHABLE_KEY": "pk_test_1",
    }
    api.start()
    try:
        yield api
    finally:
        api.stop()


@pytest.fixture
def page(playwright: Playwright, api: ApiProcess, tmp_path: Path) -> Iterator[Page]:
    with running_chromium(playwright, write_speech(tmp_path / "silence.wav", ())) as browser:
        yield new_window(browser, api.url).new_page()


def test_clerk_signs_in_and_no_other_script_runs(page: Page, api: ApiProcess, clerk_port: int) -> None:
    issuer = f"http://127.0.0.1:{clerk_port}"
    token = mint(claims(time.time(), iss=issuer, azp=api.url))
    clerks = {SCRIPT: STAND_IN.read_bytes(), "/token": token.encode()}
    with served(clerks, clerk_port), served({"/a.js": b"window.isStranger = true"}, free_port()) as stranger:
        person = Person("Ann Lee", page)
        page.goto("/")
        person.press("Sign in")
        person.sees("Ann Lee")
        with page.expect_response("**/api/voice/session?*") as answer:
            page.reload()
            person.press("Sign in")
        assert answer.value.status == 200, "the service takes the token"
        assert person.complaints == []

        refused = page.evaluate(
            """url => new Promise(resolve => {
                document.addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI));
                document.head.append(Object.assign(document.createElement("script"), {src: url}));
            })""",
            f"{stranger}/a.js",
        )
        assert refused == f"{stranger}/a.js"
        assert page.evaluate("window.isStranger") is None
        person.press("Sign out")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_page_that_cannot_reach_clerk_says_so(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("Sign-in does not work now")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
