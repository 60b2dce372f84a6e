"""What records and where it is kept, from the settings: the part of the composition root that names their adapters."""

from __future__ import annotations

import secrets
from pathlib import Path

from control_api.adapters.folder_storage import FolderStorage
from control_api.adapters.object_storage import ObjectStorage, S3Access
from control_api.recording_links import derived_key
from control_api.recording_settings import store_address
from control_api.services.recordings import FileLinks, RecordingBackend
from control_api.settings import Settings
from shared.clock import Clock
from shared.store_address import StoreAddress, StoreKind


def recording_backend(settings: Settings, clock: Clock) -> RecordingBackend | None:
    """None: nothing is recorded."""
    address = store_address(settings, settings.env)
    if address is None:
        return None
    if address.kind is StoreKind.FOLDER:
        return _in_folder(settings, address, clock)
    return RecordingBackend(ObjectStorage(address, s3_access(settings)))


def _in_folder(settings: Settings, address: StoreAddress, clock: Clock) -> RecordingBackend:
    # Without the secret no call can be made either: links of this process only.
    secret = settings.livekit_api_secret
    key = derived_key(secrets.token_hex() if secret is None else secret.get_secret_value())
    base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    storage = FolderStorage(Path(address.name), key, base_url, clock)
    return RecordingBackend(storage, links=FileLinks(key, storage))


def s3_access(settings: Settings) -> S3Access:
    secret, token = settings.aws_secret_access_key, settings.aws_session_token
    return S3Access(
        region=settings.recording_region,
        endpoint=settings.recording_endpoint,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=None if secret is None else secret.get_secret_value(),
        session_token=None if token is None else token.get_secret_value(),
    )
