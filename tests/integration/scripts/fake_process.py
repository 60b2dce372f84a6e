"""A process that the supervisor can be tried on: answers /readyz, dies or misbehaves as told. Not a test.

``fake_process.py PORT [--die-before-ready STATUS] [--never-ready] [--deaf] [--starts-another FILE]``
"""

from __future__ import annotations

import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

ARGS = sys.argv[2:]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if "--never-ready" in ARGS else 200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def main() -> None:
    print("the fake process is here", flush=True)
    if "--die-before-ready" in ARGS:
        sys.exit(int(ARGS[ARGS.index("--die-before-ready") + 1]))
    # Said, not left as it is: what starts the tests in the background may have made all its children deaf to SIGINT.
    signal.signal(signal.SIGINT, signal.SIG_IGN if "--deaf" in ARGS else signal.default_int_handler)
    if "--starts-another" in ARGS:
        another = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(ARGS[ARGS.index("--starts-another") + 1]).write_text(str(another.pid))
    try:
        HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


main()
