// run.json: written before the first sample, and again whenever more is known.
import { resolve } from 'node:path';
import { type Journal, openJournal } from '../../results/journal.ts';
import type { Conditions, Environment } from '../../results/schema/machine.ts';
import type { Skipped } from '../../results/schema/not-measured.ts';
import { type RunFile, type Sample, SCHEMA } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import type { Features } from '../model/machine.ts';
import { serverPath } from '../native/paths.ts';
import { probes } from '../probes/registry.ts';
import type { Arm } from '../runner/arm.ts';
import { endingError } from '../runner/failure.ts';
import type { Changed } from '../runner/parts.ts';
import { publishedArgument } from '../runner/published-path.ts';
import { slotPathOf } from '../runner/workspace.ts';
import { readEnvironment, readMachineFacts } from '../sys/environment.ts';
import { guestSetting } from '../sys/guest.ts';
import { catalogueOf } from './catalogue.ts';
import type { Handover } from './handover.ts';
import type { ResolvedOptions } from './options.ts';
import { type PrivateOptions, writePrivate } from './private-file.ts';
import { openPublisher, ownPlaces, publishChange, publishSample, publishSkip } from './published.ts';
import { refuseOtherMachine } from './same-machine.ts';
import { commitOf } from './version.ts';

/** The counter prefers BPF to strace. */
const ledgerSource = (features: Features): string => {
  if (features['bpf-ledger'].ok) return 'bpf';
  if (features.strace.ok) return 'strace';
  return `cannot count system calls here: ${features['bpf-ledger'].detail}; ${features.strace.detail}`;
};

/** Paths of the project's own server and of servers that arms name, by their names in the list of tools. */
export const serversOf = (arms: readonly Arm[]): ReadonlyMap<string, string> => {
  const named = arms.flatMap(({ id, options: { server } }): [string, string][] =>
    server === undefined ? [] : [[`server of ${id}`, resolve(server)]],
  );
  return new Map([['cfs-fuse', serverPath], ...named]);
};

/** Facts about a run from the command line. */
export interface RunOrigin {
  readonly version: string;
  readonly asked: PrivateOptions;
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

interface RunEnd {
  readonly status: RunFile['status'];
  readonly wallNs: number;
  readonly conditions: Conditions;
  readonly warnings: readonly string[];
}

/** run.json and the journal. A run that is refused before `begin` has changed no byte. */
interface RunRecord {
  /** From now on the run folder is written. */
  begin(): void;
  append(sample: Sample): void;
  update(changed: Changed): void;
  /** Begins, if nothing did. Returns the run, and the error if it could not be written. */
  end(end: RunEnd): { readonly run: RunFile; readonly errors: readonly unknown[] };
}

const publishedOption = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(publishedOption) as T;
  return typeof value === 'string' ? (publishedArgument(value, process.cwd()) as T) : value;
};

const publishedOptions = ({ options }: PrivateOptions): PrivateOptions['options'] =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, publishedOption(value)]));

const guestOf = (): Pick<RunFile, 'guest'> => {
  if (guestSetting === null) return {};
  const { commit: _, limitNs: __, ...guest } = guestSetting;
  return { guest };
};

const newRun = (parts: RecordParts, environment: Environment, commit: string | null): RunFile => {
  const { options, handover, origin } = parts;
  const { looks, budgetNs } = options.amount;
  return {
    schema: SCHEMA,
    id: handover.folders.id,
    startedAt: handover.startedAt,
    host: options.host,
    cfsbench: { version: origin.version, commit },
    commandLine: ['cfsbench', ...publishedOption(process.argv.slice(2))],
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
    asked: { options: publishedOptions(origin.asked) },
    ...guestOf(),
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

export const openRecord = (parts: RecordParts): RunRecord => {
  const { features, folders, session } = parts.handover;
  const { earlier } = parts.origin;
  const facts = readMachineFacts(folders.workDir, serversOf(parts.options.selection.arms));
  const commit = commitOf();
  if (earlier !== null) {
    const asked = { run: earlier, runDir: folders.runDir, doing: 'resume' } as const;
    refuseOtherMachine(asked, facts, { commit, withServers: true });
  }
  const environment = { ...readEnvironment(facts, features), ...slotPathOf(folders.workDir) };
  const publish = openPublisher(ownPlaces(folders, parts.origin.asked.options));
  const fresh = (): RunFile => ({
    ...publish(newRun(parts, environment, commit)),
    skipped: parts.skipped.map((one) => publishSkip(publish, one)),
  });
  let run = earlier === null ? fresh() : resumedRun(earlier, session);
  let journal: Journal | null = null;
  const begin = (): Journal => {
    if (journal !== null) return journal;
    journal = openJournal(folders.runDir, { resume: earlier !== null });
    if (earlier === null) writePrivate(folders.runDir, parts.origin.asked);
    journal.writeRun(run);
    return journal;
  };
  const rewrite = (changed: Partial<RunFile>): void => {
    run = { ...run, ...changed };
    journal?.writeRun(run);
  };
  return {
    begin: () => void begin(),
    append: (sample) => begin().append(publishSample(publish, sample)),
    update(given) {
      const { skipped = [], plan, ...changed } = publishChange(publish, given);
      rewrite({
        ...changed,
        skipped: withoutRepeats([...run.skipped, ...skipped]),
        plan: { ...run.plan, ...plan },
      });
    },
    end({ status, wallNs, conditions, warnings }) {
      run = {
        ...run,
        status,
        conditions: publish(conditions),
        finishedAt: new Date().toISOString(),
        wallNs: wallNs + (earlier?.wallNs ?? 0),
        warnings: [...new Set([...run.warnings, ...publish(warnings)])],
      };
      try {
        begin().writeRun(run);
        return { run, errors: [] };
      } catch (error) {
        return { run, errors: [endingError(error)] };
      } finally {
        journal?.close();
      }
    },
  };
};
