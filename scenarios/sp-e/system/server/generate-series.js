'use strict';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const PAST_DAYS = 2;
const FORECAST_DAYS = 2;

/** A repeatable number in [0, 1) for one hour and one purpose (mulberry32, one step). */
function noise(hour, salt) {
  let state = (hour * 2654435761 + salt * 40503) >>> 0;
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

const round = (value) => Math.round(value * 10) / 10;

function estimate(time) {
  const hour = Math.floor(time / HOUR_MS);
  const hourOfDay = hour % 24;
  const dayOfYear = Math.floor(time / DAY_MS) % 365.25;
  const season = Math.cos((2 * Math.PI * (dayOfYear - 200)) / 365.25); // 1 in mid July
  const afternoon = Math.cos((2 * Math.PI * (hourOfDay - 15)) / 24); // 1 at its warmest
  const daylight = Math.max(0, Math.sin((Math.PI * (hourOfDay - 6)) / 12));
  return {
    temperature_2m: round(12 + 8 * season + 4 * afternoon + 2 * (noise(hour, 1) - 0.5)),
    shortwave_radiation: round(daylight * (450 + 250 * season) * (0.6 + 0.4 * noise(hour, 2))),
    wind_speed_10m: round(6 + 14 * noise(hour, 3)),
  };
}

/**
 * Estimated weather in the shape of Open-Meteo's `hourly`, two days back and two ahead.
 * Each figure is seeded by its own hour: the same hour always shows the same estimate.
 */
function generateSeries(now) {
  const first = Math.floor(now / DAY_MS) * DAY_MS - PAST_DAYS * DAY_MS;
  const series = { time: [], temperature_2m: [], shortwave_radiation: [], wind_speed_10m: [] };
  for (let i = 0; i < (PAST_DAYS + FORECAST_DAYS) * 24; i += 1) {
    const time = first + i * HOUR_MS;
    series.time.push(new Date(time).toISOString().slice(0, 16));
    for (const [name, value] of Object.entries(estimate(time))) series[name].push(value);
  }
  return series;
}

module.exports = { generateSeries, PAST_DAYS, FORECAST_DAYS };
