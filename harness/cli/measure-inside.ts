// `cfsbench run`, the inner process in private namespaces: opens images, measures, writes results, prints the report.

import { dirname } from 'node:path';
import { startTally, type Tallied } from '../../results/compare/tally.ts';
import { areTimesMeasured } from '../../results/emulated.ts';
import { tallyJournal } from '../../results/gate/load.ts';
import { skippedText } from '../../results/not-measured.ts';
import type { Conditions } from '../../results/schema/machine.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { backends } from '../backends/registry.ts';
import { openInspector } from '../inspect/inspector.ts';
import type { Inspector } from '../model/inspector.ts';
import { openDeadline } from '../runner/clock.ts';
import { endingError, failureOf } from '../runner/failure.ts';
import { groupsOf } from '../runner/groups.ts';
import type { RunParts } from '../runner/parts.ts';
import { refuseLongPlan } from '../runner/plan.ts';
import { NOTHING_BEFORE } from '../runner/resume.ts';
import { measure } from '../runner/run.ts';
import { warmToolsOf } from '../runner/warm-tools.ts';
import { openWorkspace, removeWorkspace, type Workspace } from '../runner/workspace.ts';
import { inheritedFolder } from '../sys/folder-lock.ts';
import { guestSetting } from '../sys/guest.ts';
import { recordPreexistingLoops, removeNewLoops } from '../sys/loop-device.ts';
import { listenToOuter } from '../sys/namespace.ts';
import { catalogueOf } from './catalogue.ts';
import { debugPlan } from './debug-plan.ts';
import { exitCode, type RunOutcome } from './exit-code.ts';
import { type Handover, INSPECT, WORK_FD } from './handover.ts';
import { judgeParallel } from './one-run.ts';
import { neededSpace, openImages } from './open-images.ts';
import type { ResolvedOptions } from './options.ts';
import { describeError } from './print-error.ts';
import { openProgress, type ProgressLine } from './progress.ts';
import { questionOf } from './question.ts';
import { longestOf, readyLimitNs } from './resolve-options.ts';
import { readBefore } from './resume.ts';
import { openRecord, type RunOrigin, serversOf } from './run-record.ts';
import { baselineOf, type MeasuredHere, selectImages, selectRunnable } from './select-here.ts';
import { showRun } from './show-run.ts';
import { beginConditions, noiseLines, watchConditions, withEarlierNoise } from './watch-conditions.ts';
import { checkSpace } from './work-folder.ts';

/** strace slows commands down 50 times, so there is time for one counting pass only. */
const STRACE_COUNT_PASSES = 1;
/** Of the report and of the removal of the work folder. */
const END_LIMIT_NS = 600e9;

interface InnerRun {
  readonly options: ResolvedOptions;
  readonly handover: Handover;
  readonly origin: RunOrigin;
}

interface Session {
  readonly workspace: Workspace;
  readonly progress: ProgressLine;
  readonly inspector: Inspector;
  readonly interrupted: () => boolean;
  readonly limit: RunParts['limit'];
}

/** Read again at each look, so that a long run keeps no samples in memory. */
const tallyOf = (runDir: string): Tallied => {
  const tally = startTally();
  tallyJournal(runDir, tally, () => {});
  return tally.finish();
};

type Method = Omit<
  RunParts,
  | 'before'
  | 'endedBefore'
  | 'workspace'
  | 'inspector'
  | 'interrupted'
  | 'limit'
  | 'journal'
  | 'planned'
  | 'update'
  | 'say'
  | 'progress'
>;

/** Settings of the measurement: features, passes, blocks, lives. */
const methodOf = ({ options, handover, origin }: InnerRun, here: MeasuredHere): Method => {
  const { amount } = options;
  const { features } = handover;
  const baseline = baselineOf(options, here.arms);
  return {
    features,
    sources: here.images.all,
    question: questionOf(options, here),
    probes: here.probes,
    looks: amount.looks,
    countPasses: features['bpf-ledger'].ok ? amount.countPasses : STRACE_COUNT_PASSES,
    lives: amount.lives,
    countOnly: amount.countOnly,
    tallied: () => tallyOf(handover.folders.runDir),
    design: {
      catalogue: catalogueOf(backends, here.scenarios, here.probes),
      baseline,
      timesMeasured: areTimesMeasured(guestSetting === null ? {} : { guest: guestSetting }),
    },
    gate: options.gate,
    baseline,
    seed: options.seed,
    readyLimitNs: readyLimitNs(options),
    deadline: openDeadline(BigInt(handover.startedNs), amount.budgetNs),
    warmTools: warmToolsOf(here.arms, [...serversOf(here.arms).values()]),
    family: { entry: new URL('./family-thread.js', import.meta.url), version: origin.version },
    crowdEntry: new URL('./crowd-member.js', import.meta.url),
  };
};

/** Also other runs on this machine. */
const withParallel = ({ handover }: InnerRun, now: Conditions): Conditions => ({
  ...now,
  judged: [...now.judged, ...judgeParallel(handover.parallel)],
});

