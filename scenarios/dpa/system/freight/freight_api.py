"""A stand-in for the freight API, which is outside the system: a day has the same shipments always.

GET /v1/shipments?day=YYYY-MM-DD; PUT /bad-share {"share": 0.31} spoils that share from now on.
"""

from datetime import date
from random import Random

from environment import Environment
from json_server import BadRequest, serve

CARRIERS = ["AIR", "COA", "EXP", "GRP", "PAL", "RAI", "RIV", "SEA"]
DESTINATIONS = ["FR-13", "FR-31", "FR-33", "FR-44", "FR-59", "FR-69", "FR-75", "BE-VAN", "CH-GE",
                "DE-HH", "ES-PV", "GB-LND", "IT-MI", "LU-LU", "NL-ZH"]


def lose_price(shipment):
    del shipment["price_eur"]


# Every way in which a record is bad, in turn.
SPOILERS = [
    lambda shipment: shipment.update(weight_kg=-shipment["weight_kg"]),
    lambda shipment: shipment.update(weight_kg="heavy"),
    lambda shipment: shipment.update(carrier="NOBODY"),
    lambda shipment: shipment.update(destination=" "),
    lambda shipment: shipment.update(day="1999-12-31"),
    lambda shipment: shipment.update(ref=None),
    lose_price,
]


def shipments_of(day, count, bad):
    chance = Random(f"shipments of {day}")
    shipments = []
    for number in range(count):
        weight = round(chance.uniform(0.5, 900), 3)
        shipments.append({
            "ref": f"SH-{day:%Y%m%d}-{number:05d}",
            "day": day.isoformat(),
            "carrier": chance.choice(CARRIERS),
            "destination": chance.choice(DESTINATIONS),
            "weight_kg": weight,
            "price_eur": round(4.9 + weight * chance.uniform(0.2, 0.6), 2),
        })
    for turn, place in enumerate(chance.sample(range(count), bad)):
        SPOILERS[turn % len(SPOILERS)](shipments[place])
    return shipments


class FreightApi:
    def __init__(self, count, bad_share):
        self._count = count
        self._bad_share = bad_share

    def shipments(self, query, _):
        try:
            day = date.fromisoformat(query.get("day", ""))
        except ValueError as error:
            raise BadRequest("day must be YYYY-MM-DD") from error
        found = shipments_of(day, self._count, round(self._count * self._bad_share))
        return 200, {"day": day.isoformat(), "count": len(found), "shipments": found}

    def set_bad_share(self, _, body):
        share = body.get("share") if isinstance(body, dict) else None
        if not isinstance(share, (int, float)) or not 0 <= share <= 1:
            raise BadRequest("share must be a number from 0 to 1")
        self._bad_share = share
        return 200, {"share": share}


def main():
    env = Environment()
    port = env.whole("PORT", 4110)
    api = FreightApi(env.whole("SHIPMENTS", 2980), env.share("BAD_SHARE", 0.0))
    env.check()
    serve("freight", port, {
        "GET /v1/shipments": api.shipments,
        "PUT /bad-share": api.set_bad_share,
    })


if __name__ == "__main__":
    main()
