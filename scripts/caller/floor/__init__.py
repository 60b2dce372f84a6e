"""The media floor: the same callers against an agent without any model, to know what the model's path costs."""
