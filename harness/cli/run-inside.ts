// The inner half of `cfsbench run`, in private namespaces: images, measuring, results, exit code.
import { existsSync } from 'node:fs';
import { brokenRules, renderReport, renderTerminal } from '../../report/render.ts';
import { startTally } from '../../results/compare/tally.ts';
import { writeCsv } from '../../results/csv.ts';
import { openJournal } from '../../results/journal.ts';
import type { Conditions } from '../../results/schema/run.ts';
import { backends } from '../backends/registry.ts';
import { openInspector } from '../inspect/inspector.ts';
import { UserError } from '../model/errors.ts';
import type { SourceImage } from '../model/image.ts';
import { probes } from '../probes/registry.ts';
import { openDeadline } from '../runner/clock.ts';
import { ownSources } from '../runner/groups.ts';
import { sizeOf } from '../runner/ready.ts';
import { NOTHING_BEFORE } from '../runner/resume.ts';
import { measure } from '../runner/run.ts';
import { openWorkspace, removeWorkspace, type Workspace } from '../runner/workspace.ts';
import { recordPreexistingLoops, removeNewLoops } from '../sys/loop-device.ts';
import { listenToOuter } from '../sys/namespace.ts';
import { catalogueOf } from './catalogue.ts';
import { terminalColumns } from './columns.ts';
import { exitCode, type Judged } from './exit-code.ts';
import type { Handover } from './handover.ts';
import { type MappedImages, mappedImages, noneMapped, ROOT_OWNED_IMAGE } from './mapped-images.ts';
import { RESERVE_RATIO, type RunOptions } from './options.ts';
import { openProgress, type Progress } from './progress.ts';
import { readBefore } from './resume.ts';
import { type Given, openRecord, serversOf } from './run-record.ts';
import { runnable, runnableScenarios } from './runnable.ts';
import { openAnySource } from './sources.ts';
import { noiseLines, refuseNoise, watchConditions } from './watch-conditions.ts';
import { checkSpace } from './work-folder.ts';

/** Objects, their pack, layer tars, unpacked layers, the tree as plain files, and one slot's own copy on top. */
const COPIES = 7;
const INODE_BYTES = 4096;
/** A counter that slows commands 50 times has time for one look only. */
const SLOW_COUNT_PASSES = 1;

const openSources = async (
  specs: readonly string[],
  spoolDir: string,
  sources: SourceImage[],
): Promise<SourceImage[]> => {
  for (const spec of specs) {
    if (sources.some((other) => other.source === spec)) continue;
    const source = await openAnySource(spec, spoolDir);
    if (sources.some((other) => other.name === source.name))
      throw new UserError(`two images are called ${source.name}`, {
        facts: [spec],
        hint: 'give them files or folders with different names',
      });
    sources.push(source);
  }
  return sources;
};

/** What scenarios name themselves, by what they call it; without those whose owners are not mapped here. */
const ownImagesOf = (specs: readonly string[], can: readonly SourceImage[]): ReadonlyMap<string, string> =>
  new Map(
    specs.flatMap((spec) => {
      const source = can.find((one) => one.source === spec);
      return source === undefined ? [] : [[spec, source.name] as const];
    }),
  );

/** Images that can be shown here; of a profile whose images all cannot, one that can in their place. */
const chooseImages = async (
  options: RunOptions,
  sources: SourceImage[],
  spoolDir: string,
): Promise<MappedImages> => {
  const mapped = mappedImages(sources);
  if (mapped.can.length > 0) return mapped;
  if (options.imagesTyped) throw noneMapped(mapped.skipped);
  const instead = await openAnySource(ROOT_OWNED_IMAGE, spoolDir);
  sources.push(instead);
  return { can: [instead], skipped: mapped.skipped };
};

/** What the outer half does not know. */
export type GivenToRun = Pick<Given, 'version' | 'asked' | 'earlier'>;

const diskNeed = (sources: readonly SourceImage[]): number =>
  sources.reduce((sum, source) => {
    const { objectBytes, entryCount } = sizeOf(source);
    return sum + COPIES * (objectBytes + entryCount * INODE_BYTES);
  }, 0);

