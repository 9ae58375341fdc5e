"""The structure of the inputs: whatever does not have it is refused whole, before any record."""

import io
import re

import pandas as pd

from outcomes import InputUnusable

SHIPMENT = ["ref", "day", "carrier", "destination", "weight_kg", "price_eur"]
CARRIER = ["code", "name"]
STANDING_ORDER = ["order_ref", "carrier", "destination", "weight_kg", "price_eur"]


def shipments_table(document, day):
    """From {"day", "count", "shipments": [{…}]}. A single record may lack a field: it is bad."""
    if not isinstance(document, dict) or not isinstance(document.get("shipments"), list):
        raise InputUnusable("shipments: not a list of shipments")
    shipments = document["shipments"]
    if document.get("day") != day.isoformat():
        raise InputUnusable(f"shipments: for the day {document.get('day')}, asked for {day}")
    if document.get("count") != len(shipments):
        raise InputUnusable(
            f"shipments: {document.get('count')} announced, {len(shipments)} received"
        )
    if not all(isinstance(shipment, dict) for shipment in shipments):
        raise InputUnusable("shipments: an entry is not an object")
    known = set().union(*shipments)
    lacking = [name for name in SHIPMENT if name not in known]
    if shipments and lacking:
        raise InputUnusable(f"shipments: no entry has {', '.join(lacking)}")
    return pd.DataFrame(shipments, columns=SHIPMENT, dtype=object)


def csv_table(data, name, columns):
    """The last line is END and the number of lines before it: a file cut short is noticed."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputUnusable(f"{name}: not text in UTF-8") from error
    body, _, last = text.rstrip("\r\n").rpartition("\n")
    end = re.fullmatch(r"END,(\d{1,9})\r?", last)
    if not end:
        raise InputUnusable(f"{name}: no END line, the file is cut short")
    try:
        table = pd.read_csv(io.StringIO(body), dtype=object, keep_default_na=False)
    except ValueError as error:  # pandas' own errors are ValueErrors
        raise InputUnusable(f"{name}: not CSV: {error}") from error
    # Lines that are longer than the header make pandas take their first fields for an index.
    shifted = len(table) > 0 and not isinstance(table.index, pd.RangeIndex)
    if list(table.columns) != columns or shifted:
        raise InputUnusable(f"{name}: the columns are not {', '.join(columns)}")
    if len(table) != int(end[1]):
        raise InputUnusable(f"{name}: {end[1]} lines announced, {len(table)} found")
    return table
