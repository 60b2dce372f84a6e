"""Where recordings are kept: can it be reached, with the key that the settings hold."""

from __future__ import annotations

import os
from pathlib import Path

from control_api.doctor.findings import Finding, ok, problem, skipped
from control_api.recording_ports import MayNotLook, RecorderUnavailable
from control_api.recording_settings import store_address
from control_api.recording_wiring import bucket
from control_api.settings import Settings
from shared.store_address import StoreKind

NAME = "storage"
LOOKED_FOR = "doctor"
"""No recording lies there; asking for it needs the key all the same."""


async def check_storage(settings: Settings) -> Finding:
    address = store_address(settings, settings.env)
    if address is None:
        return skipped(
            NAME, "not configured: calls are not recorded.", "LIVEKIT_RECORDING_BUCKET says where to keep them."
        )
    if address.kind is StoreKind.FOLDER:
        return _check_folder(Path(address.name))
    try:
        await bucket(settings, address).exists(LOOKED_FOR)
    except MayNotLook:
        return ok(
            NAME,
            f"a bucket ({address.kind.value}) that answers, which the key may not list.",
            "With s3:ListBucket a file that somebody else put at an outputPath would be noticed.",
        )
    except RecorderUnavailable as error:
        return problem(
            NAME,
            f"the bucket of LIVEKIT_RECORDING_BUCKET cannot be used: {error}.",
            "See that it exists, that LIVEKIT_RECORDING_ENDPOINT can be reached, and that the key may use it "
            "(s3:GetObject, s3:DeleteObject; better s3:ListBucket too).",
        )
    return ok(NAME, f"a bucket ({address.kind.value}) that answers.")


def _check_folder(folder: Path) -> Finding:
    parent = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    if os.access(parent, os.W_OK):
        return ok(NAME, f"the folder {folder}.")
    return problem(NAME, f"{folder} cannot be written.", f"Let the user that runs API and workers write to {parent}.")
