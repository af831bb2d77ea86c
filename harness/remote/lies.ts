// Wrong answers ("lies") of the image server, for tests; drawn from a seed.
import { seeded } from '../model/random.ts';

/** The right answer. */
export interface HonestAnswer {
  /** Of the whole file. */
  readonly totalBytes: number;
  /** The bytes to send, of the file or of a range. */
  readonly body: Buffer;
  readonly range: { readonly from: number; readonly to: number } | null;
}

interface LieContext extends HonestAnswer {
  readonly random: { int(low: number, high: number): number };
  /** URL path. */
  readonly path: string;
  /** Bytes of another object, and of an older version of the same file, where the server has one. */
  readonly other: Buffer | null;
  readonly old: Buffer | null;
  /** Origin of a second server, to which no client may be redirected. */
  readonly elsewhere: string;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * `cut`: the connection is closed after the body. `reset`: the same by a TCP reset. `stall`: it stays open and nothing follows. `drip`:
   * a byte at a time.
   */
  readonly ending: 'end' | 'cut' | 'reset' | 'stall' | 'drip';
  /** Sent instead of an HTTP answer. */
  readonly raw?: Buffer;
}

type Lie = (context: LieContext) => Told | null;

const OK = 200;
const PARTIAL = 206;
const FOUND = 302;

const headersOf = ({ body, range, totalBytes }: HonestAnswer): Record<string, string> => ({
  'content-length': String(body.length),
  ...(range === null ? {} : { 'content-range': `bytes ${range.from}-${range.to}/${totalBytes}` }),
});

export const honest = (answer: HonestAnswer): Told => ({
  status: answer.range === null ? OK : PARTIAL,
  headers: headersOf(answer),
  body: answer.body,
  ending: 'end',
});

/** The right head with another body of the same size. */
const withBody = (context: LieContext, body: Buffer): Told => ({ ...honest(context), body });

const resized = (context: LieContext, body: Buffer): Told => ({
  ...honest(context),
  headers: { ...headersOf(context), 'content-length': String(body.length) },
  body,
});

const randomBytes = ({ random }: LieContext, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, () => random.int(0, 255)));

const oneByte: Lie = (context) => {
  const { body, random } = context;
  if (body.length === 0) return null;
  const changed = Buffer.from(body);
  const at = random.int(0, body.length - 1);
  changed[at] = changed[at]! ^ (1 << random.int(0, 7));
  return withBody(context, changed);
};

const MOST_RANDOM = 4096;

const garbage: Lie = (context) => {
  const { body } = context;
  const head = randomBytes(context, Math.min(body.length, MOST_RANDOM));
  const changed = Buffer.concat([head, body.subarray(head.length)]);
  return changed.equals(body) ? null : withBody(context, changed);
};

const shorter = ({ body, random }: LieContext): Buffer | null =>
  body.length === 0 ? null : body.subarray(0, random.int(0, body.length - 1));

const short: Lie = (context) => {
  const body = shorter(context);
  return body === null ? null : resized(context, body);
};

const cut: Lie = (context) => {
  const body = shorter(context);
  return body === null ? null : { ...withBody(context, body), ending: 'cut' };
};

/** After half of the body. */
const reset: Lie = (context) => {
  const { body } = context;
  const half = body.subarray(0, Math.floor(body.length / 2));
  return half.length === 0 ? null : { ...withBody(context, half), ending: 'reset' };
};

const stall: Lie = (context) => {
  const body = shorter(context);
  return body === null ? null : { ...withBody(context, body), ending: 'stall' };
};

const longer = (context: LieContext): Buffer =>
  Buffer.concat([context.body, randomBytes(context, context.random.int(1, MOST_RANDOM))]);

const long: Lie = (context) => resized(context, longer(context));

/** Without a content length the size is known at the end only. */
const withoutLength = (told: Told): Told => {
  const { 'content-length': _, ...headers } = told.headers;
  return { ...told, headers };
};

const longUnannounced: Lie = (context) => withoutLength(resized(context, longer(context)));

const shortUnannounced: Lie = (context) => {
  const body = shorter(context);
  return body === null ? null : withoutLength(resized(context, body));
};

const wrongLength: Lie = (context) => ({
  ...honest(context),
  headers: {
    ...headersOf(context),
    'content-length': String(context.body.length + context.random.int(1, 1e6)),
  },
  ending: 'cut',
});

const LEAST_DRIPPED = 2;

const slow: Lie = (context) =>
  context.body.length < LEAST_DRIPPED ? null : { ...honest(context), ending: 'drip' };

