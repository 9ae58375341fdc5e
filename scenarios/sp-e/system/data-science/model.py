"""Day-ahead load: least squares of the load on heating need and hour of the day."""

import math
from datetime import datetime, timedelta, timezone

HORIZON_HOURS = 24
HEATING_BELOW = 18.0  # °C; warmer than this, a building needs no heating
MILD_WEATHER = 12.0  # °C; assumed for an hour that the forecast does not cover
FEWEST_SAMPLES = 12
DEFAULT_WEIGHTS = [120.0, 3.0, -10.0, -25.0]


def hour_key(text):
    """'2026-01-31T14:00' and '2026-01-31T14:00:00.000Z' name the same UTC hour."""
    return text[:13]


def features(key, temperature):
    angle = 2 * math.pi * int(key[11:13]) / 24
    return [1.0, max(0.0, HEATING_BELOW - temperature), math.sin(angle), math.cos(angle)]


def solve(matrix, right):
    """Gaussian elimination with partial pivoting; the matrix is square and regular."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            for k in range(column, size + 1):
                rows[row][k] -= factor * rows[column][k]
    solution = [0.0] * size
    for row in reversed(range(size)):
        known = sum(rows[row][k] * solution[k] for k in range(row + 1, size))
        solution[row] = (rows[row][size] - known) / rows[row][row]
    return solution


def fit(samples):
    """Weights by the normal equations; a light ridge keeps them regular in constant weather."""
    size = len(DEFAULT_WEIGHTS)
    matrix = [[0.01 if i == j else 0.0 for j in range(size)] for i in range(size)]
    right = [0.0] * size
    for row, load in samples:
        for i in range(size):
            right[i] += row[i] * load
            for j in range(size):
                matrix[i][j] += row[i] * row[j]
    return solve(matrix, right)


def predict(history, weather, now=None):
    """history: [{time, kw}]; weather: {time: [], temperature_2m: []}, both hourly and in UTC."""
    now = now or datetime.now(timezone.utc)
    temperature = {
        hour_key(time): float(value)
        for time, value in zip(weather["time"], weather["temperature_2m"])
    }
    samples = [
        (features(key, temperature[key]), float(row["kw"]))
        for row in history
        if (key := hour_key(row["time"])) in temperature
    ]
    enough = len(samples) >= FEWEST_SAMPLES
    weights = fit(samples) if enough else DEFAULT_WEIGHTS

    first = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    values = []
    for offset in range(HORIZON_HOURS):
        key = hour_key((first + timedelta(hours=offset)).isoformat())
        row = features(key, temperature.get(key, MILD_WEATHER))
        load = sum(weight * value for weight, value in zip(weights, row))
        values.append(round(max(0.0, load), 2))
    return {
        "generated_at": now.isoformat(timespec="milliseconds"),
        "model": "least-squares" if enough else "default-profile",
        "first_hour": first.isoformat(),
        "horizon_hours": HORIZON_HOURS,
        "values": values,
    }
