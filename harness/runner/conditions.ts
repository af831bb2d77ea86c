// What the readings of a machine mean for its numbers. Pure.
import type { Conditions, ConditionWarning, Moment } from '../../results/schema/run.ts';

const NS_PER_US = 1000;
const LIMITS = {
  /** Share of all CPUs that others use before a run begins. */
  busy: 0.2,
  steal: 0.02,
  ioPressure: 0.1,
  /** Of a run: its own server and commands wait for a CPU now and then. */
  cpuPressure: 0.4,
  memoryPressure: 0.01,
  memoryAvailable: 0.15,
} as const;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

const grew = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;

interface Window {
  readonly busy: number | null;
  readonly steal: number | null;
  readonly cpuPressure: number | null;
  readonly ioPressure: number | null;
  readonly memoryPressure: number | null;
}

/** Shares of the time between two moments. */
const windowOf = (start: Moment, end: Moment): Window => {
  const all = grew(start.cpuTicks, end.cpuTicks);
  const wallUs = (end.monotonicNs - start.monotonicNs) / NS_PER_US;
  const ofTicks = (part: number | null): number | null =>
    part === null || all === null || all === 0 ? null : part / all;
  const ofWall = (part: number | null): number | null =>
    part === null || wallUs <= 0 ? null : part / wallUs;
  const idle = ofTicks(grew(start.idleTicks, end.idleTicks));
  return {
    busy: idle === null ? null : 1 - idle,
    steal: ofTicks(grew(start.stealTicks, end.stealTicks)),
    cpuPressure: ofWall(grew(start.cpuPressureUs, end.cpuPressureUs)),
    ioPressure: ofWall(grew(start.ioPressureUs, end.ioPressureUs)),
    memoryPressure: ofWall(grew(start.memoryPressureUs, end.memoryPressureUs)),
  };
};

const noise = (id: string, text: string, hint: string): ConditionWarning => ({
  id,
  severity: 'noise',
  text,
  hint,
});
const note = (id: string, text: string, hint: string): ConditionWarning => ({
  id,
  severity: 'note',
  text,
  hint,
});

const above = (
  value: number | null,
  limit: number,
  judged: (value: number) => ConditionWarning,
): ConditionWarning[] => (value !== null && value > limit ? [judged(value)] : []);

const ofSteal = ({ steal }: Window): ConditionWarning[] =>
  above(steal, LIMITS.steal, (share) =>
    noise(
      'steal',
      `the host took ${percent(share)} of the CPU time for others`,
      'use a host of its own, or fewer guests',
    ),
  );

const ofMemory = ({ memoryAvailableBytes: free, memoryBytes: all }: Moment): ConditionWarning[] =>
  free !== null && all !== null && free < LIMITS.memoryAvailable * all
    ? [
        noise(
          'memory',
          `only ${percent(free / all)} of the memory is available`,
          'end what holds it: caches must not be pushed out',
        ),
      ]
    : [];

const ofSettings = ({ governor, turbo, smt, swapUsedBytes }: Moment): ConditionWarning[] => [
  ...(governor !== null && governor !== 'performance'
    ? [note('governor', `the CPU frequency governor is ${governor}`, 'cpupower frequency-set -g performance')]
    : []),
  ...(turbo === true
    ? [
        note(
          'turbo',
          'turbo is on: the clock depends on heat and on the other cores',
          'turn boost off in cpufreq or intel_pstate',
        ),
      ]
    : []),
  ...(smt === true
    ? [
        note(
          'smt',
          'SMT is on: a CPU shares its core with another',
          'echo off > /sys/devices/system/cpu/smt/control',
        ),
      ]
    : []),
  ...above(swapUsedBytes, 0, (bytes) =>
    note('swap', `${(bytes / 2 ** 20).toFixed(0)} MiB are swapped out`, 'swapoff -a while measuring'),
  ),
];

/** The mount that holds the work folder: its options, separated by commas, and whether it is ext4 without a journal. */
export const judgeDisk = (disk: {
  readonly options: string;
  readonly journalMissing: boolean;
}): readonly ConditionWarning[] => [
  ...(disk.options.split(',').includes('discard')
    ? [
        note(
          'discard',
          'the work file system is mounted with discard: a removal may wait until the disk has been told of it',
          'mount -o remount,nodiscard, and fstrim now and then',
        ),
      ]
    : []),
  ...(disk.journalMissing
    ? [
        note(
          'no-journal',
          'the work file system is ext4 without a journal: making files takes longer where others were removed minutes ago',
          '--work DIR on another file system',
        ),
      ]
    : []),
];

/** Before a run: what happens while nothing of ours does. */
export const judgeQuiet = (start: Moment, end: Moment): readonly ConditionWarning[] => {
  const window = windowOf(start, end);
  return [
    ...above(window.busy, LIMITS.busy, (share) =>
      noise('load', `others use ${percent(share)} of the CPUs`, 'see who with top, and end it'),
    ),
    ...ofSteal(window),
    ...above(window.ioPressure, LIMITS.ioPressure, (share) =>
      noise(
        'io',
        `others wait for disks ${percent(share)} of the time`,
        'see who with iotop, and wait or end it',
      ),
    ),
    ...ofMemory(end),
    ...ofSettings(end),
  ];
};

const times = (count: number): string => `${count} time${count === 1 ? '' : 's'}`;

/** After a run: what happened during it. */
export const judgeRun = (
  start: Moment,
  end: Moment,
  kernelWarnings: readonly string[] | null,
): readonly ConditionWarning[] => {
  const window = windowOf(start, end);
  const swapped =
    (grew(start.swapInCount, end.swapInCount) ?? 0) + (grew(start.swapOutCount, end.swapOutCount) ?? 0);
  return [
    ...ofSteal(window),
    ...above(window.cpuPressure, LIMITS.cpuPressure, (share) =>
      noise(
        'cpu-pressure',
        `tasks waited for a CPU ${percent(share)} of the run`,
        'end what else runs, or use more CPUs',
      ),
    ),
    ...above(window.memoryPressure, LIMITS.memoryPressure, (share) =>
      noise('memory-pressure', `tasks waited for memory ${percent(share)} of the run`, 'free some memory'),
    ),
    ...above(swapped, 0, (pages) =>
      noise('swap', `${pages} pages were swapped during the run`, 'swapoff -a while measuring'),
    ),
    ...above(grew(start.throttleCount, end.throttleCount), 0, (count) =>
      noise('throttle', `the CPU was throttled ${times(count)}: too hot`, 'cool it, or lower its clock'),
    ),
    ...above(grew(start.oomKillCount, end.oomKillCount), 0, (count) =>
      noise('oom', `the kernel ended a process for want of memory ${times(count)}`, 'free some memory'),
    ),
    ...(kernelWarnings === null || kernelWarnings.length === 0
      ? []
      : [
          noise(
            'kernel',
            `the kernel warned: ${kernelWarnings[0]}`,
            'read dmesg before you believe a number',
          ),
        ]),
    ...ofMemory(end),
    ...ofSettings(end),
  ];
};

export const isNoisy = (judged: Conditions['judged']): boolean =>
  judged.some(({ severity }) => severity === 'noise');
