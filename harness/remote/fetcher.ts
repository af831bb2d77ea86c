// Fetches objects for a FUSE server when they are read for the first time.
//
// Does:   listens on a Unix socket; a connection is one request: 64 hex digits and a line feed. The answer is `1` when the object has
//         its name in the store, `0` if it was refused. Objects that the verified manifest does not name are refused.
// Error:  refused objects are kept with their sentences, and returned when the fetcher is closed. Another failure, such as a full disk,
//         closes the connection of its request; the next request for the object fetches it again.
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

interface Fetcher {
  readonly refused: readonly Refused[];
  /** Failures that are no refusals. */
  readonly failures: readonly unknown[];
  /** Time in which at least one object was being fetched, nanoseconds. */
  busyNs(): number;
  close(): Promise<void>;
}

/** `socket`: a path, of at most 107 bytes: a name in the current folder is short. */
export const openFetcher = async (
  socket: string,
  objects: readonly ImageObject[],
  pull: Omit<ObjectsToPull, 'missing'>,
): Promise<Fetcher> => {
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
      refused.push(...failed);
      return failed.length === 0;
    } catch (error) {
      failures.push(error);
      throw error;
    } finally {
      under.delete(object.digest);
      if (under.size === 0) busyNs += (performance.now() - busyFromMs) * 1e6;
    }
  };
  const answer = async (digest: string): Promise<boolean> => {
    const object = known.get(digest);
    if (object === undefined) return false;
    const fetching = under.get(digest) ?? fetch(object);
    under.set(digest, fetching);
    return fetching;
  };
  const serve = (connection: Socket): void => {
    let text = '';
    connection.setEncoding('latin1').on('error', () => connection.destroy());
    connection.on('data', (piece: string) => {
      text += piece;
      if (text.length < REQUEST_BYTES) return;
      const digest = text.slice(0, REQUEST_BYTES - 1);
      answer(digest)
        .then((isThere) => connection.end(isThere ? IN_STORE : REFUSED))
        .catch(() => connection.destroy());
    });
  };
  const server = createServer(serve);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(socket, done);
  });
  return {
    refused,
    failures,
    busyNs: () => busyNs,
    close: () => new Promise((done) => server.close(() => done())),
  };
};
