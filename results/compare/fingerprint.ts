// The conditions of an exact count: the actor's programs, the architecture, the path taken, the image. Counts with different
// fingerprints are incomparable, never worse.
import { own } from '../own.ts';
import type { RunFile } from '../schema/run.ts';

export type Fingerprint = Readonly<Record<string, string>>;

/** Its calls depend on the version of Node. */
const HARNESS = 'harness';
/** Built from this repository: its version is the subject of the comparison, not a condition. */
const OWN_SERVER = 'cfs-fuse';
/** Their calls follow the requests of the kernel: at least one read and one write each. */
const FUSE_SERVERS: readonly string[] = [OWN_SERVER, 'composefs-fuse'];
/** `cfs-fuse` starts threads for the CPUs. */
const THREAD_PER_CPU = /\btransport: (threads|uring)\b/;
/** The only actor that prints the paths it is given. */
const PRINTS_PATHS = 'ls';
/** Made for each name of a path that is resolved. */
const RESOLVES = /^readlink(at)?$/;

interface CountedBy {
  readonly image: string;
  /** Null for counts of the disk and counts without an actor. */
  readonly actor: string | null;
  /** Null for counts that are no calls. */
  readonly call: string | null;
  /** As in the samples: `erofs: file, layers: fd`. */
  readonly took: string;
}

const toolOf = (run: RunFile, name: string): string => own(run.environment.tools, name) ?? 'unknown';

const imageOf = (run: RunFile, name: string): string =>
  run.images.find((image) => image.name === name)?.manifestDigest ?? 'unknown';

/** The conditions of a count of requests: kernels differ in what they ask, and versions of `ls` too. */
export const requestConditions = (run: RunFile): Fingerprint => ({
  kernel: run.environment.kernel,
  ls: toolOf(run, 'ls'),
});

/** How the calls of an actor are compared. A stray request, which some passes have, is a few calls of the server. */
export const noiseOfCalls = (actor: string): 'exact' | 'quasi' =>
  FUSE_SERVERS.includes(actor) ? 'quasi' : 'exact';

const serving = (run: RunFile, { actor, took }: CountedBy): Fingerprint => {
  if (actor === null || noiseOfCalls(actor) === 'exact') return {};
  const isThreadPerCpu = actor === OWN_SERVER && THREAD_PER_CPU.test(took);
  return {
    ...requestConditions(run),
    ...(isThreadPerCpu ? { cpuCount: String(run.environment.cpuCount) } : {}),
  };
};

const programs = (run: RunFile, actor: string | null): Fingerprint => {
  const { environment } = run;
  if (actor === null) return { workFileSystem: environment.workFileSystem.type };
  const libc = toolOf(run, 'libc');
  if (actor === HARNESS) return { node: toolOf(run, 'node'), libc };
  if (actor === OWN_SERVER) return { libc };
  return { [actor]: toolOf(run, actor), libc };
};

const pathOf = ({ environment }: RunFile, { actor, call }: CountedBy): Fingerprint => {
  if (actor === PRINTS_PATHS) return { slotPathBytes: String(environment.slotPathBytes ?? 'unknown') };
  return call !== null && RESOLVES.test(call)
    ? { slotPathNames: String(environment.slotPathNames ?? 'unknown') }
    : {};
};

export const fingerprintOf = (run: RunFile, counted: CountedBy): Fingerprint => ({
  architecture: run.environment.architecture,
  privilege: run.environment.privilege,
  ledgerSource: run.ledgerSource,
  image: imageOf(run, counted.image),
  took: counted.took,
  ...programs(run, counted.actor),
  ...serving(run, counted),
  ...pathOf(run, counted),
});

/** Equal for equal fingerprints. */
export const fingerprintText = (fingerprint: Fingerprint): string =>
  Object.keys(fingerprint)
    .sort()
    .map((key) => `${key}=${fingerprint[key]}`)
    .join('; ');

/** One text for each item that differs, in the order of names. */
export const differences = (base: Fingerprint, head: Fingerprint): readonly string[] =>
  [...new Set([...Object.keys(base), ...Object.keys(head)])]
    .sort()
    .filter((key) => base[key] !== head[key])
    .map((key) => `${key}: ${base[key] ?? 'absent'} in the base, ${head[key] ?? 'absent'} in the head`);