const silent: Lie = (context) => ({
  ...honest(context),
  body: Buffer.alloc(0),
  ending: 'stall',
  raw: Buffer.alloc(0),
});

const answering =
  (status: number): Lie =>
  (context) => ({ ...resized(context, Buffer.from(`${status}\n`)), status });

const redirecting =
  (to: (context: LieContext) => string): Lie =>
  (context) => ({
    status: FOUND,
    headers: { location: to(context), 'content-length': '0' },
    body: Buffer.alloc(0),
    ending: 'end',
  });

const replaced =
  (by: (context: LieContext) => Buffer | null): Lie =>
  (context) => {
    const body = by(context);
    return body === null || body.equals(context.body) ? null : resized(context, body);
  };

/** Another object, cut or filled to the size that is expected. */
const otherSameSize: Lie = (context) => {
  const { body, other } = context;
  if (other === null || other.length === 0) return null;
  const filled = Buffer.alloc(body.length, other);
  return filled.equals(body) ? null : withBody(context, filled);
};

const wrongRange: Lie = (context) => {
  const { range, totalBytes } = context;
  if (range === null) return null;
  const from = range.from + context.random.int(1, 100);
  return {
    ...honest(context),
    headers: { ...headersOf(context), 'content-range': `bytes ${from}-${range.to}/${totalBytes}` },
  };
};

const noRange: Lie = (context) => (context.range === null ? null : { ...honest(context), status: OK });
const unaskedRange: Lie = (context) =>
  context.range === null ? { ...honest(context), status: PARTIAL } : null;

const encoded: Lie = (context) => ({
  ...honest(context),
  headers: { ...headersOf(context), 'content-encoding': 'gzip' },
});

const raw =
  (text: (context: LieContext) => Buffer): Lie =>
  (context) => ({ ...honest(context), ending: 'cut', raw: text(context) });

const HUGE_HEADER_BYTES = 64 * 1024;

/** By name, as the server's log has it. A lie that the request does not allow is null, and another one is told. */
export const LIES: Readonly<Record<string, Lie>> = {
  'one-bit': oneByte,
  garbage,
  short,
  'short-unannounced': shortUnannounced,
  empty: replaced(() => Buffer.alloc(0)),
  cut,
  reset,
  long,
  'long-unannounced': longUnannounced,
  'wrong-length': wrongLength,
  slow,
  stall,
  silent,
  '404': answering(404),
  '500': answering(500),
  '204': (context) => ({ ...honest(context), status: 204, headers: {}, body: Buffer.alloc(0) }),
  'redirect-elsewhere': redirecting(({ elsewhere, path }) => `${elsewhere}${path}`),
  'redirect-to-file': redirecting(() => 'file:///etc/hostname'),
  'redirect-loop': redirecting(({ path, random }) => `${path}?again=${random.int(0, 1e9)}`),
  'redirect-nowhere': redirecting(() => 'http://'),
  'other-object': replaced(({ other }) => other),
  'other-object-same-size': otherSameSize,
  old: replaced(({ old }) => old),
  'wrong-range': wrongRange,
  'no-range': noRange,
  'unasked-range': unaskedRange,
  encoded,
  'no-http': raw((context) => randomBytes(context, MOST_RANDOM)),
  'huge-header': raw(() => Buffer.from(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(HUGE_HEADER_BYTES)}\r\n\r\n`)),
  'two-lengths': raw(({ body }) =>
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\ncontent-length: ${body.length + 1}\r\n\r\n`,
      ),
      body,
    ]),
  ),
};

export interface LieOptions {
  readonly seed: string;
  /** Of all answers, 0 to 1. */
  readonly share: number;
  /** Names; absent: all. */
  readonly kinds?: readonly string[];
}

interface TryToLie {
  readonly kind: string;
  readonly told: Told;
}

const MOST_TRIES = 50;
const SHARES = 1e6;

/** The answer, and the name of the lie; null: the right answer. `ask` tells requests for the same path apart. */
export const drawLie = (
  { seed, share, kinds = Object.keys(LIES) }: LieOptions,
  ask: number,
  context: Omit<LieContext, 'random'>,
): TryToLie | null => {
  const { path, range } = context;
  const random = seeded(`${seed} ${path} ${range?.from ?? ''} ${ask}`);
  if (random.int(1, SHARES) > share * SHARES) return null;
  for (let i = 0; i < MOST_TRIES; i++) {
    const kind = kinds[random.int(0, kinds.length - 1)]!;
    const told = LIES[kind]!({ ...context, random });
    if (told !== null) return { kind, told };
  }
  return null;
};
