// The conditions of a run: read before its first slot and after its last one, judged, and told.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Conditions, Judgement } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import { judgeDisk, judgeQuiet, judgeRun } from '../runner/conditions.ts';
import { isWithoutJournal } from '../sys/journal.ts';
import { openKernelLog } from '../sys/kernel-log.ts';
import { readMoment } from '../sys/moment.ts';
import { mountOf, readMounts } from '../sys/mountinfo.ts';

const QUIET_MS = 500;

/** Mounts that share the device: what is written there competes with the run. */
export const otherMountsOf = (workDir: string): readonly string[] => {
  const mounts = readMounts();
  const own = mountOf(mounts, workDir);
  return own === undefined
    ? []
    : [
        ...new Set(
          mounts.filter(({ device, at }) => device === own.device && at !== own.at).map(({ at }) => at),
        ),
      ];
};

/** Half a second in which nothing of ours happens. */
export const lookQuietly = async (): Promise<readonly Judgement[]> => {
  const from = readMoment();
  await sleep(QUIET_MS);
  return judgeQuiet(from, readMoment());
};

const diskNotes = (workDir: string): readonly Judgement[] => {
  const mount = mountOf(readMounts(), workDir);
  return mount === undefined
    ? []
    : judgeDisk({ options: mount.options, journalMissing: isWithoutJournal(mount) });
};

export const refuseNoise = (judged: readonly Judgement[]): void => {
  const noisy = judged.filter(({ severity }) => severity === 'noise');
  if (noisy.length === 0) return;
  throw new UserError('this machine is too noisy to measure on (--strict)', {
    exit: 4,
    facts: noisy.map(({ text }) => text),
    hint: noisy[0]!.hint,
  });
};

export interface Watch {
  readonly atStart: Conditions;
  /** Closes the watch. */
  finish(): Conditions;
}

export const watchConditions = async (workDir: string): Promise<Watch> => {
  const quiet = await lookQuietly();
  const log = openKernelLog();
  const start = readMoment();
  const otherMounts = otherMountsOf(workDir);
  const disk = diskNotes(workDir);
  const base = { start, otherMounts };
  return {
    atStart: { ...base, end: null, kernelWarnings: null, judged: [...quiet, ...disk] },
    finish() {
      const end = readMoment();
      const kernelWarnings = log?.warnings() ?? null;
      log?.close();
      const during = judgeRun(start, end, kernelWarnings);
      const before = quiet
        .filter(({ severity, id }) => severity === 'noise' && !during.some((other) => other.id === id))
        .map((one) => ({ ...one, text: `before the run, ${one.text}` }));
      return { ...base, end, kernelWarnings, judged: [...before, ...disk, ...during] };
    },
  };
};

export const noiseLines = ({ judged }: Conditions): readonly string[] =>
  judged.filter(({ severity }) => severity === 'noise').map(({ text }) => `noise: ${text}`);
