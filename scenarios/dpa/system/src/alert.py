"""Alerts go out as a POST. One that does not arrive is said in the log, and stops nothing."""

import json
import sys
from http.client import HTTPException
from urllib.request import Request, urlopen

from batch import now
from deadline import deadline


def send_alert(settings, what, level=1, **details):
    """Level 1 is the person on call, level 2 whoever takes over when the first recovery fails."""
    body = {"level": level, "what": what, "at": now().isoformat(), **details}
    request = Request(
        settings.alert_url,
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with deadline(settings.alert_timeout):
            urlopen(request).close()
    except (OSError, ValueError, HTTPException) as error:
        print(f"alert not delivered: {error}: {body}", file=sys.stderr, flush=True)
