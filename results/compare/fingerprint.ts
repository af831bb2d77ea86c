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

interface CountedBy {
  readonly image: string;
  /** Null for counts of the disk and counts without an actor. */
  readonly actor: string | null;
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
  const path =
    actor === PRINTS_PATHS ? { slotPathBytes: String(environment.slotPathBytes ?? 'unknown') } : {};
  return { [actor]: toolOf(run, actor), libc, ...path };
};

export const fingerprintOf = (run: RunFile, { image, actor, took }: CountedBy): Fingerprint => ({
  architecture: run.environment.architecture,
  privilege: run.environment.privilege,
  ledgerSource: run.ledgerSource,
  image: imageOf(run, image),
  took,
  ...programs(run, actor),
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
