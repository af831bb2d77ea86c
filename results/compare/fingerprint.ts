// The conditions of an exact count: the actor's programs, the architecture, the path taken, the image. Counts with different
// fingerprints are incomparable, never worse.
import { own } from '../own.ts';
import type { RunFile } from '../schema/run.ts';

export type Fingerprint = Readonly<Record<string, string>>;

/** Its calls depend on the version of Node. */
const HARNESS = 'harness';
/** Built from this repository: its version is the subject of the comparison, not a condition. */
const OWN_SERVER = 'cfs-fuse';
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
