'use strict';

const EX_CONFIG = 78; // sysexits.h: the configuration is at fault, so starting again is no use

/** The values of these variables. Ends the process, naming every missing one at once. */
function requireEnvironment(names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    process.stderr.write(`missing environment variables: ${missing.join(', ')}\n`);
    process.exit(EX_CONFIG);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

module.exports = { requireEnvironment };
