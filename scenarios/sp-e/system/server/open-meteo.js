'use strict';

const { PAST_DAYS, FORECAST_DAYS } = require('./generate-series');

// What a thermometer, a pyranometer and an anemometer can possibly read.
const PLAUSIBLE = {
  temperature_2m: [-90, 60],
  shortwave_radiation: [0, 1500],
  wind_speed_10m: [0, 450],
};
const VARIABLES = Object.keys(PLAUSIBLE);

function forecastUrl(base) {
  const url = new URL('/v1/forecast', base);
  url.search = new URLSearchParams({
    latitude: '48.85',
    longitude: '2.35',
    hourly: VARIABLES.join(','),
    past_days: PAST_DAYS,
    forecast_days: FORECAST_DAYS,
    timezone: 'GMT',
  });
  return url;
}

/** Open-Meteo names an hour "2026-01-31T14:00", without a zone: we ask for GMT. */
function currentHour(now) {
  return `${new Date(now).toISOString().slice(0, 13)}:00`;
}

/** Returns the `hourly` part of an answer, or throws with what is wrong with it. */
function readForecast(answer, now) {
  const hourly = answer?.hourly;
  if (!Array.isArray(hourly?.time)) throw new Error('answer is not an Open-Meteo forecast');
  for (const name of VARIABLES) {
    const values = hourly[name];
    const [least, most] = PLAUSIBLE[name];
    if (!Array.isArray(values) || values.length !== hourly.time.length) {
      throw new Error(`forecast has no complete ${name}`);
    }
    if (!values.every((value) => typeof value === 'number' && value >= least && value <= most)) {
      throw new Error(`forecast has an impossible ${name}`);
    }
  }
  if (!hourly.time.includes(currentHour(now))) {
    throw new Error('forecast does not cover the present hour');
  }
  return hourly;
}

/** The figures of one hourly series for the present hour. */
function figuresAt(hourly, now) {
  const index = hourly.time.indexOf(currentHour(now));
  if (index < 0) return null;
  const figures = { time: hourly.time[index] };
  for (const name of VARIABLES) figures[name] = hourly[name][index];
  return figures;
}

module.exports = { forecastUrl, readForecast, figuresAt };
