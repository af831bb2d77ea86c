// Paths as a run publishes them: run.json, the journal, and every report and table made from them name no home, user or place on the
// machine. `private.json` keeps what --resume and --confirm need.
import { homedir, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Skipped } from '../../results/schema/not-measured.ts';
import type { Proof, Sample } from '../../results/schema/run.ts';
import type { Changed } from '../runner/parts.ts';
import { isInside, PATH_IN_ARGUMENT } from '../runner/published-path.ts';
import type { PrivateOptions } from './private-file.ts';
import type { RunFolders } from './work-folder.ts';

const CHECKOUT = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

/** Absolute. */
const pathsIn = (argv: readonly string[], cwd: string): readonly string[] =>
  argv.flatMap((argument) => argument.match(PATH_IN_ARGUMENT) ?? []).map((path) => resolve(cwd, path));

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** As JSON writes it inside a string. */
const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

interface PublishedPlaces {
  readonly cwd: string;
  readonly folders: Pick<RunFolders, 'runDir' | 'workDir'>;
  /** Paths in these are published by their last names. */
  readonly argv: readonly string[];
  readonly home: string;
  /** Users whose names may be parts of paths. */
  readonly users: readonly string[];
}

/** Of this process. `options`: those of the run, which may have been typed for an earlier process of it. */
export const ownPlaces = (
  folders: PublishedPlaces['folders'],
  options: PrivateOptions['options'],
): PublishedPlaces => ({
  cwd: process.cwd(),
  folders,
  argv: [...process.argv.slice(2), ...Object.values(options).flat()].filter((one) => typeof one === 'string'),
  home: homedir(),
  users: [userInfo().username, process.env['SUDO_USER'] ?? ''],
});

/** Names of places by their paths, the longest path first. */
const namesOf = ({ cwd, folders, argv, home }: PublishedPlaces): ReadonlyMap<string, string> => {
  const names: readonly (readonly [path: string, name: string])[] = [
    ...pathsIn(argv, cwd)
      .filter((path) => !isInside(path, cwd))
      .map((path) => [path, basename(path)] as const),
    [home, '~'],
    [CHECKOUT, 'CFSBENCH'],
    [cwd, '.'],
    [folders.runDir, 'RUN'],
    [folders.workDir, 'WORK'],
  ];
  return new Map(
    names.filter(([path]) => path.length > 1).sort(([one], [other]) => other.length - one.length),
  );
};

/** Not in the middle of a longer path. */
const BEGINS = '(?<![\\w.~/-])';
const ENDS = '(?![\\w-]|\\.\\w)';
/** Homes of other users, too. */
const HOMES = /(?<![\w.~-])(?:\/var)?\/home\/[^/"\\\s,;:]+/g;

type Publish = <T>(value: T) => T;

/** Returns a function that replaces paths in all strings of a value. */
export const openPublisher = (places: PublishedPlaces): Publish => {
  const names = new Map([...namesOf(places)].map(([path, name]) => [asJson(path), asJson(name)]));
  const known = new RegExp(`${BEGINS}(?:${[...names.keys()].map(quoted).join('|')})${ENDS}`, 'g');
  const users = places.users.filter((name) => name !== '' && name !== 'root').map(quoted);
  const user =
    users.length === 0 ? null : new RegExp(`(?<=/)(?:${users.join('|')})(?=[/"\\\\\\s,;:]|$)`, 'g');
  return <T>(value: T): T => {
    const json = JSON.stringify(value)
      .replace(known, (path) => names.get(path)!)
      .replace(HOMES, '~');
    return JSON.parse(user === null ? json : json.replace(user, 'USER')) as T;
  };
};

/** It says of an entry of an image why that cannot be shown. */
const isOfEntry = ({ need, reason }: Pick<Skipped, 'need' | 'reason'>): boolean =>
  need === 'image' && reason.startsWith('/');

/** A tree that was read differs in its own paths. */
const publishProof = (publish: Publish, proof: Proof): Proof => ({
  ...publish(proof),
  ...(proof.treeDigest === null ? {} : { difference: proof.difference }),
  ...(proof.hidden === undefined ? {} : { hidden: proof.hidden }),
});

export const publishSkip = (publish: Publish, skipped: Skipped): Skipped => ({
  ...publish(skipped),
  ...(skipped.kind === 'image' || isOfEntry(skipped) ? { reason: skipped.reason } : {}),
});

/** Paths in images stay: they are no places of this machine, and `/root/.profile` of an image is not `~/.profile`. */
export const publishChange = (publish: Publish, { proofs, skipped, ...changed }: Changed): Changed => ({
  ...publish(changed),
  ...(proofs === undefined ? {} : { proofs: proofs.map((proof) => publishProof(publish, proof)) }),
  ...(skipped === undefined ? {} : { skipped: skipped.map((one) => publishSkip(publish, one)) }),
});

export const publishSample = (publish: Publish, sample: Sample): Sample => ({
  ...publish(sample),
  ...(sample.outcome === 'skipped' && isOfEntry(sample) ? { reason: sample.reason } : {}),
});
