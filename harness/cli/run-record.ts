// run.json while a run goes on: begun before the first sample, rewritten as more is known.
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Journal } from '../../results/journal.ts';
import { type Environment, type RecordedOptions, type RunFile, SCHEMA } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { serverPath } from '../backends/server-path.ts';
import type { Features } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import type { Arm } from '../runner/arm.ts';
import type { Changed } from '../runner/parts.ts';
import { slotPathBytes } from '../runner/workspace.ts';
import { readEnvironment } from '../sys/environment.ts';
import { catalogueOf } from './catalogue.ts';
import type { Handover } from './handover.ts';
import type { RunOptions } from './options.ts';
import { refuseOtherMachine } from './resume.ts';
import type { Skipped } from './runnable.ts';

const commitOf = (): string | null => {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: new URL('../../..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
};

/** In the order in which the counter chooses. */
const ledgerSource = (features: Features): string => {
  if (features['bpf-ledger'].ok) return 'bpf';
  if (features.strace.ok) return 'strace';
  return `nothing here counts: ${features['bpf-ledger'].detail}; ${features.strace.detail}`;
};

/** The project's own server, and every other one that an arm names, by what they are called in the list of tools. */
export const serversOf = (arms: readonly Arm[]): ReadonlyMap<string, string> => {
  const named = arms.flatMap(({ options: { server } }) => (server === undefined ? [] : [server]));
  return new Map([
    ['cfs-fuse', serverPath],
    ...named.map((server): [string, string] => [`server ${server}`, resolve(server)]),
  ]);
};

export interface Given {
  readonly version: string;
  readonly baseline: string;
  readonly skipped: readonly Skipped[];
  readonly asked: RecordedOptions;
  /** The run that this process goes on with. */
  readonly earlier: RunFile | null;
}

const withoutRepeats = (skipped: readonly Skipped[]): readonly Skipped[] => [
  ...new Map(skipped.map((one) => [JSON.stringify(one), one])).values(),
];

export interface RunRecord {
  update(changed: Changed): void;
  end(status: RunFile['status'], wallNs: number, warnings: readonly string[]): void;
}

export const openRecord = (
  journal: Journal,
  options: RunOptions,
  { features, folders, startedAt, session }: Handover,
  given: Given,
): RunRecord => {
  const { profile, budgetNs, blocks, looks, ab, seed } = options;
  const environment: Environment = {
    ...readEnvironment(folders.workDir, serversOf(options.arms), features),
    slotPathBytes: slotPathBytes(folders.workDir),
  };
  const commit = commitOf();
  const nothing = { arms: [], scenarios: [], images: [], dropped: [], slots: [] };
  let run: RunFile = {
    schema: SCHEMA,
    id: folders.id,
    startedAt,
    host: hostname(),
    cfsbench: { version: given.version, commit },
    commandLine: ['cfsbench', ...process.argv.slice(2)],
    environment,
    catalogue: catalogueOf(backends, scenarios, probes),
    images: [],
    proofs: [],
    skipped: given.skipped,
    plan: { seed, profile: profile.id, budgetNs, blocks, baseline: given.baseline, looks, ab, ...nothing },
    status: 'running',
    finishedAt: null,
    wallNs: null,
    ledgerSource: ledgerSource(features),
    warnings: [],
    asked: given.asked,
  };
  const { earlier } = given;
  if (earlier !== null) {
    refuseOtherMachine(earlier, environment, commit);
    const resumed = [...(earlier.resumed ?? []), { session, at: new Date().toISOString() }];
    run = { ...earlier, status: 'running', finishedAt: null, resumed };
  }
  const rewrite = (changed: Partial<RunFile>): void => {
    run = { ...run, ...changed };
    journal.writeRun(run);
  };
  rewrite({});
  return {
    update: ({ skipped = [], plan, ...changed }) =>
      rewrite({
        ...changed,
        skipped: withoutRepeats([...run.skipped, ...skipped]),
        plan: { ...run.plan, ...plan },
      }),
    end: (status, wallNs, warnings) =>
      rewrite({
        status,
        finishedAt: new Date().toISOString(),
        wallNs: wallNs + (earlier?.wallNs ?? 0),
        warnings: [...new Set([...run.warnings, ...warnings])],
      }),
  };
};
