"""Looks into the warehouse over HTTP and changes nothing in it."""

from datetime import date

import psycopg2
from psycopg2.extras import RealDictCursor

import questions
from bounded_waits import bound_waits
from environment import Environment
from json_server import BadRequest, serve


class WarehouseApi:
    def __init__(self, url):
        self._url = url

    def facts(self, query, _):
        try:
            day = date.fromisoformat(query["day"]) if "day" in query else None
        except ValueError as error:
            raise BadRequest("day must be YYYY-MM-DD") from error
        return self._answer(lambda: self._ask(questions.FACTS, day=day)[0])

    def batches(self, query, _):
        try:
            limit = int(query.get("limit", 20))
        except ValueError as error:
            raise BadRequest("limit must be a whole number") from error
        limit = max(1, min(limit, 1000))
        return self._answer(lambda: {"batches": self._ask(questions.BATCHES, limit=limit)})

    def consistency(self, *_):
        def count():
            found = self._ask(questions.CONSISTENCY)[0]
            return {"violations": sum(found.values()), **found}

        return self._answer(count)

    @staticmethod
    def _answer(work):
        try:
            return 200, work()
        except psycopg2.Error as error:
            return 503, {"error": "warehouse unavailable", "reason": " ".join(str(error).split())}

    def _ask(self, question, **values):
        """On a connection of its own: nothing has to be found broken before it is made anew."""
        connection = psycopg2.connect(self._url, cursor_factory=RealDictCursor)
        try:
            with connection.cursor() as cursor:
                cursor.execute(question, values)
                return cursor.fetchall()
        finally:
            connection.close()


def main():
    env = Environment()
    port = env.whole("PORT", 4101)
    url = env.url("WAREHOUSE_URL", "postgresql")
    timeout = env.seconds("QUERY_TIMEOUT_MS", 2000)
    env.check()
    bound_waits(timeout)
    api = WarehouseApi(url)
    serve("api", port, {
        "GET /facts": api.facts,
        "GET /batches": api.batches,
        "GET /consistency": api.consistency,
    })


if __name__ == "__main__":
    main()
