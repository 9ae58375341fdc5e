'use strict';

const path = require('node:path');

function milliseconds(name, fallback) {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new Error(`${name} must be a whole number of milliseconds above 0, not "${text}"`);
  }
  return value;
}

const env = process.env;

module.exports = {
  port: Number(env.PORT || 4000),
  weather: {
    url: env.WEATHER_URL || 'http://127.0.0.1:4010',
    timeoutMs: milliseconds('WEATHER_TIMEOUT_MS', 5000),
    refreshMs: milliseconds('WEATHER_REFRESH_MS', 60000),
  },
  predictions: {
    url: env.PREDICTOR_URL || 'http://127.0.0.1:4002',
    cacheFile:
      env.CACHE_FILE || path.join(__dirname, '..', 'data-science', 'predictions.json'),
    timeoutMs: milliseconds('PREDICTOR_TIMEOUT_MS', 2000),
    refreshMs: milliseconds('PREDICTIONS_REFRESH_MS', 60000),
  },
  history: {
    url: env.DATABASE_URL || 'postgres://spe@127.0.0.1:5433/spe',
    timeoutMs: milliseconds('HISTORY_TIMEOUT_MS', 1000),
    refreshMs: milliseconds('HISTORY_REFRESH_MS', 60000),
  },
};
