"""Schemathesis against the real API over HTTP: every check, single requests and sequences of them."""
