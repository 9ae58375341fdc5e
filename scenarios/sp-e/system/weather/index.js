'use strict';

// A stand-in for Open-Meteo, which is outside the system: the same request, the same JSON shape.

const http = require('node:http');

const PORT = Number(process.env.PORT || 4010);
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

const wave = (hour, warmest) => Math.cos((2 * Math.PI * (hour - warmest)) / 24);
const round = (value) => Math.round(value * 10) / 10;

const VARIABLES = {
  temperature_2m: { unit: '°C', at: (hour, day) => 11 + 5 * wave(hour, 15) + (day % 5) },
  shortwave_radiation: { unit: 'W/m²', at: (hour) => Math.max(0, 520 * wave(hour, 13)) },
  wind_speed_10m: { unit: 'km/h', at: (hour, day) => 9 + 3 * wave(hour, 17) + (day % 3) },
};

function hourlySeries(names, pastDays, forecastDays) {
  const today = Math.floor(Date.now() / DAY_MS);
  const series = { time: [] };
  for (const name of names) series[name] = [];
  for (let day = today - pastDays; day < today + forecastDays; day += 1) {
    for (let hour = 0; hour < 24; hour += 1) {
      series.time.push(new Date(day * DAY_MS + hour * HOUR_MS).toISOString().slice(0, 16));
      for (const name of names) series[name].push(round(VARIABLES[name].at(hour, day)));
    }
  }
  return series;
}

function forecast(query) {
  const startedAt = performance.now();
  const latitude = Number(query.get('latitude') ?? NaN);
  const longitude = Number(query.get('longitude') ?? NaN);
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    return [400, { error: true, reason: 'Latitude and longitude are required and must be valid.' }];
  }
  const names = (query.get('hourly') ?? '').split(',').filter(Boolean);
  const unknown = names.find((name) => !(name in VARIABLES));
  if (unknown) return [400, { error: true, reason: `Unknown variable ${unknown}.` }];

  const days = (name, fallback) => Math.min(16, Math.max(0, Number(query.get(name) ?? fallback)));
  const hourly = hourlySeries(names, days('past_days', 0), days('forecast_days', 7));
  const units = { time: 'iso8601' };
  for (const name of names) units[name] = VARIABLES[name].unit;
  return [
    200,
    {
      latitude,
      longitude,
      generationtime_ms: performance.now() - startedAt,
      utc_offset_seconds: 0,
      timezone: 'GMT',
      timezone_abbreviation: 'GMT',
      elevation: 38,
      hourly_units: units,
      hourly,
    },
  ];
}

function answer(url) {
  if (url.pathname === '/v1/forecast') return forecast(url.searchParams);
  if (url.pathname === '/health') return [200, { status: 'ok' }];
  return [404, { error: true, reason: 'Not Found' }];
}

const server = http.createServer((request, response) => {
  const [status, body] = answer(new URL(request.url, 'http://localhost'));
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
});
server.listen(PORT, '127.0.0.1', () => {
  process.stdout.write(`weather listening on ${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
