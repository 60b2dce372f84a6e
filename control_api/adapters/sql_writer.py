"""The one thread that writes, with group commit: use cases that wait at the same time share a transaction.

A commit waits for the disk, which costs as much for twenty use cases as for one. Each still stands alone: it runs
between savepoints, so what it raises undoes what it did and nothing else; and nobody is answered before the commit that
holds their change is on disk. Under no load a use case has a transaction for itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from control_api.adapters.sql_prepared import driver_of
from control_api.adapters.sql_tx import SqlTx
from control_api.ports import CallTx, StaleCall

T = TypeVar("T")

AT_ONCE = 64
"""Use cases in one transaction: what bounds how long the first of them waits for the last."""
TRIES = 5
"""How often a use case is run when the call it read was changed underneath (another API process)."""


@dataclass(slots=True)
class _Waiting:
    """One per request that is writing now, so there are no more of them than requests under way."""

    use_case: Callable[[CallTx], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.done.cancelled():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class SqlWriter:
    def __init__(self, connection: Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._driver = driver_of(connection)
        self._thread = thread
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._is_draining = False

    async def write(self, use_case: Callable[[CallTx], T]) -> T:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(use_case, loop, loop.create_future())
        with self._lock:
            self._waiting.append(waiting)
            must_start, self._is_draining = not self._is_draining, True
        if must_start:
            self._thread.submit(self._drain)
        return cast(T, await waiting.done)

    async def aclose(self) -> None:
        """Waits for the writes that are under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    def _drain(self) -> None:
        while batch := self._take():
            self._transact(batch)
            for loop in {waiting.loop for waiting in batch}:
                with suppress(RuntimeError):  # a loop that is closed waits for nothing
                    loop.call_soon_threadsafe(_tell, [waiting for waiting in batch if waiting.loop is loop])

    def _take(self) -> list[_Waiting]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            self._is_draining = bool(batch)
        return batch

    def _transact(self, batch: list[_Waiting]) -> None:
        try:
            with self._connection.begin():
                tx = SqlTx(self._connection)
                for waiting in batch:
                    self._run(tx, waiting)
        except BaseException as error:  # the disk, not a use case: nothing of the batch is stored
            for waiting in batch:
                waiting.error = error

    def _run(self, tx: CallTx, waiting: _Waiting) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                with self._alone():
                    waiting.result = waiting.use_case(tx)
                return
            except StaleCall as error:
                waiting.error = None if tries_left else error
            except Exception as error:
                waiting.error = error
                return

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """What the block raises undoes what it did, and nothing of those before it."""
        self._driver.execute("SAVEPOINT use_case")
        try:
            yield
        except BaseException:
            self._driver.execute("ROLLBACK TO use_case")
            raise
        finally:
            self._driver.execute("RELEASE use_case")


def _tell(batch: list[_Waiting]) -> None:
    for waiting in batch:
        waiting.tell()
