'use strict';

// A stand-in for the third party that stores the product images; it is outside the system.

const http = require('node:http');

const PORT = Number(process.env.PORT || 3010);

/** A picture of its own for every name: one hue each. */
function picture(name) {
  const hue = [...name].reduce((sum, character) => sum + character.codePointAt(0) * 37, 0) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180">
<rect width="240" height="180" fill="hsl(${hue} 45% 75%)"/>
<circle cx="120" cy="90" r="50" fill="hsl(${hue} 45% 45%)"/>
</svg>
`;
}

const server = http.createServer((request, response) => {
  const image = /^\/images\/([a-z0-9-]+)\.svg$/.exec(request.url);
  if (image) {
    response.writeHead(200, { 'content-type': 'image/svg+xml' });
    response.end(picture(image[1]));
  } else {
    const found = request.url === '/health';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? { status: 'ok' } : { error: 'no such image' }));
  }
});
server.listen(PORT, '127.0.0.1', () => {
  process.stdout.write(`media listening on ${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
