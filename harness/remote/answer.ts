// One answer of a server, checked against its request.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { timerMs } from '../sys/timer-limit.ts';
import type { RemoteLimits } from './limits.ts';
import { type RefusalCode, refusal } from './refused.ts';

/** A request. */
export interface Wanted {
  /** Its name in errors, such as `object 21a5…`. */
  readonly what: string;
  /** Below the base URL. */
  readonly path: string;
  /** Size of the answer. */
  readonly bytes: number;
  /** The answer may be shorter. */
  readonly orFewer?: boolean;
  /** A part of a file. */
  readonly range?: { readonly from: number; readonly totalBytes: number };
}

export type Take = (piece: Buffer) => void;

export interface Redirected {
  readonly to: URL;
}

const REDIRECTS = [301, 302, 303, 307, 308];
const OK = 200;
const PARTIAL = 206;

/** `0-4095`; empty for a whole file. */
export const rangeOf = ({ range, bytes }: Wanted): string =>
  range === undefined ? '' : `${range.from}-${range.from + bytes - 1}`;

/** Why the head of an answer is refused; null if it is right. */
const wrongHead = (
  wanted: Wanted,
  { statusCode, headers }: IncomingMessage,
): readonly [RefusalCode, string] | null => {
  const { range, bytes, orFewer = false } = wanted;
  if (statusCode !== (range === undefined ? OK : PARTIAL))
    return ['status', `the server answered ${statusCode}`];
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') return ['header', 'the server encoded its answer'];
  if (range !== undefined && headers['content-range'] !== `bytes ${rangeOf(wanted)}/${range.totalBytes}`)
    return ['header', `the server sent another range than ${rangeOf(wanted)} of ${range.totalBytes} bytes`];
  const length = headers['content-length'];
  if (length === undefined || Number(length) === bytes || (orFewer && Number(length) < bytes)) return null;
  return [
    Number(length) > bytes ? 'long' : 'short',
    `the server announced ${length} bytes instead of ${bytes}`,
  ];
};

interface AnswerParts {
  readonly remote: { readonly base: URL; readonly limits: RemoteLimits; receivedBytes: number };
  readonly request: ClientRequest;
  readonly wanted: Wanted;
  readonly take: Take;
  readonly done: (redirected: Redirected | null) => void;
  readonly failed: (error: unknown) => void;
}

/** Ends once: complete, redirected or refused. A refused one closes its connection. */
export class Answer {
  readonly #parts: AnswerParts;
  #whole: NodeJS.Timeout | undefined;
  #silent: NodeJS.Timeout | undefined;
  #gotBytes = 0;
  #isOver = false;
  #hasHead = false;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** The request has a connection. The time before, while it waits for one that others use, is not the server's. */
  begin(): void {
    if (this.#isOver) return;
    const { remote, wanted } = this.#parts;
    const { silentMs, leastBytesPerS } = remote.limits;
    const wholeMs = timerMs(silentMs + Math.ceil((wanted.bytes / leastBytesPerS) * 1000));
    this.#silent = setTimeout(() => this.#refuse('silent', `no byte for ${silentMs} ms`), silentMs);
    this.#whole = setTimeout(() => this.#refuse('slow', `not complete after ${wholeMs} ms`), wholeMs);
  }

  /** Whether the head has arrived. */
  get hasHead(): boolean {
    return this.#hasHead;
  }

  head(url: URL, response: IncomingMessage): void {
    this.#hasHead = true;
    response.on('error', () => this.cut());
    response.on('close', () => this.cut());
    if (REDIRECTS.includes(response.statusCode ?? 0)) {
      this.#redirect(url, response);
      return;
    }
    const wrong = wrongHead(this.#parts.wanted, response);
    if (wrong !== null) {
      this.#refuse(...wrong);
      return;
    }
    response.on('data', (piece: Buffer) => this.#piece(piece));
    response.on('end', () => this.#complete(response));
  }

  fail(error: unknown): void {
    if (!this.#finish()) return;
    this.#parts.request.destroy();
    this.#parts.failed(error);
  }

  /** The connection has ended within the answer. */
  cut(): void {
    this.#refuse(
      'short',
      `the connection ended after ${this.#gotBytes} of ${this.#parts.wanted.bytes} bytes`,
    );
  }

  /** False if the answer was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#silent);
    clearTimeout(this.#whole);
    return true;
  }

  #refuse(code: RefusalCode, why: string): void {
    this.fail(refusal(this.#parts.wanted.what, code, why));
  }

  #redirect(url: URL, { headers: { location = '' } }: IncomingMessage): void {
    const { remote, request, done } = this.#parts;
    const to = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
    if (to === null || to.origin !== remote.base.origin) {
      const elsewhere = to === null ? 'no URL' : `${to.protocol}//${to.host}`;
      this.#refuse('redirect', `the server redirects to another origin, ${elsewhere}`);
      return;
    }
    if (!this.#finish()) return;
    // The body of a redirect is not read.
    request.destroy();
    done({ to });
  }

  #piece(piece: Buffer): void {
    if (this.#isOver) return;
    const { remote, wanted, take } = this.#parts;
    this.#gotBytes += piece.length;
    remote.receivedBytes += piece.length;
    this.#silent?.refresh();
    if (this.#gotBytes > wanted.bytes) {
      this.#refuse('long', `the server sent more than ${wanted.bytes} bytes`);
      return;
    }
    try {
      take(piece);
    } catch (error) {
      this.fail(error);
    }
  }

  #complete(response: IncomingMessage): void {
    const { wanted, done } = this.#parts;
    if (!response.complete) this.cut();
    else if (this.#gotBytes < wanted.bytes && wanted.orFewer !== true)
      this.#refuse('short', `the server sent ${this.#gotBytes} of ${wanted.bytes} bytes`);
    else if (this.#finish()) done(null);
  }
}
