"""Commands that are built by ``go install``, once, into ``.tools/bin``."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.bootstrap import go_toolchain
from scripts.bootstrap.problem import Problem
from scripts.bootstrap.progress import BuildProgress, log_end, run_with_progress


@dataclass(frozen=True, slots=True)
class GoCommand:
    name: str
    """Of the file in ``.tools/bin``."""
    version: str
    module: str
    """The package's path, without the version."""
    minutes: str
    """About how long building takes, for the line on the screen."""

    def built(self, root: Path) -> Path:
        return root / ".tools/bin" / self.name

    def build(self, root: Path) -> None:
        """Raises `Problem`."""
        go = go_toolchain.ensure(root)
        tools = root / ".tools"
        log = tools / f"{self.name}-build.log"
        self.built(root).parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="build-", dir=tools) as directory:
            environ = os.environ | {"GOBIN": directory, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
            command = [str(go), "install", "-v", f"{self.module}@v{self.version}"]
            title = f"{self.name} {self.version}: building, once, about {self.minutes} minutes"
            if run_with_progress(command, environ, log, BuildProgress(title)) != 0:
                raise Problem(
                    f"{log_end(log)}{self.name} could not be built; the whole log is {log.relative_to(root)}."
                )
            # A build that was interrupted leaves nothing that looks finished.
            (Path(directory) / self.module.rpartition("/")[2]).replace(self.built(root))
