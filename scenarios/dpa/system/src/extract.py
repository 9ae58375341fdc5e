"""Extract: the freight API over HTTP, and the files of the input folder. Judges no record."""

import json
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen

from deadline import deadline
from outcomes import SourceUnavailable

LARGEST_ANSWER = 50 * 1024 * 1024


@dataclass
class Raw:
    shipments: object  # the API's JSON document, whatever it is
    carriers: bytes
    standing_orders: bytes


def extract(settings, day):
    return Raw(
        shipments=fetch_shipments(settings.freight_url, day, settings.freight_timeout),
        carriers=read_input(settings.input_dir / "carriers.csv"),
        standing_orders=read_input(settings.input_dir / "standing_orders.csv"),
    )


def fetch_shipments(url, day, timeout):
    try:
        with deadline(timeout):
            with urlopen(f"{url}/v1/shipments?day={day}") as response:
                if response.status != 200:
                    raise SourceUnavailable(f"freight API: HTTP {response.status}")
                data = response.read(LARGEST_ANSWER + 1)
    except HTTPError as error:
        raise SourceUnavailable(f"freight API: HTTP {error.code}") from error
    except (OSError, HTTPException) as error:
        raise SourceUnavailable(f"freight API: {reason_of(error)}") from error
    if response.length or len(data) > LARGEST_ANSWER:
        raise SourceUnavailable("freight API: the answer is cut short or too large")
    try:
        return json.loads(data)
    except ValueError as error:
        raise SourceUnavailable("freight API: the answer is not JSON") from error


def reason_of(error):
    cause = getattr(error, "reason", error)  # urllib wraps what happened while connecting
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def read_input(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(f"{path.name}: {error.strerror}") from error
