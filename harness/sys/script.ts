// Writes the script of the workers: every life of a slot in the form in which C reads it.
//
// Does:    strings and buffers lie in one region; arguments of calls are offsets into it, or into the file of manifests.
// Source:  timed/workers/script.h, which has the same structures.
import { LIFE_PHASES } from '../model/lives.ts';
import { patience } from './guest.ts';
import { ARGS, CALL_BYTES, encodeCall } from './list-table.ts';
import { type Argument, type ListedCall, Result } from './listed-call.ts';
import type { RecordedStep } from './recorder.ts';
import { cleanEnvironment, programPath } from './spawn.ts';

const MAGIC = 0x4c495645;
const VERSION = 2;
const HEADER_BYTES = 176;
const STEP_BYTES = 56;
const IMAGE_BYTES = 24;
const PAUSE_NS = 20_000;
/** The descriptor of a server on which it says that it is ready. */
const CHANNEL_FD = 3;
const KINDS = { run: 1, wait: 2, command: 3, serve: 4, exited: 5, message: 6, remove: 7 } as const;
const [VALUE, IN_SCRIPT, IN_BLOB] = [0, 1, 2];

export interface ScriptImage {
  readonly steps: readonly RecordedStep[];
  /** Its mount point, and the folder that create fills. */
  readonly at: string;
  readonly folder: string;
}

export interface ScriptParts {
  readonly images: readonly ScriptImage[];
  readonly sharedServer: readonly string[] | null;
  /** Offsets of manifests in a file of their own. */
  readonly blob: ReadonlyMap<Uint8Array, number>;
  readonly workers: number;
  readonly order: readonly number[];
  readonly dueNs: readonly number[] | null;
  readonly mostLateNs: number | null;
  readonly mostNs: number;
  readonly stall?: { readonly life: number; readonly ns: number };
}

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The region of strings and buffers. Equal strings, and references to one buffer, share a place. */
class Region {
  readonly #parts: Uint8Array[] = [];
  readonly #known = new Map<string | Uint8Array, number>();
  bytes = 0;

