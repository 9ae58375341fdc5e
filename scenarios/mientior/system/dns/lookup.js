'use strict';

// usage: node lookup.js SERVER NAME     prints "address" or "address port", as the shop sees it

const log = require('../app/log');
const { DatabaseAddress } = require('../app/database-address');

const [server, name] = process.argv.slice(2);

new DatabaseAddress(server, { ...log, info: () => {} }).find(name, '').then(
  ({ host, port }) => process.stdout.write(`${host} ${port}`.trim() + '\n'),
  (error) => {
    process.stderr.write(`${name}: ${error.code || error.message}\n`);
    process.exitCode = 1;
  },
);
