"""Notices what no failure reports: the night the job never started, and the run that hangs.

A process of its own, because the scheduler cannot report that it is dead.
"""

import time
from datetime import datetime, timezone

import psycopg2

from alert import send_alert
from bounded_waits import bound_waits
from environment import Environment
from json_server import JsonServer, end_at_signals
from schedule import Schedule

QUESTION = """SELECT
  EXISTS (SELECT FROM batch_log WHERE started_at < to_timestamp(%(slot)s)) AS begun,
  EXISTS (SELECT FROM batch_log WHERE outcome = 'loaded' AND day >= %(day)s
          AND finished_at >= to_timestamp(%(slot)s)) AS loaded,
  EXISTS (SELECT FROM batch_log WHERE outcome = 'running'
          AND started_at < now() - make_interval(secs => %(hung_after)s)) AS hung"""


class Watch:
    def __init__(self, env):
        self.alert_url = env.url("ALERT_URL", "http", "https")
        self.alert_timeout = env.seconds("ALERT_TIMEOUT_MS", 2000)
        self._warehouse_url = env.url("WAREHOUSE_URL", "postgresql")
        self._timeout = env.seconds("QUERY_TIMEOUT_MS", 2000)
        self._absent_after = env.seconds("ABSENT_AFTER_MS", 2 * 3600 * 1000)
        self._hung_after = env.seconds("HUNG_AFTER_MS", 3600 * 1000)
        self._look_every = env.seconds("LOOK_EVERY_MS", 60 * 1000, least_ms=1)
        self._schedule = Schedule(env)
        self._state = {"state": "not looked yet"}

    def status(self, *_):
        return 200, self._state

    def work(self):
        bound_waits(self._timeout)
        while True:
            self._look()
            time.sleep(self._look_every)

    def _look(self):
        """By now, the slot that is `absent_after` old must have been followed by a load."""
        now = time.time()
        slot = self._schedule.latest(now - self._absent_after)
        day = self._schedule.day_of(slot)
        state, reason = self._judge(day, slot)
        known = (self._state["state"], self._state.get("expected_day"))
        self._state = {
            "state": state,
            "reason": reason,
            "expected_day": day.isoformat(),
            "checked_at": datetime.fromtimestamp(now, timezone.utc).isoformat(),
        }
        if known == (state, day.isoformat()):
            return
        print(f"watch: {state}: {reason}", flush=True)
        if state != "nominal":
            send_alert(self, f"nightly load {state}", day=day.isoformat(), reason=reason)

    def _judge(self, day, slot):
        try:
            begun, loaded, hung = self._ask(day, slot)
        except psycopg2.Error as error:
            return "unknown", f"the warehouse does not answer: {' '.join(str(error).split())}"
        if hung:
            return "hung", f"a run has been going on for more than {self._hung_after:g} s"
        if loaded:
            return "nominal", f"{day} is loaded"
        if not begun:
            return "nominal", "no batch had been started by then: nothing is expected yet"
        return "absent", f"no batch has loaded {day} since it was due"

    def _ask(self, day, slot):
        connection = psycopg2.connect(self._warehouse_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(QUESTION, {"day": day, "slot": slot, "hung_after": self._hung_after})
                return cursor.fetchone()
        finally:
            connection.close()


def main():
    env = Environment()
    port = env.whole("PORT", 4102)
    watch = Watch(env)
    env.check()
    end_at_signals()
    JsonServer("watch", port, {"GET /status": watch.status}).serve_in_background()
    watch.work()


if __name__ == "__main__":
    main()
