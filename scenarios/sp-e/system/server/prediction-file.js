'use strict';

const fs = require('node:fs/promises');

const HORIZON_HOURS = 24;

/** Returns the prediction when every field is sound, throws with what is wrong otherwise. */
function validate(candidate) {
  if (candidate === null || typeof candidate !== 'object') throw new Error('not a prediction');
  const { generated_at, model, first_hour, horizon_hours, values } = candidate;
  for (const [name, time] of Object.entries({ generated_at, first_hour })) {
    if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) throw new Error(`bad ${name}`);
  }
  if (typeof model !== 'string' || model === '') throw new Error('bad model');
  if (horizon_hours !== HORIZON_HOURS) throw new Error('bad horizon_hours');
  if (!Array.isArray(values) || values.length !== HORIZON_HOURS) throw new Error('bad values');
  if (!values.every((kw) => Number.isFinite(kw) && kw >= 0)) throw new Error('bad values');
  return { generated_at, model, first_hour, horizon_hours, values };
}

/** Reads the cache that the prediction engine writes; throws when there is nothing to trust. */
async function readPredictionFile(path) {
  const text = await fs.readFile(path, 'utf8');
  let candidate;
  try {
    candidate = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  return validate(candidate);
}

module.exports = { validate, readPredictionFile };
