"""The OpenAPI document as a file: one line for each fact, so that a change of the API can be read in a diff."""

from __future__ import annotations

import json

from control_api.app import OPERATIONS
from control_api.openapi.document import build_document


def render() -> str:
    return json.dumps(build_document(OPERATIONS), ensure_ascii=False, indent=1) + "\n"
