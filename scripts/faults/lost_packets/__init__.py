"""A process whose UDP is lost, in one direction or both, while its TCP connections stand (row 42): a firewall that has
forgotten a flow, a broken interface, a network that lets no media through.

`lost_packets.c` is built with the machine's C compiler when it is needed, and preloaded into the process; a page of a
file says when what is lost.
"""

from __future__ import annotations

import asyncio
import mmap
import shutil
from pathlib import Path

from scripts.faults.broken import Broken

VARIABLE = "VOICE_FAULTS_LOST_PACKETS"
_SOURCE = Path(__file__).with_name("lost_packets.c")


class LostPackets:
    """For the processes that are started with `environ`."""

    def __init__(self, library: Path, page: Path) -> None:
        self.environ = {"LD_PRELOAD": str(library), VARIABLE: str(page)}
        self._page = page

    def lose(self, *, sent: bool, received: bool) -> None:
        """From now on."""
        with self._page.open("r+b") as file, mmap.mmap(file.fileno(), mmap.PAGESIZE) as page:
            page[0:2] = bytes([sent, received])

    def stop(self) -> None:
        self.lose(sent=False, received=False)


async def lost_packets(directory: Path, name: str) -> LostPackets:
    """One whose page is `name`'s. Raises `Broken` where no C compiler is."""
    library, page = directory / "lost_packets.so", directory / f"{name}.page"
    if not library.exists():
        await _build(library)
    page.write_bytes(bytes(mmap.PAGESIZE))
    return LostPackets(library, page)


async def _build(library: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Broken("a process's UDP can only be taken away with a C compiler, and here is none (cc, gcc, clang)")
    arguments = ("-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl")
    building = await asyncio.create_subprocess_exec(
        compiler, *arguments, stderr=asyncio.subprocess.STDOUT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await building.communicate()
    if building.returncode != 0:
        raise Broken(f"{_SOURCE.name} cannot be built: {said.decode(errors='replace')[:300]}")
