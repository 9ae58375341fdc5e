"""Transform: from raw inputs to facts. Counts bad records, and stops the run when they are many."""

from dataclasses import dataclass

import pandas as pd

from outcomes import InputUnusable, TooManyBad
from structure import CARRIER, STANDING_ORDER, csv_table, shipments_table

MOST_BAD_PERCENT = 30
HEAVIEST_KG = 1e6
DEAREST_EUR = 1e8


@dataclass
class Transformed:
    facts: pd.DataFrame
    carriers: pd.DataFrame
    records_read: int
    bad_records: int

    def refuse_if_mostly_bad(self):
        """In whole numbers, so that exactly 30 % is not above 30 %."""
        if self.records_read == 0:
            raise InputUnusable("no record at all")
        if 100 * self.bad_records > MOST_BAD_PERCENT * self.records_read:
            raise TooManyBad(
                f"{self.bad_records} of {self.records_read} records are bad,"
                f" more than {MOST_BAD_PERCENT} %"
            )


def transform(raw, day):
    carriers = carriers_table(raw.carriers)
    records = pd.concat(
        [
            shipments_table(raw.shipments, day).assign(source="api"),
            standing_orders_of(raw.standing_orders, day).assign(source="file"),
        ],
        ignore_index=True,
    )
    facts = good_facts(records, day, set(carriers["code"]))
    return Transformed(facts, carriers, len(records), len(records) - len(facts))


def carriers_table(data):
    """A reference and not records: one bad line makes all of it doubtful."""
    table = csv_table(data, "carriers.csv", CARRIER)
    texts = table.apply(lambda column: column.map(text_or_none))
    if texts.isna().any(axis=None) or texts["code"].duplicated().any():
        raise InputUnusable("carriers.csv: a code or name is empty, or a code stands there twice")
    return texts


def standing_orders_of(data, day):
    """Orders that are shipped every day: each of them is a shipment of this day."""
    orders = csv_table(data, "standing_orders.csv", STANDING_ORDER)
    references = orders.pop("order_ref").map(text_or_none)
    orders["ref"] = references.map(lambda order: order and f"{order}-{day:%Y%m%d}")
    return orders.assign(day=day.isoformat())


def good_facts(records, day, known_carriers):
    weight = records["weight_kg"].map(number_or_nan)
    price = records["price_eur"].map(number_or_nan)
    facts = pd.DataFrame({
        "shipment_ref": records["ref"].map(text_or_none),
        "day": day,
        "carrier": records["carrier"].map(text_or_none),
        "destination": records["destination"].map(text_or_none),
        "source": records["source"],
    })
    good = (
        facts.notna().all(axis=1)
        & facts["carrier"].isin(known_carriers)
        & records["day"].map(lambda value: value == day.isoformat())
        & weight.between(0.001, HEAVIEST_KG)
        & price.between(0, DEAREST_EUR)
    )
    # Whole grams and cents: sums are exact, whatever their order.
    facts = facts[good].assign(
        weight_g=(weight[good] * 1000).round().astype("int64"),
        cost_cents=(price[good] * 100).round().astype("int64"),
    )
    return facts.drop_duplicates("shipment_ref")  # the first one is kept, a repetition is bad


def text_or_none(value):
    """Printable only: no database column takes a zero byte or half a character."""
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    return None


def number_or_nan(value):
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    return float("nan")
