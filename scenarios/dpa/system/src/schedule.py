"""When the nightly job is due, and for which day."""

import math
from datetime import datetime, timedelta, timezone


def yesterday():
    return (datetime.now(timezone.utc) - timedelta(days=1)).date()


class Schedule:
    """Due times ("slots") are `offset` seconds after every multiple of `period`, in UTC."""

    def __init__(self, env):
        self._period = env.seconds("PERIOD_MS", 24 * 3600 * 1000, least_ms=1)
        self._offset = env.seconds("PERIOD_OFFSET_MS", 2 * 3600 * 1000)

    def latest(self, now):
        """The last slot up to `now`; both in seconds since 1970."""
        return math.floor((now - self._offset) / self._period) * self._period + self._offset

    def next(self, now):
        return self.latest(now) + self._period

    @staticmethod
    def day_of(slot):
        """The night after a day loads that day."""
        return (datetime.fromtimestamp(slot, timezone.utc) - timedelta(days=1)).date()
