"""The reference that is made from code: docs/openapi.json, docs/errors.md, types/voice.ts."""
