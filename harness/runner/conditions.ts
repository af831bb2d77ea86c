// Warnings from the readings of a machine before and during a run. Pure.
import {
  type Conditions,
  type ConditionWarning,
  KERNEL_WARNING,
  type Moment,
} from '../../results/schema/machine.ts';

const NS_PER_US = 1000;
const LIMITS = {
  /** Share of all CPUs in use by other processes before a run. */
  busy: 0.2,
  steal: 0.02,
  ioPressure: 0.1,
  /** High, because the run's own server and commands sometimes wait for a CPU. */
  cpuPressure: 0.4,
  memoryPressure: 0.01,
  memoryAvailable: 0.15,
} as const;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

const grew = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;

interface LoadShares {
  readonly busy: number | null;
  readonly steal: number | null;
  readonly cpuPressure: number | null;
  readonly ioPressure: number | null;
  readonly memoryPressure: number | null;
}

/** Shares of the time between two moments. */
const loadShares = (start: Moment, end: Moment): LoadShares => {
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

const ofSteal = ({ steal }: LoadShares): ConditionWarning[] =>
  above(steal, LIMITS.steal, (share) =>
    noise(
      'steal',
      `the host gave ${percent(share)} of the CPU time to other guests`,
      'use a dedicated host, or fewer guests',
    ),
  );

const ofMemory = ({ memoryAvailableBytes: free, memoryBytes: all }: Moment): ConditionWarning[] =>
  free !== null && all !== null && free < LIMITS.memoryAvailable * all
    ? [
        noise(
          'memory',
          `only ${percent(free / all)} of the memory is available: caches may be evicted`,
          'end processes that use much memory',
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
          'turbo is on: the clock rate depends on heat and on the other cores',
          'disable boost in cpufreq or intel_pstate',
        ),
      ]
    : []),
  ...(smt === true
    ? [note('smt', 'SMT is on: two CPUs share a core', 'echo off > /sys/devices/system/cpu/smt/control')]
    : []),
  ...above(swapUsedBytes, 0, (bytes) =>
    note('swap', `${(bytes / 2 ** 20).toFixed(0)} MiB are swapped out`, 'swapoff -a while measuring'),
  ),
];

/** `options`: mount options of the work file system, comma-separated. `journalMissing`: it is ext4 without a journal. */
export const judgeDisk = (disk: {
  readonly options: string;
  readonly journalMissing: boolean;
}): readonly ConditionWarning[] => [
  ...(disk.options.split(',').includes('discard')
    ? [
        note(
          'discard',
          'the work file system is mounted with discard: a removal may wait for the disk',
          'mount -o remount,nodiscard, and run fstrim regularly',
        ),
      ]
    : []),
  ...(disk.journalMissing
    ? [
        note(
          'no-journal',
          'the work file system is ext4 without a journal: making files is slower where files were removed minutes ago',
          '--work DIR on another file system',
        ),
      ]
    : []),
];

/** Before a run, while nothing of cfsbench runs. */
export const judgeQuiet = (start: Moment, end: Moment): readonly ConditionWarning[] => {
  const shares = loadShares(start, end);
  return [
    ...above(shares.busy, LIMITS.busy, (share) =>
      noise('load', `other processes use ${percent(share)} of the CPUs`, 'find them with top and end them'),
    ),
    ...ofSteal(shares),
    ...above(shares.ioPressure, LIMITS.ioPressure, (share) =>
      noise(
        'io',
        `other processes wait for disks ${percent(share)} of the time`,
        'find them with iotop; wait or end them',
      ),
    ),
    ...ofMemory(end),
    ...ofSettings(end),
  ];
};

const times = (count: number): string => `${count} time${count === 1 ? '' : 's'}`;

/** After a run, for the time of the run. */
export const judgeRun = (
  start: Moment,
  end: Moment,
  kernelWarnings: readonly string[] | null,
): readonly ConditionWarning[] => {
  const shares = loadShares(start, end);
  const swapped =
    (grew(start.swapInCount, end.swapInCount) ?? 0) + (grew(start.swapOutCount, end.swapOutCount) ?? 0);
  return [
    ...ofSteal(shares),
    ...above(shares.cpuPressure, LIMITS.cpuPressure, (share) =>
      noise(
        'cpu-pressure',
        `tasks waited for a CPU ${percent(share)} of the run`,
        'end other processes, or use more CPUs',
      ),
    ),
    ...above(shares.memoryPressure, LIMITS.memoryPressure, (share) =>
      noise('memory-pressure', `tasks waited for memory ${percent(share)} of the run`, 'free some memory'),
    ),
    ...above(swapped, 0, (pages) =>
      noise('swap', `${pages} pages were swapped during the run`, 'swapoff -a while measuring'),
    ),
    ...above(grew(start.throttleCount, end.throttleCount), 0, (count) =>
      noise(
        'throttle',
        `the CPU was throttled ${times(count)} because of heat`,
        'cool it, or lower its clock rate',
      ),
    ),
    ...above(grew(start.oomKillCount, end.oomKillCount), 0, (count) =>
      noise('oom', `the kernel killed a process for lack of memory ${times(count)}`, 'free some memory'),
    ),
    ...(kernelWarnings === null || kernelWarnings.length === 0
      ? []
      : [noise('kernel', `${KERNEL_WARNING}${kernelWarnings[0]}`, 'read dmesg: the numbers may be wrong')]),
    ...ofMemory(end),
    ...ofSettings(end),
  ];
};

export const isNoisy = (judged: Conditions['judged']): boolean =>
  judged.some(({ severity }) => severity === 'noise');
