'use strict';

const net = require('node:net');
const { Resolver } = require('node:dns').promises;

const ABSENT = ['ENOTFOUND', 'ENODATA']; // the DNS has answered that there is no such record

/** Where the database is, asked of our own DNS at every new connection. */
class DatabaseAddress {
  #resolver = new Resolver({ timeout: 500, tries: 2 });
  #log;
  #last = null;

  constructor(dnsServer, log) {
    this.#resolver.setServers([dnsServer]);
    this.#log = log;
  }

  async find(host, port) {
    try {
      const service = await this.#service(host);
      const [address] = await this.#resolver.resolve4(service?.name ?? host);
      this.#note({ host: address, port: service?.port ?? port });
    } catch (error) {
      // A DNS that is down must not take down a database that is not.
      if (this.#last === null || ABSENT.includes(error.code)) throw error;
    }
    return this.#last;
  }

  /** The record that also gives the port; most zones have none. */
  async #service(host) {
    try {
      const [service] = await this.#resolver.resolveSrv(`_postgresql._tcp.${host}`);
      return service;
    } catch (error) {
      if (ABSENT.includes(error.code)) return undefined;
      throw error;
    }
  }

  #note(found) {
    if (found.host !== this.#last?.host || found.port !== this.#last?.port) {
      this.#log.info(`database: found at ${found.host}:${found.port}`);
    }
    this.#last = found;
  }
}

/** A socket that finds its peer by a DatabaseAddress. */
class FindingSocket extends net.Socket {
  #address;

  constructor(address) {
    super();
    this.#address = address;
  }

  connect(port, host) {
    this.#address.find(host, port).then(
      (found) => {
        // Connecting would bring a socket back to life that its owner has given up.
        if (!this.destroyed) super.connect(found.port, found.host);
      },
      (error) => this.destroy(error),
    );
    return this;
  }
}

module.exports = { DatabaseAddress, FindingSocket };
