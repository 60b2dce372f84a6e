"""``python -m control_api doctor``: is everything there that a call needs, and what to do where it is not."""
