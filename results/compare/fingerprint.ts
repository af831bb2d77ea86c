// What must be equal before two exact counts may be compared: the programs of the actor, the architecture, the path taken, the
// image. Counts with unlike fingerprints are incomparable, never worse.

import { own } from '../own.ts';
import type { RunFile } from '../schema/run.ts';

export type Fingerprint = Readonly<Record<string, string>>;

/** Whose calls depend on the runtime that this project runs in. */
const HARNESS = 'harness';
/** Built from this project: its version is what is being compared, not a condition. */
const OWN_SERVER = 'cfs-fuse';
/** The only actor that prints the paths it is given. */
const PRINTS_PATHS = 'ls';

export interface CountedBy {
  readonly image: string;
  /** Null for what is on disk or was counted by nobody in particular. */
  readonly actor: string | null;
  /** As the samples say: `erofs: file, layers: fd`. */
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

/** Stable text: equal for equal fingerprints. */
export const fingerprintText = (fingerprint: Fingerprint): string =>
  Object.keys(fingerprint)
    .sort()
    .map((key) => `${key}=${fingerprint[key]}`)
    .join('; ');

/** `name: base, head` of every item that differs, in the order of names. */
export const differences = (base: Fingerprint, head: Fingerprint): readonly string[] =>
  [...new Set([...Object.keys(base), ...Object.keys(head)])]
    .sort()
    .filter((key) => base[key] !== head[key])
    .map((key) => `${key}: ${base[key] ?? 'absent'} in the base, ${head[key] ?? 'absent'} in the head`);
