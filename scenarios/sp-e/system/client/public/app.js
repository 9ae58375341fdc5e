import { catalogue } from '/catalogue.js';
import { barChart } from '/chart.js';

const POLL_MS = 1000;
const TIMEOUT_MS = 3000;

const lang = document.documentElement.lang;
const text = catalogue[lang];
const find = (id) => document.getElementById(id);
let chartedAt; // generation time of the prediction on screen

/** Screen readers repeat what is written anew, so only a change is written. */
function write(id, value) {
  if (find(id).textContent !== value) find(id).textContent = value;
}

function figure(value, unit) {
  return value === undefined ? '–' : `${value.toLocaleString(lang)} ${unit}`;
}

function showWeather({ source, current }) {
  write('temperature', figure(current?.temperature_2m, '°C'));
  write('sunlight', figure(current?.shortwave_radiation, 'W/m²'));
  write('wind', figure(current?.wind_speed_10m, 'km/h'));
  write('weather-source', text[`weather.${source}`]);
}

function showPredictions({ source, predictions }) {
  write('predictions-source', text[`predictions.${source}`]);
  if (predictions?.generated_at === chartedAt) return;
  chartedAt = predictions?.generated_at;
  find('chart').replaceChildren(
    ...(predictions ? [barChart(predictions, text.predictions, lang)] : []),
  );
}

function showHistory({ available, last_reading_at: last }) {
  find('history').classList.toggle('severe', !available);
  if (!available) write('history', text['history.unavailable']);
  else if (!last) write('history', text['history.empty']);
  else write('history', `${text['history.available']} ${new Date(last).toLocaleString(lang)}`);
}

function show(dashboard) {
  find('notice').hidden = !dashboard.notice;
  write('notice', dashboard.notice?.[lang] ?? '');
  showWeather(dashboard.weather);
  showPredictions(dashboard.predictions);
  showHistory(dashboard.history);
}

async function poll() {
  try {
    const answer = await fetch('/api/dashboard', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    show(await answer.json());
    find('unreachable').hidden = true;
  } catch {
    find('unreachable').hidden = false;
  }
  setTimeout(poll, POLL_MS);
}

document.title = text.title;
for (const node of document.querySelectorAll('[data-text]')) {
  node.textContent = text[node.dataset.text];
}
poll();
