'use strict';

// The authoritative server of one small zone. Its file is read anew for every question, so that
// switching an address is a matter of changing the file.

const dgram = require('node:dgram');
const path = require('node:path');
const { readQuery, writeAnswer, STATUS } = require('./message');
const { readZone } = require('./zone-file');

const PORT = Number(process.env.PORT || 5300);
const FILE = process.env.ZONE_FILE || path.join(__dirname, 'zone');

const log = (line) => process.stdout.write(`dns ${line}\n`);

function answer(query) {
  try {
    const named = readZone(FILE).filter((record) => record.name === query.name);
    const status = named.length > 0 ? STATUS.ok : STATUS.noSuchName;
    return writeAnswer(
      query,
      status,
      named.filter((record) => record.type === query.type),
    );
  } catch (error) {
    log(`cannot answer for ${query.name}: ${error.message}`);
    return writeAnswer(query, STATUS.failure, []);
  }
}

const socket = dgram.createSocket('udp4');
socket.on('message', (bytes, peer) => {
  let query;
  try {
    query = readQuery(bytes);
  } catch {
    return; // nobody is owed an answer to noise
  }
  socket.send(answer(query), peer.port, peer.address);
});
socket.on('error', (error) => {
  log(error.message);
  process.exit(1);
});
socket.bind(PORT, '127.0.0.1', () => log(`listening on ${socket.address().port}`));
process.once('SIGTERM', () => process.exit(0));
