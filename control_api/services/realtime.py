"""The model session of a call's agent: what it runs with, and changing its model while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from control_api.access import find_open, forbidden, may_change, may_read
from control_api.ports import CallStore, CallTx, SignedIn
from control_api.records import Call
from control_api.services.close_call import command
from control_api.services.record import save_if_changed
from control_api.services.workers import WorkerRegistry
from control_api.voices import CONTRACT_MODEL, effective_model
from shared.agent_state import AgentState
from shared.errors import Errors, VoiceError
from shared.ids import RoomName
from shared.log import get_logger
from shared.worker_link import CommandKind

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Configured:
    call: Call
    model: str
    """As it was asked for."""
    effective_model: str
    """What runs, or will from the next pause."""
    instructions: str = field(repr=False)
    """Empty for whoever may not see them."""
    transcriber: str
    """The model that writes down the caller's words."""


class RealtimeSessions:
    def __init__(self, store: CallStore, workers: WorkerRegistry, default_prompt: str, transcriber: str) -> None:
        """`default_prompt`: what the workers tell an agent whose call brings no prompt. `transcriber`: the model by
        which they let the caller's words be written down."""
        self._store = store
        self._default_prompt = default_prompt
        self._transcriber = transcriber
        self._workers = workers

    async def configure(self, user: SignedIn, room_name: RoomName, model: str | None) -> Configured:
        """`model` None: it stays. Raises `VoiceError`."""
        call, prompt = await self._store.write(lambda tx: _configure(tx, user, room_name, model))
        running = self._workers.model_of(call)
        wanted = effective_model(call.model)
        if wanted and running and wanted != running:
            log.info("model changes", call_id=call.id, epoch=call.agent_epoch)
            change = command(CommandKind.SET_MODEL, call.id, call.agent_epoch, {"model": wanted})
            self._workers.command(call.agent_worker_id, change)
        may_see = user.is_admin or user.user_id == call.caller_id
        return Configured(
            call=call,
            model=model or call.model or CONTRACT_MODEL,
            effective_model=wanted or running or effective_model(CONTRACT_MODEL),
            instructions=(prompt or self._default_prompt) if may_see else "",
            transcriber=self._transcriber,
        )


def _configure(tx: CallTx, user: SignedIn, room_name: RoomName, model: str | None) -> tuple[Call, str]:
    call = find_open(tx, room_name)
    if not may_read(tx, user, call):
        raise forbidden()
    if not call.has_agent:
        raise VoiceError(Errors.NOT_FOUND, "This call has no agent.")
    if call.agent_state is not AgentState.ACTIVE:
        raise VoiceError(Errors.AGENT_NOT_READY, "The agent is not in the call yet; try again in a moment.")
    if model is not None and model != call.model:
        current = effective_model(call.model or CONTRACT_MODEL)
        if effective_model(model) != current and not may_change(user, call):
            raise VoiceError(Errors.FORBIDDEN, "Only its caller or callee may change the model of a call.")
        if may_change(user, call):
            call = save_if_changed(tx, call, replace(call, model=model))
    return call, tx.instructions(call.id).system_prompt
