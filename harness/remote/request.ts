// GET requests to one origin over connections that are kept.
//
// Does:   bounds the time, the size, the headers and the redirects of each answer. A connection whose answer was refused is closed.
// Error:  one sentence with the requested object. Nothing is repeated, except on a kept connection that the server had closed before it
//         read the request. An answer whose head has arrived is never asked for again: its first bytes are used already.
// Source: RFC 9110 (range requests, redirects), RFC 9112 (framing).
import http from 'node:http';
import https from 'node:https';
import { UserError } from '../model/errors.ts';
import { Answer, type Redirected, rangeOf, type Take, type Wanted } from './answer.ts';
import { HEADER_BYTES, type RemoteLimits } from './limits.ts';
import { refusal } from './refused.ts';

export class Remote {
  readonly base: URL;
  readonly limits: RemoteLimits;
  readonly #agent: http.Agent;
  readonly #client: typeof http | typeof https;
  requestCount = 0;
  receivedBytes = 0;

  constructor(base: URL, limits: RemoteLimits) {
    this.base = base;
    this.limits = limits;
    this.#client = base.protocol === 'https:' ? https : http;
    this.#agent = new this.#client.Agent({ keepAlive: true, maxSockets: limits.parallel });
  }

  /** Gives the body in pieces to `take`, which may throw. */
  async get(wanted: Wanted, take: Take): Promise<void> {
    // Without `./` the name debian:12 would begin with a scheme.
    let url = new URL(`./${wanted.path}`, this.base);
    for (let hops = 0; ; hops++) {
      const redirected = await this.#once(url, wanted, take);
      if (redirected === null) return;
      url = redirected.to;
      if (hops === this.limits.redirects)
        throw refusal(wanted.what, 'redirect', `more than ${this.limits.redirects} redirects`);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #once(url: URL, wanted: Wanted, take: Take): Promise<Redirected | null> {
    try {
      return await this.#attempt(url, wanted, take);
    } catch (error) {
      if (!(error instanceof ClosedBefore)) throw error;
      return this.#attempt(url, wanted, take, true);
    }
  }

  #attempt(url: URL, wanted: Wanted, take: Take, isLast = false): Promise<Redirected | null> {
    this.requestCount++;
    const range = rangeOf(wanted);
    return new Promise((done, failed) => {
      const request = this.#client.get(url.href, {
        agent: this.#agent,
        headers: { 'accept-encoding': 'identity', ...(range === '' ? {} : { range: `bytes=${range}` }) },
        maxHeaderSize: HEADER_BYTES,
      });
      const answer = new Answer({ remote: this, request, wanted, take, done, failed });
      request.once('socket', () => answer.begin());
      request.on('response', (response) => answer.head(url, response));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isReset = error.code === 'ECONNRESET';
        if (isReset && answer.hasHead) answer.cut();
        else
          answer.fail(
            !isLast && request.reusedSocket && isReset
              ? new ClosedBefore()
              : refusal(wanted.what, 'connection', 'the connection failed', [error.code ?? error.message]),
          );
      });
    });
  }
}

/** A kept connection that ended while the request was written. */
class ClosedBefore extends Error {}

/** The URL of a remote source: http or https, without user, password, query and fragment; ends with a slash. */
export const baseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new UserError(`'${text}' is not the URL of a remote source`, {
      code: 'usage',
      hint: 'http://HOST:PORT/FOLDER',
    });
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
};
