'use strict';

/** What a handler returns: {status, headers, text}. */
function json(status, body, headers = {}) {
  const servedBy = body.source === undefined ? {} : { 'x-served-by': body.source };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...servedBy, ...headers },
    text: JSON.stringify(body),
  };
}

function html(status, text, headers = {}) {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, text };
}

function svg(text) {
  return { status: 200, headers: { 'content-type': 'image/svg+xml' }, text };
}

function send(response, { status, headers, text }) {
  response.writeHead(status, { 'cache-control': 'no-store', ...headers });
  response.end(text);
}

module.exports = { json, html, svg, send };
