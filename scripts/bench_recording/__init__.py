"""``make bench-recording``: what recording costs."""
