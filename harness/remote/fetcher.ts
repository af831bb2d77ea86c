// Fetches objects for a FUSE server when they are read for the first time.
//
// Does:   listens on a Unix socket; a connection is one request: 64 hex digits and a line feed; what follows is ignored. The answer is `1`
//         when the object has its name in the store, `0` if it was refused. Objects that the verified manifest does not name are refused.
//         A connection without a request is closed after a time.
// Error:  the first refused objects are kept with their sentences, and returned when the fetcher is closed. Another failure, such as a full
//         disk, closes the connection of its request; the next request for the object fetches it again, also after a refusal.
import { createServer, type Socket } from 'node:net';
import type { ImageObject } from '../model/image.ts';
import { objectName } from './incoming-object.ts';
import { refusedAs } from './lanes.ts';
import type { ObjectsToPull } from './pull-objects.ts';
import { pullObject } from './pull-objects.ts';
import type { Refused } from './refused.ts';

const REQUEST_BYTES = 65;
const IN_STORE = '1';
const REFUSED = '0';
const IDLE_MS = 10_000;
/** Refusals and failures that are kept: a server that is asked again for ever may refuse for ever. */
const MOST_KEPT = 20;

const keep = <T>(list: T[], more: readonly T[]): void => {
  list.push(...more.slice(0, MOST_KEPT - list.length));
};

interface Fetcher {
  readonly refused: readonly Refused[];
  /** Failures that are no refusals. */
  readonly failures: readonly unknown[];
  /** Time in which at least one object was being fetched, nanoseconds. */
  busyNs(): number;
  /** Answers what was asked for, and ends all connections. */
  close(): Promise<void>;
}

type AnswerRequest = (digest: string) => Promise<boolean>;

interface Fetching extends Omit<Fetcher, 'close'> {
  readonly answer: AnswerRequest;
}

const fetchingOf = (objects: readonly ImageObject[], pull: Omit<ObjectsToPull, 'missing'>): Fetching => {
  const known = new Map(objects.map((object) => [object.digest, object]));
  /** Two readers of one object wait for one request. */
  const under = new Map<string, Promise<boolean>>();
  const refused: Refused[] = [];
  const failures: unknown[] = [];
  let busyNs = 0;
  let busyFromMs = 0;
  const fetch = async (object: ImageObject): Promise<boolean> => {
    if (under.size === 0) busyFromMs = performance.now();
    try {
      const failed = await refusedAs(objectName(object), () => pullObject(object, pull));
      keep(refused, failed);
      return failed.length === 0;
    } catch (error) {
      keep(failures, [error]);
      throw error;
    } finally {
      under.delete(object.digest);
      if (under.size === 0) busyNs += (performance.now() - busyFromMs) * 1e6;
    }
  };
  return {
    refused,
    failures,
    busyNs: () => busyNs,
    async answer(digest) {
      const object = known.get(digest);
      if (object === undefined) return false;
      const fetching = under.get(digest) ?? fetch(object);
      under.set(digest, fetching);
      return fetching;
    },
  };
};

/** Connections, each with one request. */
class Connections {
  readonly #answer: AnswerRequest;
  readonly #idleMs: number;
  readonly #open = new Set<Socket>();
  /** Those of them that have asked for nothing yet. */
  readonly #idle = new Set<Socket>();
  readonly #answering = new Set<Promise<void>>();

  constructor(answer: AnswerRequest, idleMs: number) {
    this.#answer = answer;
    this.#idleMs = idleMs;
  }

  add(connection: Socket): void {
    for (const set of [this.#open, this.#idle]) {
      set.add(connection);
      connection.on('close', () => set.delete(connection));
    }
    connection.setTimeout(this.#idleMs, () => connection.destroy());
    connection.setEncoding('latin1').on('error', () => connection.destroy());
    let text = '';
    const read = (piece: string): void => {
      text += piece;
      if (text.length < REQUEST_BYTES) return;
      this.#idle.delete(connection);
      connection.off('data', read).resume().setTimeout(0);
      const answering = this.#serve(connection, text.slice(0, REQUEST_BYTES - 1));
      this.#answering.add(answering);
      void answering.then(() => this.#answering.delete(answering));
    };
    connection.on('data', read);
  }

  async end(): Promise<void> {
    for (const connection of this.#idle) connection.destroy();
    await Promise.all(this.#answering);
    for (const connection of this.#open) connection.destroySoon();
  }

  async #serve(connection: Socket, digest: string): Promise<void> {
    try {
      const isThere = await this.#answer(digest);
      connection.setTimeout(this.#idleMs).end(isThere ? IN_STORE : REFUSED);
    } catch {
      connection.destroy();
    }
  }
}

/** `socket`: a path, of at most 107 bytes: a name in the current folder is short. */
export const openFetcher = async (
  socket: string,
  objects: readonly ImageObject[],
  pull: Omit<ObjectsToPull, 'missing'>,
  { idleMs = IDLE_MS }: { readonly idleMs?: number } = {},
): Promise<Fetcher> => {
  const { answer, ...fetching } = fetchingOf(objects, pull);
  const connections = new Connections(answer, idleMs);
  const server = createServer((connection) => connections.add(connection));
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(socket, done);
  });
  return {
    ...fetching,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await connections.end();
      await closed;
    },
  };
};
