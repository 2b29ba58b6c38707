// What goes wrong between a host and a vendor, and which errors that explains.
//
// Some of it the mocks do by themselves, by their switches; what a network does, a proxy in front of each mock does.

import { createServer, request as ask } from "node:http";

/**
 * By name: the kinds of error that it explains, and either what the proxy does to a request or the switches of mocks that
 * turn it on and off again, by vendor. A proxy's fault hits one request in three, so that calls also come through.
 */
export const FAULTS = {
  none: { kinds: [] },
  unavailable: { kinds: ["unavailable"], proxy: (_, response) => answer(response, 503, "text/plain", "down") },
  throttled: {
    kinds: ["rate-limited"],
    proxy: (_, response) => answer(response, 429, "application/json", "{}", { "retry-after": "1" }),
  },
  unauthenticated: { kinds: ["unauthenticated"], proxy: (_, response) => answer(response, 401, "application/json", "{}") },
  "no JSON": { kinds: ["unreadable"], proxy: (_, response) => answer(response, 200, "text/html", "<html>hello</html>") },
  "another JSON": { kinds: ["unreadable"], proxy: (_, response) => answer(response, 200, "application/json", "[[1]]") },
  reset: { kinds: ["unavailable"], proxy: (request) => request.socket.resetAndDestroy() },
  "cut off": {
    kinds: ["unavailable"],
    proxy: (request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"half":', () => setTimeout(() => request.socket.destroy(), 20));
    },
  },
  // Longer than the deadline; then the host hangs up.
  silent: { kinds: ["timed-out"], proxy: () => {} },
  switches: {
    kinds: ["rate-limited", "unavailable"],
    on: { accelo: "quota=1", aero: "throttle=2&plain_errors=1", airops: "throttle=20&throttle_plain=1&flaky=20&cut=abort" },
    off: {
      accelo: "quota=1000000000",
      aero: "throttle=0&plain_errors=0",
      airops: "throttle=0&throttle_plain=0&flaky=0&cut=0",
    },
  },
};

function answer(response, status, kind, body, headers = {}) {
  response.writeHead(status, { "content-type": kind, ...headers });
  response.end(body);
}

/** A vendor's mock with a proxy in front of it, and the fault that is switched on. */
export class Vendor {
  /** When each fault began, newest last. */
  #history = [{ name: "none", from: 0 }];
  #count = 0;

  constructor(name, behind, set) {
    Object.assign(this, { name, behind, set });
  }

  /** Listens; gives the address that stands for the vendor. */
  async listen() {
    const server = createServer((request, response) => this.#pass(request, response));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    this.stop = () => (server.closeAllConnections(), server.close());
    return `http://127.0.0.1:${server.address().port}`;
  }

  get fault() {
    return this.#history.at(-1).name;
  }

  async switchTo(name) {
    const before = FAULTS[this.fault].off?.[this.name];
    this.#history.push({ name, from: Date.now() });
    if (before !== undefined) await this.set(this.name, before);
    const now = FAULTS[name].on?.[this.name];
    if (now !== undefined) await this.set(this.name, now);
  }

  /** The kinds of error that a call between two moments may fail with. */
  explained(from, to) {
    const until = (index) => this.#history[index + 1]?.from ?? Infinity;
    // A request that was under way when a fault ended, or a switch that takes a moment, belongs to the fault.
    const then = this.#history.filter(({ from: begun }, index) => begun <= to && until(index) + 1000 >= from);
    return new Set(then.flatMap(({ name }) => FAULTS[name].kinds));
  }

  #pass(request, response) {
    const { proxy } = FAULTS[this.fault];
    this.#count += 1;
    if (proxy !== undefined && this.#count % 3 === 0) {
      // What is not read to its end cannot be followed by another request.
      request.resume().once("end", () => proxy(request, response)).on("error", () => {});
      return;
    }
    const { method, url, headers } = request;
    const onward = ask(this.behind + url, { method, headers }, (answered) => {
      response.writeHead(answered.statusCode, answered.headers);
      answered.once("error", () => response.destroy());
      answered.pipe(response);
    });
    onward.once("error", () => response.destroy());
    request.pipe(onward);
    // Whoever hangs up is not waited for.
    response.once("close", () => onward.destroy());
  }
}
