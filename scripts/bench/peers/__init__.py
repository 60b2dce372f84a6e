"""What is measured beside the worker. Each runs in an environment of its own (requirements/bench.txt), from this
folder, and knows nothing of the rest of the project.

All are given ``--livekit-url --livekit-key --livekit-secret --model-url --agent-name`` and end with SIGTERM.
"""
