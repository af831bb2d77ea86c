// The replicates of a fleet: fleet.json names them, and their files in the folder give the reason why one is missing.
//
// Reads:   NUMBER.state (`started TIME HOST`, `ended TIME CODE`, `lost HOST CODE SIGNAL`), and the last lines of NUMBER.log and
//          slurm-NUMBER.log. All of them are untrusted: a line in another form is left out.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ResultsError } from '../errors.ts';
import { readRegular } from '../files.ts';
import { RUN_FILE } from '../journal.ts';
import { parseJson } from '../json.ts';
import type { MissingRun } from './pooled.ts';

export const FLEET_FILE = 'fleet.json';
export const FLEET_SCHEMA = 1;

/** fleet.json. */
export interface FleetFile {
  readonly schema: typeof FLEET_SCHEMA;
  /** Names of the run folders, beside fleet.json. */
  readonly replicates: readonly string[];
}

const MOST_BYTES = 1024 * 1024;
const MOST_LOG_BYTES = 16 * 1024 * 1024;
const LONGEST_REASON = 300;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const isFleetFile = (value: unknown): value is FleetFile => {
  const { schema, replicates } = (value ?? {}) as Partial<FleetFile>;
  return (
    schema === FLEET_SCHEMA &&
    Array.isArray(replicates) &&
    replicates.length > 0 &&
    replicates.every((name) => typeof name === 'string' && NAME.test(name)) &&
    new Set(replicates).size === replicates.length
  );
};

interface Replicates {
  readonly folder: string;
  readonly names: readonly string[];
}

const readFleet = (path: string): Replicates => {
  const hint = 'name the file that cfsbench fleet made, or a number: --expect N';
  const value = parseJson(readRegular(path, { mostBytes: MOST_BYTES, hint }).toString(), path, { hint });
  if (!isFleetFile(value))
    throw new ResultsError(`${path} names no replicates`, {
      facts: ['not as cfsbench fleet writes it'],
      hint,
    });
  return { folder: dirname(path), names: value.replicates };
};

const textOf = (path: string, mostBytes: number): string => {
  if (!existsSync(path)) return '';
  try {
    return readRegular(path, { mostBytes }).toString();
  } catch {
    return ''; // An unreadable file gives no reason.
  }
};

/** The line that says what failed: that of the program, or the last one. */
const lastWords = (path: string): string => {
  const lines = textOf(path, MOST_LOG_BYTES)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const said = lines.filter((line) => /^(cfsbench: |slurmstepd: error: )/.test(line)).at(-1);
  return (said ?? lines.at(-1) ?? '').slice(0, LONGEST_REASON);
};

interface State {
  readonly started: readonly string[] | null;
  readonly ended: readonly string[] | null;
  readonly lost: readonly string[] | null;
}

const stateOf = (text: string): State => {
  const find = (form: RegExp): readonly string[] | null => form.exec(text)?.slice(1) ?? null;
  return {
    started: find(/^started (\S{1,40}) (\S{1,253})$/m),
    ended: find(/^ended (\S{1,40}) (\d{1,3})$/m),
    lost: find(/^lost (\S{1,253}) (\d{1,3}) (\d{1,3})$/m),
  };
};

const because = (text: string): string => (text === '' ? '' : `: ${text}`);

/** Why the replicate of this name is missing. */
const reasonOf = (folder: string, name: string): string => {
  const { started, ended, lost } = stateOf(textOf(join(folder, `${name}.state`), MOST_BYTES));
  const [own, engine] = [join(folder, `${name}.log`), join(folder, `slurm-${name}.log`)];
  if (ended !== null) return `it ended with exit code ${ended[1]}${because(lastWords(own))}`;
  if (lost !== null) {
    const how = lost[2] === '0' ? `exit code ${lost[1]}` : `signal ${lost[2]}`;
    return `nothing came back from ${lost[0]}, where it ended with ${how}${because(lastWords(own))}`;
  }
  if (started !== null)
    return `it began at ${started[0]} on ${started[1]} and never ended: it was killed, or its machine failed${because(lastWords(engine))}`;
  return `it never began${because(lastWords(engine))}`;
};

export interface ExpectedRuns {
  readonly folders: readonly string[];
  readonly missing: readonly MissingRun[];
  setAside(folder: string, why: string): MissingRun;
}

/** The replicates that have a run folder, and the others with the reason. */
export const expectedIn = (fleetFile: string): ExpectedRuns => {
  const { folder, names } = readFleet(fleetFile);
  const nameOf = new Map(names.map((name) => [join(folder, name), name]));
  const missing = names.filter((name) => !existsSync(join(folder, name, RUN_FILE)));
  const called = (name: string): string => `replicate ${name}`;
  return {
    folders: [...nameOf.keys()].filter((path) => existsSync(join(path, RUN_FILE))),
    missing: missing.map((name) => ({ name: called(name), reason: reasonOf(folder, name) })),
    setAside: (path, why) => {
      const name = nameOf.get(path)!;
      return { name: called(name), reason: `${why}; ${reasonOf(folder, name)}` };
    },
  };
};
