"""What records and where it is kept, from the settings: the part of the composition root that names their adapters."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from control_api.adapters.folder_storage import FolderStorage
from control_api.adapters.livekit_egress import LiveKitEgress
from control_api.adapters.object_storage import ObjectStorage
from control_api.ports import CallStore
from control_api.public_links import origin_of, store_origins, why_closed
from control_api.recording_links import derived_key
from control_api.recording_settings import store_address
from control_api.services.egress_recorder import EgressRecorder
from control_api.services.recordings import FileLinks, PeaksLinks, RecordingBackend
from control_api.settings import Settings
from shared.clock import Clock
from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind


def recording_backend(settings: Settings, store: CallStore, clock: Clock) -> RecordingBackend | None:
    """None: nothing is recorded. Must be called inside a running event loop; its recorder must be closed."""
    address = store_address(settings, settings.env)
    if address is None:
        return None
    if address.kind is StoreKind.FOLDER:
        return _in_folder(settings, address, clock)
    egress = _egress(settings, address, store, clock) if settings.recording_backend == "egress" else None
    has_notice = settings.recording_notice == "spoken"
    return RecordingBackend(bucket(settings, address), egress, peaks=_peaks(settings), has_notice=has_notice)


def _peaks(settings: Settings) -> PeaksLinks | None:
    """None: nobody has told where browsers reach us."""
    base_url = _own_url(settings)
    is_known = settings.public_url is not None or settings.clerk_issuer is None  # the latter: all on one machine
    return PeaksLinks(_link_key(settings), base_url) if is_known and why_closed(base_url) is None else None


def _own_url(settings: Settings) -> str:
    """Where links to ourselves lead."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


def _link_key(settings: Settings) -> bytes:
    # Without the secret no call can be made either: links of this process only.
    secret = settings.livekit_api_secret
    return derived_key(secrets.token_hex() if secret is None else secret.get_secret_value())


def bucket(settings: Settings, address: StoreAddress) -> ObjectStorage:
    """Of any kind but a folder."""
    access = s3_access(settings)
    return ObjectStorage(address, access, replace(access, endpoint=settings.link_endpoint))


def _egress(settings: Settings, address: StoreAddress, store: CallStore, clock: Clock) -> EgressRecorder | None:
    host, key, secret = settings.livekit_host, settings.livekit_api_key, settings.livekit_api_secret
    if host is None or key is None or secret is None:
        return None  # and no call can be made
    url = settings.livekit_internal_url or host
    gateway = LiveKitEgress(url, key, secret.get_secret_value(), address, s3_access(settings))
    return EgressRecorder(store, gateway, address.prefix, clock)


def _in_folder(settings: Settings, address: StoreAddress, clock: Clock) -> RecordingBackend:
    key = _link_key(settings)
    storage = FolderStorage(Path(address.name), key, _own_url(settings), clock)
    has_notice = settings.recording_notice == "spoken"
    return RecordingBackend(storage, links=FileLinks(key, storage), has_notice=has_notice)


def link_origins(settings: Settings) -> tuple[str, ...]:
    """Of the links to recordings. A page may have been opened by another name of this API than its links have
    (``localhost``)."""
    address = store_address(settings, settings.env)
    if address is None:
        return ()
    if address.kind is StoreKind.FOLDER:
        return (origin_of(_own_url(settings)),)
    return store_origins(address, region=settings.recording_region, endpoint=settings.link_endpoint)


def s3_access(settings: Settings) -> S3Access:
    secret, token = settings.aws_secret_access_key, settings.aws_session_token
    return S3Access(
        region=settings.recording_region,
        endpoint=settings.recording_endpoint,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=None if secret is None else secret.get_secret_value(),
        session_token=None if token is None else token.get_secret_value(),
    )
