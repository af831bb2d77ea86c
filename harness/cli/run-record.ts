// run.json: written before the first sample, and again whenever more is known.
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Journal } from '../../results/journal.ts';
import {
  type Environment,
  type RecordedOptions,
  type RunFile,
  SCHEMA,
  type Skipped,
} from '../../results/schema/run.ts';
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
import type { ResolvedOptions } from './options.ts';
import { refuseOtherMachine } from './resume.ts';

const GIT_LIMIT_MS = 5000;

const commitOf = (): string | null => {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: new URL('../../..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: GIT_LIMIT_MS,
    }).trim();
  } catch {
    return null;
  }
};

/** The counter prefers BPF to strace. */
const ledgerSource = (features: Features): string => {
  if (features['bpf-ledger'].ok) return 'bpf';
  if (features.strace.ok) return 'strace';
  return `nothing here counts: ${features['bpf-ledger'].detail}; ${features.strace.detail}`;
};

/** Paths of the project's own server and of servers that arms name, by their names in the list of tools. */
export const serversOf = (arms: readonly Arm[]): ReadonlyMap<string, string> => {
  const named = arms.flatMap(({ options: { server } }) => (server === undefined ? [] : [server]));
  return new Map([
    ['cfs-fuse', serverPath],
    ...named.map((server): [string, string] => [`server ${server}`, resolve(server)]),
  ]);
};

/** What the command line knows of a run. */
export interface RunOrigin {
  readonly version: string;
  readonly asked: RecordedOptions;
  /** The run that this process resumes. */
  readonly earlier: RunFile | null;
}

interface RecordParts {
  readonly options: ResolvedOptions;
  readonly handover: Handover;
  readonly origin: RunOrigin;
  readonly baseline: string;
  readonly skipped: readonly Skipped[];
}

interface RunRecord {
  update(changed: Changed): void;
  end(status: RunFile['status'], wallNs: number, warnings: readonly string[]): void;
}

const newRun = (parts: RecordParts, environment: Environment, commit: string | null): RunFile => {
  const { options, handover, origin } = parts;
  const { looks, budgetNs } = options.amount;
  return {
    schema: SCHEMA,
    id: handover.folders.id,
    startedAt: handover.startedAt,
    host: hostname(),
    cfsbench: { version: origin.version, commit },
    commandLine: ['cfsbench', ...process.argv.slice(2)],
    environment,
    catalogue: catalogueOf(backends, scenarios, probes),
    images: [],
    proofs: [],
    skipped: parts.skipped,
    plan: {
      seed: options.seed,
      profile: options.profile.id,
      budgetNs,
      blocks: looks[0]!,
      looks,
      baseline: parts.baseline,
      ab: options.selection.ab,
      arms: [],
      scenarios: [],
      images: [],
      dropped: [],
      slots: [],
    },
    status: 'running',
    finishedAt: null,
    wallNs: null,
    ledgerSource: ledgerSource(handover.features),
    warnings: [],
    asked: origin.asked,
  };
};

const resumedRun = (earlier: RunFile, session: number): RunFile => ({
  ...earlier,
  status: 'running',
  finishedAt: null,
  resumed: [...(earlier.resumed ?? []), { session, at: new Date().toISOString() }],
});

const withoutRepeats = (skipped: readonly Skipped[]): readonly Skipped[] => [
  ...new Map(skipped.map((one) => [JSON.stringify(one), one])).values(),
];

export const openRecord = (journal: Journal, parts: RecordParts): RunRecord => {
  const { features, folders, session } = parts.handover;
  const { earlier } = parts.origin;
  const environment: Environment = {
    ...readEnvironment(folders.workDir, serversOf(parts.options.selection.arms), features),
    slotPathBytes: slotPathBytes(folders.workDir),
  };
  const commit = commitOf();
  if (earlier !== null) refuseOtherMachine({ run: earlier, runDir: folders.runDir }, environment, commit);
  let run = earlier === null ? newRun(parts, environment, commit) : resumedRun(earlier, session);
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
