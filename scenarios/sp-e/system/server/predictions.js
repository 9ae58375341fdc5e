'use strict';

const { requestJson } = require('./request-json');
const { reasonOf } = require('./reason-of');
const { validate, readPredictionFile } = require('./prediction-file');

/**
 * Day-ahead predictions from the best source left:
 * the engine, else the cache file it wrote, else the last validated one in memory, else none.
 */
class Predictions {
  #url;
  #cacheFile;
  #timeoutMs;
  #inputs;
  #log;
  #source = 'none';
  #current = null;
  #announced = null; // the source the log last told of
  #attempts = 0;
  #latestSettled = 0;

  /** `inputs` is an async function that gives the engine its history and weather. */
  constructor({ url, cacheFile, timeoutMs }, inputs, log) {
    this.#url = new URL('/generate', url);
    this.#cacheFile = cacheFile;
    this.#timeoutMs = timeoutMs;
    this.#inputs = inputs;
    this.#log = log;
  }

  /** A restarted server shows the last prediction without waiting for the engine. */
  async loadCache() {
    try {
      this.#serve('cache', await readPredictionFile(this.#cacheFile));
    } catch {
      this.#serve('none', null);
    }
  }

  /** Asks the engine. Returns null when it answered, else the reason why not; never rejects. */
  async regenerate() {
    const attempt = (this.#attempts += 1);
    let prediction = null;
    let failure = null;
    try {
      const body = await this.#inputs();
      prediction = validate(
        await requestJson(this.#url, { timeoutMs: this.#timeoutMs, body }),
      );
    } catch (error) {
      failure = reasonOf(error);
    }
    // An older attempt that ends late must not undo what a newer one found.
    if (attempt < this.#latestSettled) return failure;
    this.#latestSettled = attempt;
    if (failure === null) {
      this.#serve('engine', prediction);
      this.#announce('predictions: engine available');
    } else {
      await this.#fallBack(failure);
    }
    return failure;
  }

  get state() {
    return {
      source: this.#source,
      predictions: this.#current,
      message: this.#current ? null : 'no prediction available',
    };
  }

  async #fallBack(engineFailure) {
    const attempt = this.#latestSettled;
    let cached = null;
    let cacheFailure = null;
    try {
      cached = await readPredictionFile(this.#cacheFile);
    } catch (error) {
      cacheFailure = reasonOf(error);
    }
    if (attempt !== this.#latestSettled) return;
    if (cached) {
      this.#serve('cache', cached);
      this.#announce(`predictions: engine unavailable, serving cache: ${engineFailure}`);
    } else if (this.#current) {
      this.#serve('memory', this.#current);
      this.#announce(
        `predictions: cache file unreadable, serving memory: ${cacheFailure}` +
          ` (engine: ${engineFailure})`,
      );
    } else {
      this.#announce(
        `predictions: no prediction available: ${cacheFailure} (engine: ${engineFailure})`,
      );
    }
  }

  #serve(source, prediction) {
    this.#source = source;
    this.#current = prediction;
  }

  #announce(line) {
    if (this.#source === this.#announced) return;
    this.#announced = this.#source;
    this.#log(line);
  }
}

module.exports = { Predictions };