const measureSelected = async (
  inner: InnerRun,
  here: MeasuredHere,
  { workspace, progress, inspector, interrupted, limit }: Session,
): Promise<RunOutcome> => {
  const { options, handover, origin } = inner;
  const { earlier } = origin;
  const { folders, startedNs } = handover;
  // Everything that can refuse the run comes before the run folder is written.
  refuseLongPlan(groupsOf(questionOf(options, here)), longestOf(options), baselineOf(options, here.arms));
  const watch = await watchConditions(folders.workDir, (message) =>
    here.scenarios.some(({ provokes }) => provokes?.test(message) === true),
  );
  const atStart = beginConditions(earlier?.conditions, withParallel(inner, watch.atStart), {
    isStrict: options.strict,
    print: progress.print,
  });
  const before = earlier === null ? NOTHING_BEFORE : readBefore(earlier, folders.runDir, handover.session);
  const method = methodOf(inner, here);
  const record = openRecord({ ...inner, baseline: method.baseline, skipped: here.skipped });
  record.update({ conditions: atStart });
  if (earlier === null) record.begin();
  const ended = await measure({
    ...method,
    before,
    endedBefore: earlier?.plan.ended ?? [],
    workspace,
    inspector,
    interrupted,
    limit,
    journal: record,
    planned: record.begin,
    update(changed) {
      debugPlan(changed.plan);
      record.update(changed);
    },
    say: progress.print,
    progress: progress.update,
  });
  const conditions = withEarlierNoise(earlier?.conditions, withParallel(inner, watch.close()));
  const noise = noiseLines(conditions);
  const wallNs = Number(process.hrtime.bigint() - BigInt(startedNs));
  const warnings = [...noise, ...ended.errors.map((error) => failureOf(error)?.message ?? String(error))];
  const written = record.end({ status: ended.status, wallNs, conditions, warnings });
  return {
    ...ended,
    errors: [...ended.errors, ...written.errors],
    tooNoisy: options.strict && noise.length > 0,
    run: written.run,
  };
};

const measureRun = async (inner: InnerRun, session: Omit<Session, 'inspector'>): Promise<RunOutcome> => {
  const { options, handover } = inner;
  const { workspace, progress } = session;
  const images = openImages(workspace.sources, (spec) => {
    session.limit(readyLimitNs(options));
    progress.update(`reading ${spec}`, 0, null);
  });
  const inspector = openInspector();
  recordPreexistingLoops();
  try {
    const runnable = selectRunnable(options, handover.features);
    const selected = await selectImages(images, options, runnable.scenarios);
    const here = { ...runnable, images: selected, skipped: [...runnable.skipped, ...selected.skipped] };
    progress.print(checkSpace(handover.folders, neededSpace(selected.all)));
    for (const one of here.skipped) progress.print(`skipped: ${skippedText(one)}`);
    return await measureSelected(inner, here, { ...session, inspector });
  } finally {
    await images.close();
    await inspector.close();
    progress.close();
  }
};

const endWorkspace = async (workspace: Workspace, keep: boolean): Promise<void> => {
  if (!keep) await removeWorkspace(workspace);
  removeNewLoops();
};

type WithErrors = { readonly errors: readonly unknown[] } | undefined;

const errorsOf = (settled: PromiseSettledResult<WithErrors>): readonly unknown[] =>
  settled.status === 'rejected' ? [settled.reason] : (settled.value?.errors ?? []);

/** Prints all errors but the first, which is thrown. */
const throwFirst = (ends: readonly PromiseSettledResult<WithErrors>[]): void => {
  const [first, ...others] = new Set(ends.flatMap(errorsOf));
  if (first === undefined) return;
  for (const error of others) process.stderr.write(describeError(endingError(error) ?? error).text);
  throw endingError(first) ?? first;
};

export const measureInside = async (inner: InnerRun): Promise<number> => {
  const { options, handover } = inner;
  const { runDir, workDir } = handover.folders;
  const progress = openProgress(process.stderr);
  let interrupted = false;
  const outer = await listenToOuter(() => {
    interrupted = true;
  });
  const limit = (ns: number): void => {
    if (process.env[INSPECT] === undefined && Number.isFinite(ns))
      outer.tell({ kind: 'limit', ms: Math.ceil(ns / 1e6) });
  };
  const workspace = openWorkspace(inheritedFolder(WORK_FD, workDir));
  const measured = measureRun(inner, { workspace, progress, interrupted: () => interrupted, limit }).finally(
    () => {
      limit(END_LIMIT_NS);
      outer.tell({ kind: 'measured' });
    },
  );
  // The work folder is removed, whether measuring failed or not, while the report is rendered.
  const removed = measured
    .catch(() => {})
    .then(() => endWorkspace(workspace, options.folders.keepWork))
    .then(() => undefined);
  const shown = measured.then(async ({ run }) => {
    const result = await showRun(runDir, run);
    outer.tell({ kind: 'shown' });
    return result;
  });
  const ends = await Promise.allSettled([measured, shown, removed]);
  outer.close();
  if (options.folders.keepWork)
    process.stdout.write(
      `Work:    ${visible(workDir)} (kept; remove it with ${visible(shellLine(['cfsbench', 'clean', dirname(workDir)]))})\n`,
    );
  throwFirst(ends);
  return exitCode(await measured, (await shown).broken);
};
