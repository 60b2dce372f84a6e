"""`EgressGateway` over livekit-api."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
from google.protobuf.json_format import MessageToDict
from livekit import api

from control_api.egress_facts import EgressSeen, read_egress
from control_api.recording_ports import EgressGateway, RecorderUnavailable
from shared.ids import MediaRoom
from shared.proxies import proxy_of
from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind

T = TypeVar("T")
REQUEST_TIMEOUT_S = 2.5
_FILE_TYPES = {"mp4": api.EncodedFileType.MP4, "ogg": api.EncodedFileType.OGG}


class LiveKitEgress(EgressGateway):
    """Must be made inside a running event loop, and closed: it owns an HTTP session."""

    def __init__(self, url: str, api_key: str, api_secret: str, address: StoreAddress, access: S3Access) -> None:
        self._session = aiohttp.ClientSession(proxy=proxy_of(url))
        self._api = api.LiveKitAPI(url, api_key, api_secret, session=self._session, failover=False)
        self._address = address
        self._access = access

    async def start(self, room: MediaRoom, path: str, file_type: str) -> EgressSeen:
        request = api.RoomCompositeEgressRequest(
            room_name=room, audio_only=True, file_outputs=[self._output(path, file_type)]
        )
        return _known(await _asked(self._api.egress.start_room_composite_egress(request)))

    async def stop(self, external_id: str) -> None:
        try:
            await _asked(self._api.egress.stop_egress(api.StopEgressRequest(egress_id=external_id)))
        except _Refused as refused:
            # It is over, or nobody knows it (any more): what became of it, the list says.
            if refused.code not in ("not_found", "failed_precondition"):
                raise

    async def running(self) -> list[EgressSeen]:
        return await self._list(api.ListEgressRequest(active=True))

    async def find(self, external_id: str) -> EgressSeen | None:
        found = await self._list(api.ListEgressRequest(egress_id=external_id))
        return found[0] if found else None

    async def aclose(self) -> None:
        await self._session.close()

    async def _list(self, request: api.ListEgressRequest) -> list[EgressSeen]:
        answer = await _asked(self._api.egress.list_egress(request))
        return [seen for seen in map(_seen, answer.items) if seen is not None]

    def _output(self, path: str, file_type: str) -> api.EncodedFileOutput:
        output = api.EncodedFileOutput(file_type=_FILE_TYPES[file_type], disable_manifest=True)
        output.filepath = f"{self._address.prefix}/{path}" if self._address.prefix else path
        match self._address.kind:
            case StoreKind.S3:
                output.s3.CopyFrom(self._s3())
            case StoreKind.GOOGLE:
                output.gcp.bucket = self._address.name  # with the credentials that the Egress service has
            case StoreKind.AZURE:
                output.azure.container_name = self._address.name
            case StoreKind.FOLDER:
                raise ValueError("egress writes into a bucket")
        return output

    def _s3(self) -> api.S3Upload:
        access = self._access
        return api.S3Upload(
            bucket=self._address.name,
            region=access.region or "",
            endpoint=access.endpoint or "",
            force_path_style=access.endpoint is not None,
            access_key=access.access_key_id or "",
            secret=access.secret_access_key or "",
            session_token=access.session_token or "",
        )


class _Refused(RecorderUnavailable):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def _asked(request: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await request
    except api.TwirpError as error:
        raise _Refused(error.code) from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise RecorderUnavailable(type(error).__name__) from None


def _seen(info: api.EgressInfo) -> EgressSeen | None:
    """By the same way as a webhook's."""
    return read_egress(MessageToDict(info))


def _known(info: api.EgressInfo) -> EgressSeen:
    seen = _seen(info)
    if seen is None:
        raise RecorderUnavailable("the answer of the Egress service cannot be understood")
    return seen