const measureThere = async (
  options: RunOptions,
  told: Handover,
  given: GivenToRun,
  context: {
    readonly workspace: Workspace;
    readonly progress: Progress;
    readonly interrupted: () => boolean;
  },
): Promise<Judged> => {
  const { features, folders } = told;
  const { workspace, progress, interrupted } = context;
  const arms = runnable(options.arms, (arm) => arm.backend.needs, features);
  const scenarios = runnableScenarios(options.scenarios, features);
  const usable = runnable(probes, ({ needs }) => needs, features);
  const startedNs = BigInt(told.startedNs);
  const sources: SourceImage[] = [];
  const inspector = openInspector();
  recordPreexistingLoops();
  try {
    await openSources(options.images, workspace.sources, sources);
    const images = await chooseImages(options, sources, workspace.sources);
    const ownSpecs = ownSources(scenarios.can, options.profile.large);
    const own = mappedImages(
      (await openSources(ownSpecs, workspace.sources, sources)).filter(({ source }) =>
        ownSpecs.includes(source),
      ),
    );
    const skipped = [
      ...arms.skipped,
      ...scenarios.skipped,
      ...usable.skipped,
      ...images.skipped,
      ...own.skipped,
    ];
    const all = [...new Set([...images.can, ...own.can])];
    progress.say(checkSpace(folders, diskNeed(all)));
    for (const { what, need, reason } of skipped) progress.say(`skipped: ${what}: ${need}: ${reason}`);
    // Before there is a run folder: what is refused here leaves none.
    const watch = await watchConditions(folders.workDir);
    for (const line of noiseLines(watch.atStart)) progress.say(line);
    if (options.strict) refuseNoise(watch.atStart.judged);
    const { earlier } = given;
    const journal = openJournal(folders.runDir, { resume: earlier !== null });
    const before =
      earlier === null ? NOTHING_BEFORE : await readBefore(earlier, folders.runDir, told.session);
    // Without the usual baseline the first of those that are there takes its part.
    const baseline = arms.can.some((arm) => arm.id === options.baseline) ? options.baseline : arms.can[0]!.id;
    const record = openRecord(journal, options, told, { ...given, baseline, skipped });
    const servers = [...serversOf(arms.can).values()].filter((path) => existsSync(path));
    // Noise of the processes before this one stays with the run.
    const earlierNoise = (earlier?.conditions?.judged ?? []).filter(({ severity }) => severity === 'noise');
    const withEarlier = (now: Conditions): Conditions => ({
      ...now,
      judged: [...earlierNoise, ...now.judged],
    });
    record.update({ conditions: withEarlier(watch.atStart) });
    const ended = await measure({
      features,
      sources: all,
      question: {
        images: images.can.map(({ name }) => name),
        imageScenarios: new Map(
          images.can.flatMap(({ name, source }) => {
            const ids = options.imageScenarios[source];
            return ids === undefined ? [] : [[name, ids] as const];
          }),
        ),
        ownImages: ownImagesOf(ownSpecs, own.can),
        scenarios: scenarios.can,
        arms: arms.can,
        everyArm: options.everyArm,
        large: options.profile.large,
        placement: options.placement,
      },
      probes: usable.can,
      looks: options.looks,
      before,
      endedBefore: earlier?.plan.ended ?? [],
      tally: startTally(),
      design: { catalogue: catalogueOf(backends, scenarios.can, usable.can), baseline },
      countOnly: options.countOnly,
      lives: options.lives,
      countPasses: features['bpf-ledger'].ok ? options.countPasses : SLOW_COUNT_PASSES,
      baseline,
      seed: options.seed,
      deadline: openDeadline(startedNs, options.budgetNs, RESERVE_RATIO),
      workspace,
      warmTools: async (machine, empty) => {
        await machine.command('ls', ['ls', '-lR', empty]);
        for (const server of servers) await machine.command('cfs-fuse', [server, '--version']);
      },
      crowdEntry: new URL('./crowd-member.js', import.meta.url),
      inspector,
      interrupted,
      journal,
      update: record.update,
      say: progress.say,
      progress: progress.at,
    });
    const conditions = withEarlier(watch.finish());
    const noise = noiseLines(conditions);
    record.update({ conditions });
    record.end(ended.status, Number(process.hrtime.bigint() - startedNs), noise);
    journal.close();
    return { ...ended, tooNoisy: options.strict && noise.length > 0 };
  } finally {
    for (const source of sources) await source.close();
    await inspector.close();
    progress.end();
  }
};

const show = async (runDir: string): Promise<readonly string[]> => {
  await writeCsv(runDir);
  const view = await renderReport(runDir);
  const columns = terminalColumns();
  const { isTTY } = process.stdout;
  process.stdout.write(await renderTerminal(runDir, { columns, color: isTTY === true }));
  process.stdout.write(`\nResults: ${runDir}\nPage:    ${runDir}/report.html\n`);
  return brokenRules(view);
};

export const measureInside = async (
  options: RunOptions,
  told: Handover,
  given: GivenToRun,
): Promise<number> => {
  const progress = openProgress(process.stderr);
  let interrupted = false;
  const stopListening = await listenToOuter(() => {
    interrupted = true;
    progress.say('interrupted: finishing the current slot; what was measured is kept');
  });
  const { runDir, workDir } = told.folders;
  const workspace = openWorkspace(workDir, told.ownerPid);
  const measured = measureThere(options, told, given, {
    workspace,
    progress,
    interrupted: () => interrupted,
  });
  const removed = measured
    .catch(() => {})
    .then(() => removeWorkspace(workspace))
    .then(removeNewLoops);
  const shown = measured.then(() => show(runDir));
  for (const end of await Promise.allSettled([measured, removed, shown]))
    if (end.status === 'rejected') throw end.reason;
  const ended = await measured;
  const broken = await shown;
  stopListening();
  return exitCode(ended, broken);
};
