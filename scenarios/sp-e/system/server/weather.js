'use strict';

const { requestJson } = require('./request-json');
const { reasonOf } = require('./reason-of');
const { forecastUrl, readForecast, figuresAt } = require('./open-meteo');
const { generateSeries } = require('./generate-series');

/** Real weather while Open-Meteo answers, estimates as soon as it does not. */
class Weather {
  #url;
  #timeoutMs;
  #log;
  #forecast = null; // null: estimates are served
  #reason = 'waiting for the first answer';
  #announced = null; // the mode the log last told of
  #updatedAt = null;

  constructor({ url, timeoutMs }, log) {
    this.#url = forecastUrl(url);
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  async refresh() {
    try {
      const answer = await requestJson(this.#url, { timeoutMs: this.#timeoutMs });
      this.#forecast = readForecast(answer, Date.now());
      this.#updatedAt = new Date().toISOString();
      this.#reason = null;
    } catch (error) {
      this.#forecast = null;
      this.#reason = reasonOf(error);
    }
    this.#announce();
  }

  get mode() {
    return this.#forecast ? 'nominal' : 'degraded';
  }

  get hourly() {
    return this.#forecast ?? generateSeries(Date.now());
  }

  get state() {
    return {
      source: this.#forecast ? 'open-meteo' : 'generated',
      reason: this.#reason,
      updated_at: this.#updatedAt,
      current: figuresAt(this.hourly, Date.now()),
    };
  }

  #announce() {
    if (this.mode === this.#announced) return;
    if (this.mode === 'degraded') {
      this.#log(`weather: switched to simulated mode: ${this.#reason}`);
    } else {
      this.#log(this.#announced ? 'weather: back to real data' : 'weather: real data');
    }
    this.#announced = this.mode;
  }
}

module.exports = { Weather };
