// An HTTP image server, which answers wrongly on request, for tests.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawLie, type HonestAnswer, honest, type LieOptions, type Told } from './lies.ts';
import { Link, type LinkOptions } from './link.ts';

export interface ServeOptions {
  /** URL path without its first slash, and file. */
  readonly files: Readonly<Record<string, string>>;
  /** Below `objects/`: the parts of a pack, whose objects are sorted by digest. */
  readonly objects: {
    readonly pack: string;
    readonly sizes: readonly (readonly [digest: string, bytes: number])[];
  };
  /** Older versions of some of the files, for lies. */
  readonly old?: Readonly<Record<string, string>>;
  readonly link: LinkOptions;
  readonly lies?: LieOptions;
  /** A line `KIND PATH` for each lie. */
  readonly lieLog?: string;
}

const HOST = '127.0.0.1';
/** A slow answer takes a minute or longer. */
const DRIP_MS = 20;
const SLOW_MS = 60_000;
const BEFORE_RESET_MS = 20;
/** Connections without a request are kept so long. */
const KEPT_MS = 60_000;
const OBJECT = /^objects\/([0-9a-f]{2})\/([0-9a-f]{62})$/;
const RANGE = /^bytes=(\d{1,15})-(\d{1,15})$/;

const listen = (server: http.Server): Promise<number> =>
  new Promise((done) => {
    server.listen(0, HOST, () => done((server.address() as AddressInfo).port));
  });

/** A file, or a part of one. */
interface ServedPart {
  readonly file: string;
  readonly from: number;
  /** Absent: to the end. */
  readonly bytes?: number;
}

const answerFor = async (
  { file: path, from, bytes }: ServedPart,
  range: HonestAnswer['range'],
): Promise<HonestAnswer | null> => {
  const file = await open(path);
  try {
    const totalBytes = bytes ?? (await file.stat()).size;
    if (range !== null && (range.to >= totalBytes || range.from > range.to)) return null;
    const body = Buffer.allocUnsafe(range === null ? totalBytes : range.to - range.from + 1);
    await file.read(body, 0, body.length, from + (range?.from ?? 0));
    return { totalBytes, body, range };
  } finally {
    await file.close();
  }
};

/** A client that has not read all bytes when the reset comes sees an end instead. */
const resetAfterWrites = async (socket: Socket): Promise<void> => {
  // It is done when all earlier writes are.
  await new Promise((done) => socket.write('', done));
  await sleep(BEFORE_RESET_MS);
  socket.resetAndDestroy();
};

const partsOf = ({ pack, sizes }: ServeOptions['objects']): ReadonlyMap<string, ServedPart> => {
  const parts = new Map<string, ServedPart>();
  let from = 0;
  for (const [digest, bytes] of sizes) {
    parts.set(digest, { file: pack, from, bytes });
    from += bytes;
  }
  return parts;
};

class ImageServer {
  readonly #options: ServeOptions;
  readonly #link: Link;
  readonly #log: number | null;
  readonly #asks = new Map<string, number>();
  readonly #objects: ReadonlyMap<string, ServedPart>;
  readonly #greeted = new WeakSet<object>();
  /** The object that was sent last, for lies. */
  #lastObject: Buffer | null = null;
  elsewhere = '';

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#objects = partsOf(options.objects);
    this.#link = new Link(options.link);
    this.#log = options.lieLog === undefined ? null : openSync(options.lieLog, 'a');
  }

  log(line: string): void {
    if (this.#log !== null) writeSync(this.#log, `${line}\n`);
  }

  close(): void {
    if (this.#log !== null) closeSync(this.#log);
  }

  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (!this.#greeted.has(request.socket)) {
      this.#greeted.add(request.socket);
      await this.#link.roundTrip();
    }
    await this.#link.roundTrip();
    const path = (request.url ?? '/').slice(1).replace(/\?.*/, '');
    const range = RANGE.exec(request.headers.range ?? '');
    const served = this.#partAt(path);
    const found =
      served === null
        ? null
        : await answerFor(served, range === null ? null : { from: Number(range[1]), to: Number(range[2]) });
    if (found === null) {
      response.writeHead(served === null ? 404 : 416).end();
      return;
    }
    await this.#tell(this.#toldFor(path, found), response);
    if (path.startsWith('objects/')) this.#lastObject = found.body;
  }

  #partAt(path: string): ServedPart | null {
    const [, fan, rest] = OBJECT.exec(path) ?? [];
    if (fan !== undefined) return this.#objects.get(fan + rest) ?? null;
    return Object.hasOwn(this.#options.files, path) ? { file: this.#options.files[path]!, from: 0 } : null;
  }

  #toldFor(path: string, found: HonestAnswer): Told {
    const { lies, old } = this.#options;
    if (lies === undefined) return honest(found);
    const ask = this.#asks.get(path) ?? 0;
    this.#asks.set(path, ask + 1);
    const oldPath = old?.[path];
    const lie = drawLie(lies, ask, {
      ...found,
      path: `/${path}`,
      other: this.#lastObject,
      old: oldPath === undefined ? null : readFileSync(oldPath),
      elsewhere: this.elsewhere,
    });
    if (lie === null) return honest(found);
    this.log(`${lie.kind} ${path}`);
    return lie.told;
  }

  async #tell({ status, headers, body, ending, raw }: Told, response: http.ServerResponse): Promise<void> {
    if (raw !== undefined) {
      response.socket?.write(raw);
      if (ending === 'cut') response.socket?.end();
      return;
    }
    response.writeHead(status, headers);
    if (ending === 'drip') {
      for (let at = 0; at < body.length && !response.destroyed; at++) {
        response.write(body.subarray(at, at + 1));
        await sleep(Math.max(DRIP_MS, SLOW_MS / body.length));
      }
    } else await this.#link.send(body, response);
    if (ending === 'cut') response.socket?.end();
    if (ending === 'reset' && response.socket !== null) await resetAfterWrites(response.socket);
    if (ending === 'end' || ending === 'drip') response.end();
    if (ending === 'stall') response.flushHeaders();
  }
}

interface ServedPort {
  /** On the loopback address. */
  readonly port: number;
  close(): void;
}

export const serveImages = async (options: ServeOptions): Promise<ServedPort> => {
  const images = new ImageServer(options);
  const elsewhere = http.createServer((request, response) => {
    images.log(`stolen ${request.url}`);
    response.end('elsewhere\n');
  });
  if (options.lies !== undefined) images.elsewhere = `http://${HOST}:${await listen(elsewhere)}`;
  const server = http.createServer((request, response) => {
    images.answer(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = KEPT_MS;
  const port = await listen(server);
  return {
    port,
    close() {
      for (const one of [server, elsewhere]) {
        one.close();
        one.closeAllConnections();
      }
      images.close();
    },
  };
};
