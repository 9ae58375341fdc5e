'use strict';

const http = require('node:http');
const config = require('./config');
const { Weather } = require('./weather');
const { Predictions } = require('./predictions');
const { History } = require('./history');
const { createHandler } = require('./api');
const { repeat } = require('./repeat');

const SITE = 'campus'; // the site whose load is predicted
const SHUTDOWN_MS = 1000;

const log = (line) => process.stdout.write(`${line}\n`);

async function main() {
  const weather = new Weather(config.weather, log);
  const history = new History(config.history, log);
  const inputs = async () => ({
    history: await history.hourlyLoad(SITE),
    weather: weather.hourly,
  });
  const predictions = new Predictions(config.predictions, inputs, log);
  await predictions.loadCache();

  const server = http.createServer(createHandler({ weather, predictions, history }, log));
  server.on('error', (error) => {
    log(`server: ${error.message}`);
    process.exit(1);
  });
  server.listen(config.port, '127.0.0.1', () => {
    log(`server listening on ${server.address().port}`);
  });

  const stops = [
    repeat(() => weather.refresh(), config.weather.refreshMs),
    repeat(() => history.check(), config.history.refreshMs),
    repeat(() => predictions.regenerate(), config.predictions.refreshMs),
  ];

  let stopping = false;
  const shutDown = async () => {
    if (stopping) return; // Ctrl-C reaches it by the terminal and by start.sh
    stopping = true;
    log('server stopping');
    // A hung database or request must not hold up the restart.
    setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
    stops.forEach((stop) => stop());
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await history.close();
    process.exit(0);
  };
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
}

main();
