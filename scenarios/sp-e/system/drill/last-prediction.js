'use strict';

// usage: node drill/last-prediction.js URL
// For drills, run again and again: is the prediction that URL serves the last validated one?
// Only the engine makes any. Without it, each look must find what the look before found, to the
// last figure; the first such look may find one that the engine made between the two.
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { isDeepStrictEqual } = require('node:util');

const SEEN = path.join(__dirname, 'last-prediction.json');

function readSeen() {
  try {
    return JSON.parse(fs.readFileSync(SEEN, 'utf8'));
  } catch {
    return null; // the first look
  }
}

function isLast({ source, predictions }, seen) {
  if (source === 'engine' || seen === null) return true;
  if (isDeepStrictEqual(predictions, seen.predictions)) return true;
  return (
    seen.source === 'engine' &&
    Date.parse(predictions?.generated_at) > Date.parse(seen.predictions.generated_at)
  );
}

const seen = readSeen(); // before asking: a look that overlaps this one may know newer ones
http.get(process.argv[2], async (response) => {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  const served = JSON.parse(body);
  const last = isLast(served, seen);
  if (last && served.predictions) {
    const temporary = `${SEEN}.${process.pid}`;
    fs.writeFileSync(temporary, JSON.stringify(served));
    fs.renameSync(temporary, SEEN);
  }
  const { source, predictions } = served;
  console.log(JSON.stringify({ last, source, generated_at: predictions?.generated_at ?? null }));
});
