"""Configuration from the environment: everything that is wrong is named at once."""

import math
import os
import sys

EXIT_CONFIGURATION = 78


class Environment:
    def __init__(self):
        self._missing = []
        self._wrong = []

    def text(self, name):
        value = os.environ.get(name, "")
        if not value:
            self._missing.append(name)
        return value

    def url(self, name, *schemes):
        value = self.text(name)
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            self._wrong.append(f"{name} must begin with {' or '.join(schemes)}://")
        return value

    def whole(self, name, default):
        return self._number(name, default, int, "a whole number from 0")

    def seconds(self, name, default_ms, least_ms=0):
        """Variables end in _MS and hold milliseconds; Python waits in seconds."""
        wanted = f"a whole number of milliseconds from {least_ms}"
        return self._number(name, default_ms, int, wanted, least_ms) / 1000

    def share(self, name, default):
        return self._number(name, default, float, "a number from 0 to 1", most=1)

    def check(self):
        """Ends the program when anything is missing or wrong."""
        problems = list(self._wrong)
        if self._missing:
            problems.insert(0, f"missing in the environment: {', '.join(self._missing)}")
        if problems:
            print("\n".join(problems), file=sys.stderr, flush=True)
            sys.exit(EXIT_CONFIGURATION)

    def _number(self, name, default, kind, wanted, least=0, most=math.inf):
        text = os.environ.get(name) or str(default)
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if least <= value <= most:
            return value
        self._wrong.append(f'{name} must be {wanted}, not "{text}"')
        return default
