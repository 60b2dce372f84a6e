"""Settings come from the environment; this is how their problems are told: all at once, by name, never by value."""

from __future__ import annotations

from collections.abc import Iterable


class SettingsError(SystemExit):
    """Ends the process with status 2 and one line per problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = sorted(problems)
        super().__init__(2)

    def __str__(self) -> str:
        return "\n".join(["The settings cannot be used:", *(f"  - {problem}" for problem in self.problems)])
