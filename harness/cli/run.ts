// `cfsbench run`: the outer half looks at the machine and enters private namespaces; the inner half does the work there.
import { dirname } from 'node:path';
import type { RecordedOptions, RunFile } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features } from '../model/machine.ts';
import { enter } from '../sys/namespace.ts';
import { discoverFeatures } from './discover.ts';
import { reportExitCode } from './exit-code.ts';
import { HANDOVER, type Handover } from './handover.ts';
import { judge } from './needs.ts';
import { type TypedOptions, understand } from './options.ts';
import { clearWorkFolder, earlierRun, sessionAfter } from './resume.ts';
import { checkWorkFolder, chooseFolders, foldersOf, withoutLinks } from './work-folder.ts';

/** Calls that only wait, such as the removal of a loop device, are made so many at once; read when the pool is first used. */
const POOL_THREADS = '32';

const refuseWithoutBackend = (
  chosen: readonly { id: string; needs: (typeof backends)[number]['needs'] }[],
  features: Features,
): void => {
  const reasons = chosen.map(({ id, needs }) => {
    const unmet = needs.map((need) => judge(need, features)).find((judged) => !judged.met);
    return unmet === undefined ? null : `${id}: ${unmet.title}: ${unmet.detail}`;
  });
  if (reasons.some((reason) => reason === null)) return;
  throw new UserError('no backend that was asked for can run here', {
    exit: 4,
    facts: reasons.filter((reason) => reason !== null),
    hint: 'cfsbench doctor',
  });
};

/** One of several runs stops, and keeps what it has, when the process that began it is gone. */
const stopWithoutStarter = (): void => {
  if (process.channel === undefined) return;
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
};

const runOutside = async (typed: TypedOptions, earlier: RunFile | null): Promise<number> => {
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date();
  const options = understand(typed, backends, scenarios);
  const typedFolders =
    earlier === null ? chooseFolders(options, startedAt) : foldersOf(earlier.id, options.outDir!, options);
  checkWorkFolder(typedFolders, options);
  const folders = withoutLinks(typedFolders);
  if (earlier !== null) await clearWorkFolder(folders);
  const features = await discoverFeatures(dirname(folders.workDir));
  refuseWithoutBackend(
    options.arms.map((arm) => ({ id: arm.id, needs: arm.backend.needs })),
    features,
  );
  const handover: Handover = {
    features,
    folders,
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    startedNs: String(startedNs),
    ownerPid: process.pid,
    session: earlier === null ? 0 : sessionAfter(earlier),
  };
  stopWithoutStarter();
  return enter({
    argv: [process.execPath, ...process.argv.slice(1)],
    env: { ...process.env, UV_THREADPOOL_SIZE: POOL_THREADS, [HANDOVER]: JSON.stringify(handover) },
  });
};

const alreadyComplete = async (folder: string): Promise<void> => {
  process.stderr.write('The run is complete: nothing is left to measure; its report is made again.\n');
  const { brokenRules, renderReport, renderTerminal } = await import('../../report/render.ts');
  const { writeCsv } = await import('../../results/csv.ts');
  await writeCsv(folder);
  const view = await renderReport(folder);
  const { columns = 80, isTTY } = process.stdout;
  process.stdout.write(await renderTerminal(folder, { columns, color: isTTY === true }));
  process.exitCode = reportExitCode(brokenRules(view));
};

/** Each half loads what it needs: the outer one is in every start, and measures nothing. */
export const run = async (given: TypedOptions, version: string): Promise<void> => {
  if (given.runs === 0) throw new UserError('no run is too few', { hint: 'cfsbench run --runs 5' });
  const { isSeveral, measureSeveral, resumeSeveral, runsOf } = await import('./evidence.ts');
  if (given.resume !== undefined && isSeveral(given.resume)) {
    process.exitCode = await resumeSeveral(given.resume);
    return;
  }
  const count = runsOf(given);
  if (count > 1 && given.resume === undefined && given.dryRun !== true) {
    understand(given, backends, scenarios);
    process.exitCode = await measureSeveral(given, count);
    return;
  }
  const { run: earlier, typed } =
    given.resume === undefined ? { run: null, typed: given } : earlierRun(given.resume);
  if (earlier?.status === 'complete') return alreadyComplete(typed.out!);
  if (typed.dryRun === true) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(understand(typed, backends, scenarios));
  }
  const handover = process.env[HANDOVER];
  if (handover === undefined) {
    process.exitCode = await runOutside(typed, earlier);
    return;
  }
  delete process.env[HANDOVER];
  const { seed, ...told } = JSON.parse(handover) as Handover;
  const options = understand({ ...typed, seed }, backends, scenarios);
  const asked = { cwd: process.cwd(), options: { ...typed } as RecordedOptions['options'] };
  const { measureInside } = await import('./run-inside.ts');
  process.exitCode = await measureInside(options, { ...told, seed }, { version, asked, earlier });
};
