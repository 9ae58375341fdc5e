'use strict';

// The part of the DNS message format (RFC 1035, RFC 2782) that a small zone needs.

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const TYPES = { 1: 'A', 33: 'SRV' };
const CODES = { A: 1, SRV: 33 };
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const OPCODE_AND_RECURSION_DESIRED = 0x7900; // what an answer repeats of its query
const TO_THE_NAME_ASKED = 0xc000 | HEADER_BYTES;

const STATUS = { ok: 0, failure: 2, noSuchName: 3 };

/** Throws when the bytes are no query with one question. */
function readQuery(bytes) {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(4) !== 1) throw new Error('no question');
  const labels = [];
  let at = HEADER_BYTES;
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    if (!(length < 64)) throw new Error('unusable name');
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (end > bytes.length) throw new Error('question is cut short');
  return {
    id: bytes.readUInt16BE(0),
    flags: bytes.readUInt16BE(2),
    name: labels.join('.').toLowerCase(),
    type: TYPES[bytes.readUInt16BE(at + 1)],
    question: bytes.subarray(HEADER_BYTES, end),
  };
}

function writeName(name) {
  const labels = name.split('.').map((label) => {
    const text = Buffer.from(label, 'latin1');
    return Buffer.concat([Buffer.from([text.length]), text]);
  });
  return Buffer.concat([...labels, Buffer.from([0])]);
}

const WRITERS = {
  A: ({ address }) => Buffer.from(address.split('.').map(Number)),
  SRV: ({ priority, weight, port, target }) => {
    const numbers = Buffer.alloc(6);
    [priority, weight, port].forEach((number, index) => numbers.writeUInt16BE(number, index * 2));
    return Buffer.concat([numbers, writeName(target)]);
  },
};

function writeRecord({ seconds, type, data }) {
  const content = WRITERS[type](data);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(TO_THE_NAME_ASKED, 0);
  head.writeUInt16BE(CODES[type], 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(seconds, 6);
  head.writeUInt16BE(content.length, 10);
  return Buffer.concat([head, content]);
}

function writeAnswer(query, status, records) {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(query.id, 0);
  const repeated = query.flags & OPCODE_AND_RECURSION_DESIRED;
  head.writeUInt16BE(RESPONSE | AUTHORITATIVE | repeated | status, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, query.question, ...records.map(writeRecord)]);
}

module.exports = { readQuery, writeAnswer, STATUS };
