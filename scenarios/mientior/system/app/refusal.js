'use strict';

/** The caller's mistake, told to the caller. Nothing that is refused has been stored. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

module.exports = { Refusal };