  place(value: string | Uint8Array): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const own = typeof value === 'string' ? Buffer.from(`${value}\0`) : value;
    const at = HEADER_BYTES + this.bytes;
    this.#known.set(value, at);
    this.#parts.push(own, Buffer.alloc(aligned(own.length) - own.length));
    this.bytes += aligned(own.length);
    return at;
  }

  /** Strings one after the other. */
  strings(values: readonly string[]): number {
    return this.place(Buffer.from(values.map((value) => `${value}\0`).join('')));
  }

  all(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Grows by doubling. */
class Records {
  #buffer = Buffer.alloc(4096);
  bytes = 0;

  /** Room for `bytes` more, zeroed, as a part of the whole at `at`. */
  add(bytes: number): { readonly buffer: Buffer; readonly at: number } {
    while (this.bytes + bytes > this.#buffer.length)
      this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(this.#buffer.length)]);
    const at = this.bytes;
    this.bytes += bytes;
    return { buffer: this.#buffer, at };
  }

  all(): Buffer {
    return this.#buffer.subarray(0, this.bytes);
  }
}

interface Encoder {
  readonly region: Region;
  readonly calls: Records;
  readonly kinds: Records;
  readonly blob: ScriptParts['blob'];
}

const encodedArgument = (
  { region, blob }: Encoder,
  arg: Argument,
): readonly [kind: number, value: bigint] => {
  if (typeof arg === 'number') return [VALUE!, BigInt(arg)];
  if (arg instanceof Result) return [VALUE!, 0n];
  if (typeof arg !== 'string' && 'bytes' in arg)
    return [IN_SCRIPT!, BigInt(region.place(arg.bytes) + arg.at)];
  const inBlob = typeof arg === 'string' ? undefined : blob.get(arg);
  return inBlob === undefined ? [IN_SCRIPT!, BigInt(region.place(arg))] : [IN_BLOB!, BigInt(inBlob)];
};

const addCall = (encoder: Encoder, call: ListedCall): void => {
  const to = encoder.calls.add(CALL_BYTES);
  const kinds = encoder.kinds.add(ARGS);
  let number = 0;
  encodeCall(to.buffer, to.at, call, (arg) => {
    const [kind, value] = encodedArgument(encoder, arg);
    kinds.buffer[kinds.at + number++] = kind;
    return value;
  });
};

const argvOf = (argv: readonly string[]): readonly string[] =>
  [programPath(argv[0]!), ...argv.slice(1)].map((text) => text.replaceAll('{ready}', `${CHANNEL_FD}`));

interface StepFields {
  readonly first?: number;
  readonly count?: number;
  readonly at?: number;
  readonly bytes?: number;
  readonly limitMs?: number;
  readonly server?: number;
}

const fieldsOf = (encoder: Encoder, step: RecordedStep): StepFields => {
  const { region, calls } = encoder;
  switch (step.kind) {
    case 'run':
    case 'wait': {
      const first = calls.bytes / CALL_BYTES;
      for (const call of step.calls) addCall(encoder, call);
      return { ...('limitMs' in step ? { limitMs: step.limitMs } : {}), first, count: step.calls.length };
    }
    case 'command':
      return { at: region.strings(argvOf(step.argv)), count: step.argv.length };
    case 'serve':
      return { ...step, at: region.strings(argvOf(step.argv)), count: step.argv.length };
    case 'exited':
      return step;
    case 'message': {
      const bytes = step.words.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
      return { at: region.strings(step.words), bytes };
    }
    case 'remove':
      return { at: region.place(step.path) };
  }
};

const addStep = (encoder: Encoder, steps: Records, step: RecordedStep): void => {
  const { first = 0, count = 0, at = 0, bytes = 0, limitMs = 0, server = 0 } = fieldsOf(encoder, step);
  const to = steps.add(STEP_BYTES);
  for (const [i, value] of [KINDS[step.kind], LIFE_PHASES.indexOf(step.phase), first, count].entries())
    to.buffer.writeInt32LE(value, to.at + 4 * i);
  for (const [i, value] of [at, bytes, PAUSE_NS, limitMs * 1e6 * patience].entries())
    to.buffer.writeBigInt64LE(BigInt(value), to.at + 16 + 8 * i);
  to.buffer.writeInt32LE(server, to.at + 48);
};

const addImage = (encoder: Encoder, steps: Records, images: Records, image: ScriptImage): void => {
  const first = steps.bytes / STEP_BYTES;
  for (const step of image.steps) addStep(encoder, steps, step);
  const to = images.add(IMAGE_BYTES);
  to.buffer.writeBigInt64LE(BigInt(encoder.region.place(image.at)), to.at);
  to.buffer.writeBigInt64LE(BigInt(encoder.region.place(image.folder)), to.at + 8);
  to.buffer.writeInt32LE(first, to.at + 16);
  to.buffer.writeInt32LE(image.steps.length, to.at + 20);
};

/** Each worker has a connection of its own. */
const setupStep = (argv: readonly string[], workers: number, limitMs: number): RecordedStep => ({
  kind: 'serve',
  argv: argv.map((text) => text.replaceAll('{control}', `${CHANNEL_FD}-${CHANNEL_FD + workers - 1}`)),
  server: 0,
  limitMs,
  phase: 'mount',
});

export const encodeScript = (parts: ScriptParts, serverLimitMs: number): Buffer => {
  const encoder: Encoder = {
    region: new Region(),
    calls: new Records(),
    kinds: new Records(),
    blob: parts.blob,
  };
  const [steps, images] = [new Records(), new Records()];
  for (const image of parts.images) addImage(encoder, steps, images, image);
  const setup = parts.sharedServer === null ? -1 : steps.bytes / STEP_BYTES;
  if (parts.sharedServer !== null)
    addStep(encoder, steps, setupStep(parts.sharedServer, parts.workers, serverLimitMs));
  const env = Object.entries(cleanEnvironment()).map(([key, value]) => `${key}=${value}`);
  const environment = encoder.region.strings(env);
  const order = Buffer.alloc(4 * parts.order.length);
  for (const [i, image] of parts.order.entries()) order.writeInt32LE(image, 4 * i);
  const due = Buffer.alloc(8 * (parts.dueNs?.length ?? 0));
  for (const [i, ns] of (parts.dueNs ?? []).entries()) due.writeBigInt64LE(BigInt(Math.round(ns)), 8 * i);
  const region = encoder.region.all();
  const sections = [
    region,
    encoder.calls.all(),
    encoder.kinds.all(),
    steps.all(),
    images.all(),
    order,
    due,
  ].map((bytes) => Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]));
  const at: number[] = [];
  let end = HEADER_BYTES;
  for (const section of sections) {
    at.push(end);
    end += section.length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(VERSION, 4);
  const fields = [
    end,
    ...[at[1]!, encoder.calls.bytes / CALL_BYTES, at[2]!],
    ...[at[3]!, steps.bytes / STEP_BYTES],
    ...[at[4]!, parts.images.length],
    ...[at[5]!, parts.order.length, parts.dueNs === null ? 0 : at[6]!],
    ...[environment, env.length, setup, parts.workers],
    ...[parts.mostLateNs ?? 0, parts.mostNs, parts.stall?.life ?? -1, parts.stall?.ns ?? 0],
    ...[at[0]!, region.length],
  ];
  for (const [i, value] of fields.entries()) header.writeBigInt64LE(BigInt(Math.round(value)), 8 + 8 * i);
  return Buffer.concat([header, ...sections]);
};
