'use strict';

const http = require('node:http');
const https = require('node:https');

const LARGEST_ANSWER = 1024 * 1024;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('answer is not JSON');
  }
}

/**
 * Resolves with the JSON body of a 200 answer and rejects on anything else.
 * One deadline, counted from the call, covers connection, headers and body.
 */
function requestJson(url, { timeoutMs, body }) {
  const { request: open } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    // A kept-alive connection could outlive a cut of the link and hide it: always a fresh one.
    const request = open(url, {
      agent: false,
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    });
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const fail = (error) => {
      clearTimeout(deadline);
      reject(error);
      request.destroy();
    };

    request.on('error', fail);
    request.on('response', (response) => {
      if (response.statusCode !== 200) return fail(new Error(`HTTP ${response.statusCode}`));
      const chunks = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > LARGEST_ANSWER) fail(new Error('answer is too large'));
      });
      response.on('end', () => {
        clearTimeout(deadline);
        try {
          resolve(parse(Buffer.concat(chunks).toString('utf8')));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

module.exports = { requestJson };
