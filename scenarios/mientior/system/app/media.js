'use strict';

const ANSWER_MS = 500;
const PLACEHOLDER = '/placeholder.svg';

/** Images live with a third party; while it is away, pages show a placeholder of our own. */
class Media {
  #url;
  #log;
  #state = 'unknown';
  #reason = null;

  constructor(url, log) {
    this.#url = url;
    this.#log = log;
  }

  imageOf(product) {
    return this.#state === 'up' ? `${this.#url}/images/${product.image}` : PLACEHOLDER;
  }

  /** Never rejects. */
  async check() {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await fetch(`${this.#url}/health`, { signal });
      await answer.arrayBuffer(); // a body left unread would hold the connection
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      if (this.#state !== 'up') this.#log.info('media: answers');
      this.#state = 'up';
      this.#reason = null;
    } catch (error) {
      this.#reason = error.cause?.code || error.message;
      if (this.#state !== 'down') this.#log.error(`media: lost: ${this.#reason}`);
      this.#state = 'down';
    }
  }

  get state() {
    return { state: this.#state, reason: this.#reason };
  }
}

module.exports = { Media, PLACEHOLDER };
