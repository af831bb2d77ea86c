// A link with a delay and a rate, made by the server: the delay before the first byte of an answer, and all bytes through one
// bottleneck. A new connection waits once more, as its handshake would. Requests of clients are not delayed by their size.
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LinkOptions {
  /** Round trip. */
  readonly delayMs: number;
  /** Of all connections together; null: no limit. */
  readonly bytesPerS: number | null;
}

const PIECE_BYTES = 16 * 1024;
const MS_PER_S = 1000;

export class Link {
  readonly #options: LinkOptions;
  #freeAtMs = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  async roundTrip(): Promise<void> {
    if (this.#options.delayMs > 0) await sleep(this.#options.delayMs);
  }

  /** Writes the body; ends early if the connection is closed. */
  async send(body: Buffer, to: Writable): Promise<void> {
    const { bytesPerS } = this.#options;
    if (bytesPerS === null) {
      to.write(body);
      return;
    }
    for (let at = 0; at < body.length && !to.destroyed; at += PIECE_BYTES) {
      const piece = body.subarray(at, at + PIECE_BYTES);
      const nowMs = performance.now();
      this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + (piece.length / bytesPerS) * MS_PER_S;
      // The last byte has passed the bottleneck at this time. A timer is late by up to 1 ms, which the next piece makes up for.
      if (this.#freeAtMs > nowMs + 1) await sleep(this.#freeAtMs - nowMs);
      to.write(piece);
    }
  }
}
