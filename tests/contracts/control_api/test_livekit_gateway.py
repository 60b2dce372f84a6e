"""The gateway and its fake promise the same. The real one speaks to a real livekit-server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest
from livekit import rtc

from control_api.adapters.livekit_gateway import LiveKitApiGateway
from control_api.adapters.livekit_signing import LiveKitTokens
from control_api.ports import LiveKitGateway, LiveKitRefused, LiveKitUnavailable
from scripts.dev.free_ports import free_port
from shared.call_state import EndReason
from shared.ids import CallId, Identity, MediaRoom
from shared.room_signals import CALL_ENDED_TOPIC, call_ended
from tests.fakes.clock import FakeClock
from tests.fakes.livekit_gateway import FakeGateway
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.until import patient, until

ANN = Identity("ann")


class Guest(Protocol):
    """Somebody in a room."""

    async def is_listening(self) -> bool:
        """Whether data reaches them yet; a moment after joining it does not."""
        ...

    async def heard(self) -> list[tuple[str, bytes]]:
        """What came by data, once the room is closed to them."""
        ...

    async def leave(self) -> None: ...


@dataclass
class Server:
    """A media server under test; `join` brings somebody in."""

    gateway: LiveKitGateway
    join: Callable[[MediaRoom, Identity], object]
    name: Callable[[str], MediaRoom]

    async def guest(self, room: MediaRoom, identity: Identity) -> Guest:
        guest = self.join(room, identity)
        return await guest  # type: ignore[no-any-return, misc]


class FakeGuest:
    def __init__(self, gateway: FakeGateway, room: MediaRoom, identity: Identity) -> None:
        self._gateway, self._room = gateway, room
        self._live = gateway.rooms[room]
        self._participant = gateway.joins(room, identity)

    async def is_listening(self) -> bool:
        return True

    async def heard(self) -> list[tuple[str, bytes]]:
        assert self._live in self._gateway.deleted
        return self._live.data

    async def leave(self) -> None:
        if self._room in self._gateway.rooms:
            self._gateway.leaves(self._room, self._participant)


class RealGuest:
    def __init__(self) -> None:
        self.room = rtc.Room()
        self._data: list[tuple[str, bytes]] = []
        self._closed = asyncio.Event()
        self.room.on("data_received", lambda packet: self._data.append((packet.topic or "", packet.data)))
        self.room.on("disconnected", lambda _: self._closed.set())

    async def is_listening(self) -> bool:
        return bool(self._data)

    async def heard(self) -> list[tuple[str, bytes]]:
        async with asyncio.timeout(patient(5)):
            await self._closed.wait()
        return self._data

    async def leave(self) -> None:
        await self.room.disconnect()


async def test_it_says_how_far_its_clock_is_from_ours(server: Server) -> None:
    assert abs(await server.gateway.clock_ahead_s()) < 5


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    with running_livekit(tmp_path_factory.mktemp("livekit")) as server:
        yield server


@pytest.fixture(params=["fake", "real"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    used: list[MediaRoom] = []

    def name(label: str) -> MediaRoom:
        used.append(MediaRoom(f"{label}-{request.node.name[:40]}"))
        return used[-1]

    if request.param == "fake":
        gateway: LiveKitGateway = FakeGateway(FakeClock())

        async def join_fake(room: MediaRoom, identity: Identity) -> Guest:
            assert isinstance(gateway, FakeGateway)
            return FakeGuest(gateway, room, identity)

        yield Server(gateway, join_fake, name)
        await gateway.aclose()
        return
    livekit: LiveKitServer = request.getfixturevalue("livekit")
    gateway = LiveKitApiGateway(livekit.url, livekit.api_key, livekit.api_secret)
    tokens = LiveKitTokens(livekit.api_key, livekit.api_secret)

    async def join_real(room: MediaRoom, identity: Identity) -> Guest:
        guest = RealGuest()
        await guest.room.connect(livekit.url, tokens.for_person(room, identity, "Ann", ttl_s=60))
        return guest

    yield Server(gateway, join_real, name)
    for room in used:
        await gateway.delete_room(room)
    await gateway.aclose()


async def test_a_room_is_made_once(server: Server) -> None:
    name = server.name("made")
    first = await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    assert (first.name, first.sid[:3]) == (name, "RM_")
    assert first.created_ms > 1_600_000_000_000
    assert await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60) == first
    assert first in await server.gateway.list_rooms()


async def test_a_deleted_room_comes_back_as_another(server: Server) -> None:
    name = server.name("again")
    first = await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    await server.gateway.delete_room(name)
    assert name not in {room.name for room in await server.gateway.list_rooms()}
    second = await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    assert second.sid != first.sid


async def test_people_in_a_room_are_listed_and_can_be_removed(server: Server) -> None:
    name = server.name("people")
    await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    assert await server.gateway.list_participants(name) == []
    guest = await server.guest(name, ANN)
    (ann,) = await server.gateway.list_participants(name)
    assert (ann.identity, ann.sid[:3]) == (ANN, "PA_")
    assert ann.joined_ms > 1_600_000_000_000
    await server.gateway.remove_participant(name, ANN)

    async def is_empty() -> bool:
        return await server.gateway.list_participants(name) == []

    await until(is_empty, "ann was removed, but is still listed")
    await guest.leave()


async def test_people_hear_why_before_the_room_closes(server: Server) -> None:
    name = server.name("why")
    await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    guest = await server.guest(name, ANN)

    async def listens() -> bool:
        await server.gateway.send_data(name, topic="ping", payload=b"")
        return await guest.is_listening()

    await until(listens, "no data reaches a guest who has joined")
    payload = call_ended(CallId("c1"), EndReason.NO_AGENT)
    await server.gateway.send_data(name, topic=CALL_ENDED_TOPIC, payload=payload)
    await server.gateway.delete_room(name)
    assert [data for data in await guest.heard() if data[0] != "ping"] == [(CALL_ENDED_TOPIC, payload)]
    assert json.loads(payload)["endReason"] == "no_agent"
    await guest.leave()


async def test_a_dispatch_is_taken_though_nobody_is_there_to_hear_it(server: Server) -> None:
    name = server.name("dispatch")
    await server.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    for _ in range(2):
        await server.gateway.dispatch(name, agent_name="nobody", metadata='{"v":1}')


async def test_nothing_happens_to_a_room_that_is_not_there(server: Server) -> None:
    name = server.name("missing")
    await server.gateway.delete_room(name)
    await server.gateway.send_data(name, topic="t", payload=b"x")
    await server.gateway.remove_participant(name, ANN)
    assert await server.gateway.list_participants(name) == []


async def every_request_fails(gateway: LiveKitGateway, error: type[Exception]) -> None:
    room = MediaRoom("r")
    requests = (
        lambda: gateway.create_room(room, empty_timeout_s=1, departure_timeout_s=1),
        lambda: gateway.dispatch(room, agent_name="a", metadata=""),
        lambda: gateway.list_rooms(),
        lambda: gateway.list_participants(room),
        lambda: gateway.send_data(room, topic="t", payload=b""),
        lambda: gateway.delete_room(room),
        lambda: gateway.remove_participant(room, ANN),
    )
    for request in requests:
        with pytest.raises(error):
            await request()


async def test_a_fake_server_that_is_down() -> None:
    gateway = FakeGateway(FakeClock())
    gateway.down = True
    await every_request_fails(gateway, LiveKitUnavailable)


async def test_a_server_that_does_not_listen() -> None:
    gateway = LiveKitApiGateway(f"ws://127.0.0.1:{free_port()}", "devkey", "s" * 40)
    await every_request_fails(gateway, LiveKitUnavailable)
    await gateway.aclose()


async def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_api.adapters.livekit_gateway.REQUEST_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes the connection, nobody reads from it
        gateway = LiveKitApiGateway(f"ws://127.0.0.1:{silent.getsockname()[1]}", "devkey", "s" * 40)
        with pytest.raises(LiveKitUnavailable):
            await gateway.list_rooms()
        await gateway.aclose()


async def test_a_key_that_the_server_does_not_know(livekit: LiveKitServer) -> None:
    gateway = LiveKitApiGateway(livekit.url, livekit.api_key, "x" * 40)
    await every_request_fails(gateway, LiveKitRefused)
    await gateway.aclose()
