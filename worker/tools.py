"""The tools that the model may call: there is one, and a model that asks for others or cannot stop is answered too."""

from __future__ import annotations

from collections.abc import Callable

from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.clock import Clock
from shared.log import get_logger
from worker.asking import Asking
from worker.farewell import END_CALL, Farewell
from worker.model_line import ModelLine
from worker.ports import ToolCalled
from worker.tool_guard import ToolGuard

NO_SUCH_TOOL = "There is no such tool."
HANGS_UP = "You hang up after your goodbye."
STOPPED = "You have called tools too often. Call none now; answer the caller in words."

_log = get_logger(__name__)


class Tools:
    def __init__(
        self,
        *,
        link: ModelLine,
        asking: Asking,
        farewell: Farewell,
        clock: Clock,
        report: Callable[[ReportEvent], None],
    ) -> None:
        self._link = link
        self._asking = asking
        self._farewell = farewell
        self._clock = clock
        self._report = report
        self._guard = ToolGuard()
        self._is_stopped = False

    async def called(self, event: ToolCalled) -> None:
        """Give the model what it waits for."""
        if not self._guard.allows(self._clock.monotonic_s()):
            await self._stop(event)
            return
        self._is_stopped = False
        if event.name != END_CALL.name:
            _log.warning("the model called a tool that it was not given")
            await self._link.tool_result(event.call_id, event.name, NO_SUCH_TOOL)
            self._asking.ask()
            return
        goodbye = self._farewell.begin(event.response_id, self._clock.monotonic_s())
        await self._link.tool_result(event.call_id, event.name, HANGS_UP)
        if goodbye is not None:
            self._asking.ask(goodbye)

    async def _stop(self, event: ToolCalled) -> None:
        """Once it is asked to do without. One that still calls waits for the patience of the call."""
        first, self._is_stopped = not self._is_stopped, True
        await self._link.tool_result(event.call_id, event.name, STOPPED)
        if not first:
            self._asking.tool_loop_stopped()
            return
        _log.warning("a loop of tool calls is stopped")
        self._report(Happened(HappenedKind.TOOL_LOOP_STOPPED, event.name[:64]))
        self._asking.ask(with_tools=False)
