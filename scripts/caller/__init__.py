"""A simulated caller: it joins a call with real audio, speaks, listens, measures, and prints what the API recorded."""
