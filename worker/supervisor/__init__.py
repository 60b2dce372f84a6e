"""``python -m worker``, ``--processes N``: one or several worker processes as one.

The supervisor carries no audio and knows no call. It starts the processes, starts those again that end without having
been told to, replaces those that have grown (`renewal` says which, `renewer` does it), passes signals on, and answers
for all of them on one port. It imports neither LiveKit's SDK nor the model's: it is small, and what kills a worker does
not kill it.
"""
