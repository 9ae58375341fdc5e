'use strict';

// Receives the internal notices of a drill, as a team's chat would; it is outside the system.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PORT = Number(process.env.PORT || 3020);
const FILE = process.env.NOTICES_FILE || path.join(__dirname, 'notices.jsonl');
const LARGEST_NOTICE = 64 * 1024;

function stored() {
  if (!fs.existsSync(FILE)) return [];
  const lines = fs.readFileSync(FILE, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

async function receive(request) {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LARGEST_NOTICE) throw new Error('notice is too large');
  }
  const notice = { ...JSON.parse(text), received_at: new Date().toISOString() };
  fs.appendFileSync(FILE, `${JSON.stringify(notice)}\n`);
}

async function answer(request) {
  const url = new URL(request.url, 'http://webhook');
  const asked = `${request.method} ${url.pathname}`;
  if (asked === 'GET /health') return [200, { status: 'ok' }];
  if (asked === 'GET /notices') {
    const kinds = url.searchParams.get('kinds')?.split(',');
    return [200, { notices: stored().filter(({ kind }) => kinds?.includes(kind) ?? true) }];
  }
  if (asked !== 'POST /notices') return [404, { error: 'no such resource' }];
  try {
    await receive(request);
    return [201, { status: 'stored' }];
  } catch (error) {
    return [400, { error: error.message }];
  }
}

const server = http.createServer(async (request, response) => {
  const [status, body] = await answer(request);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
});
server.listen(PORT, '127.0.0.1', () => {
  process.stdout.write(`webhook listening on ${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
