'use strict';

const http = require('node:http');
const { requireEnvironment } = require('./environment');
const log = require('./log');
const { Database } = require('./database');
const { Cache } = require('./cache');
const { Media } = require('./media');
const { Catalogue } = require('./catalogue');
const { Carts } = require('./carts');
const { Orders } = require('./orders');
const { routes } = require('./routes');
const { createHandler } = require('./handler');
const { repeat } = require('./repeat');

const DATABASE_CHECK_MS = 1000;
const CACHE_CHECK_MS = 500;
const MEDIA_CHECK_MS = 1000;
const SHUTDOWN_MS = 2000;

const env = requireEnvironment([
  'PORT',
  'DATABASE_URL',
  'REDIS_URL',
  'MEDIA_URL',
  'SESSION_SECRET',
  'MAINTENANCE_FILE',
]);
const secret = env.SESSION_SECRET;
log.info('shop: started');

const database = new Database({ url: env.DATABASE_URL, dnsServer: process.env.DNS_SERVER }, log);
const cache = new Cache(env.REDIS_URL, log);
const media = new Media(env.MEDIA_URL, log);
const catalogue = new Catalogue(database, cache);
const carts = new Carts(database, cache);
const orders = new Orders(database);

const table = routes({ database, cache, media, catalogue, carts, orders, secret });
const server = http.createServer(
  createHandler({ table, secret, maintenanceFile: env.MAINTENANCE_FILE, log }),
);
server.on('error', (error) => {
  log.error(`shop: ${error.message}`);
  process.exit(1);
});
server.listen(Number(env.PORT), '127.0.0.1', () => {
  log.info(`shop: listening on ${server.address().port}`);
});

repeat(() => database.check(), DATABASE_CHECK_MS);
repeat(() => cache.check(), CACHE_CHECK_MS);
repeat(() => media.check(), MEDIA_CHECK_MS);

function shutDown() {
  log.info('shop: stopping');
  // What hangs must not hold up the restart; what is being ordered is finished.
  setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);
