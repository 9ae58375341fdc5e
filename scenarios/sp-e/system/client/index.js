'use strict';

// Serves the dashboard page and forwards /api/* to the back end.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PORT = Number(process.env.PORT || 4001);
const SERVER_URL = process.env.SERVER_URL || 'http://127.0.0.1:4000';
const SERVER_TIMEOUT_MS = 4000; // above the slowest answer that the server promises

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

// Only what is listed is served: no path from a request ever reaches the file system.
const FILES = Object.fromEntries(
  ['index.html', 'app.js', 'chart.js', 'catalogue.js', 'style.css'].map((name) => [
    `/${name}`,
    {
      type: TYPES[name.split('.').pop()],
      text: fs.readFileSync(path.join(__dirname, 'public', name), 'utf8'),
    },
  ]),
);
FILES['/'] = FILES['/index.html'];

/** French or English: ?lang= first, then the browser's order of preference. */
function languageOf(request, url) {
  const wanted = [url.searchParams.get('lang') ?? ''];
  wanted.push(...(request.headers['accept-language'] ?? '').split(','));
  const known = wanted.map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return known.find((tag) => tag === 'fr' || tag === 'en') ?? 'en';
}

function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function forward(request, response) {
  const { host, connection, ...headers } = request.headers;
  const onward = http.request(new URL(request.url, SERVER_URL), {
    agent: false,
    method: request.method,
    headers,
  });
  const deadline = setTimeout(() => onward.destroy(new Error('late')), SERVER_TIMEOUT_MS);
  response.on('close', () => {
    clearTimeout(deadline);
    onward.destroy();
  });
  onward.on('error', () => {
    if (response.headersSent) response.destroy();
    else sendJson(response, 502, { error: 'server unreachable' });
  });
  onward.on('response', (answer) => {
    const { connection: _, 'keep-alive': __, ...answerHeaders } = answer.headers;
    response.writeHead(answer.statusCode, answerHeaders);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  request.pipe(onward);
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/api/')) return forward(request, response);
  if (url.pathname === '/health') return sendJson(response, 200, { status: 'ok' });
  const file = request.method === 'GET' ? FILES[url.pathname] : undefined;
  if (!file) return sendJson(response, 404, { error: 'no such page' });
  const lang = languageOf(request, url);
  response.writeHead(200, {
    'content-type': file.type,
    'cache-control': 'no-cache',
    vary: 'accept-language',
  });
  response.end(file.text.replaceAll('%LANG%', lang));
});

server.listen(PORT, '127.0.0.1', () => {
  process.stdout.write(`client listening on ${server.address().port}\n`);
});
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
