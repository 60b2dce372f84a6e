"""An offline server that speaks the OpenAI Realtime WebSocket protocol.

Run it with ``python -m scripts.local_realtime``; ``docs/local-realtime.md`` says what it does.
Nothing is imported here, so that a script-driven start pays for no model.
"""
