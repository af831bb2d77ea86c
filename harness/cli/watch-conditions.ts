// Conditions of a run, such as load and frequency: read and judged before its first slot and after its last one.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Conditions, type ConditionWarning, NOISE_PREFIX } from '../../results/schema/machine.ts';
import { UserError } from '../model/errors.ts';
import { judgeDisk, judgeQuiet, judgeRun } from '../runner/conditions.ts';
import { isWithoutJournal } from '../sys/journal.ts';
import { openKernelLog } from '../sys/kernel-log.ts';
import { readMoment } from '../sys/moment.ts';
import { mountOf, readMounts } from '../sys/mountinfo.ts';

const IDLE_MS = 500;

/** Other mounts of the same device: writes there compete with the run. */
export const otherMountsOf = (workDir: string): readonly string[] => {
  const mounts = readMounts();
  const own = mountOf(mounts, workDir);
  if (own === undefined) return [];
  const others = mounts.filter(({ device, at }) => device === own.device && at !== own.at);
  return [...new Set(others.map(({ at }) => at))];
};

/** Judges half a second in which cfsbench does nothing. */
export const judgeIdleMachine = async (): Promise<readonly ConditionWarning[]> => {
  const from = readMoment();
  await sleep(IDLE_MS);
  return judgeQuiet(from, readMoment());
};

const judgeDiskOf = (workDir: string): readonly ConditionWarning[] => {
  const mount = mountOf(readMounts(), workDir);
  return mount === undefined
    ? []
    : judgeDisk({ options: mount.options, journalMissing: isWithoutJournal(mount) });
};

const noiseIn = (judged: readonly ConditionWarning[]): readonly ConditionWarning[] =>
  judged.filter(({ severity }) => severity === 'noise');

const refuseNoise = (judged: readonly ConditionWarning[]): void => {
  const noise = noiseIn(judged);
  if (noise.length === 0) return;
  throw new UserError('this machine is too noisy to measure on (--strict)', {
    exit: 4,
    facts: noise.map(({ text }) => text),
    hint: noise[0]!.hint,
  });
};

interface ConditionWatch {
  readonly atStart: Conditions;
  close(): Conditions;
}

/** Noise that the earlier processes of a run recorded stays with the run. */
export const withEarlierNoise = (earlier: Conditions | undefined, now: Conditions): Conditions => ({
  ...now,
  judged: [...noiseIn(earlier?.judged ?? []), ...now.judged],
});

/** `isExpected`: messages of the kernel that the run provokes. */
export const watchConditions = async (
  workDir: string,
  isExpected: (message: string) => boolean,
): Promise<ConditionWatch> => {
  const idle = await judgeIdleMachine();
  const log = openKernelLog(isExpected);
  const start = readMoment();
  const base = { start, otherMountCount: otherMountsOf(workDir).length };
  const disk = judgeDiskOf(workDir);
  return {
    atStart: { ...base, end: null, kernelWarnings: null, judged: [...idle, ...disk] },
    close() {
      const end = readMoment();
      const kernelWarnings = log?.warnings() ?? null;
      log?.close();
      const during = judgeRun(start, end, kernelWarnings);
      const before = noiseIn(idle)
        .filter(({ id }) => !during.some((other) => other.id === id))
        .map((one) => ({ ...one, text: `before the run, ${one.text}` }));
      return { ...base, end, kernelWarnings, judged: [...before, ...disk, ...during] };
    },
  };
};

export const noiseLines = ({ judged }: Conditions): readonly string[] =>
  noiseIn(judged).map(({ text }) => `${NOISE_PREFIX}${text}`);

interface Beginning {
  readonly isStrict: boolean;
  readonly print: (line: string) => void;
}

/**
 * Of a run, at the start of one of its processes. With --strict noise of now is refused. Noise of earlier processes is not: it stays, and
 * makes 4 the exit code of the run.
 */
export const beginConditions = (
  earlier: Conditions | undefined,
  now: Conditions,
  { isStrict, print }: Beginning,
): Conditions => {
  const all = withEarlierNoise(earlier, now);
  for (const line of noiseLines(all)) print(line);
  if (isStrict) refuseNoise(now.judged);
  return all;
};
