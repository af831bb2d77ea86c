// JSON shapes of run.json about the machine: its facts, and its state during the run.
import type { WholeNumber } from './shared.ts';

/** Begins the warnings of a run about a noisy machine. */
export const NOISE_PREFIX = 'noise: ';
/** In front of a warning of the kernel log. */
export const KERNEL_WARNING = 'kernel warning: ';

export interface Environment {
  readonly kernel: string;
  /** Options of the kernel command line that can change a measurement, separated by spaces. */
  readonly kernelCommandLine: string;
  readonly architecture: string;
  readonly distribution: string;
  readonly cpuModel: string;
  readonly cpuCount: WholeNumber;
  readonly memoryBytes: WholeNumber;
  readonly governor: string | null;
  readonly mitigations: Readonly<Record<string, string>>;
  readonly virtualization: string | null;
  /** `device`: the kernel's name of a disk, else the kind of the mounted thing. `options`: without paths, names and addresses. */
  readonly workFileSystem: { readonly type: string; readonly device: string; readonly options: string };
  /** Program to first line of its --version. */
  readonly tools: Readonly<Record<string, string>>;
  readonly loadAverage: readonly number[];
  readonly privilege: 'root' | 'user namespace';
  /** Feature id to the result of trying it. */
  readonly features: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
  /** Length of the path of a slot's folder, which commands print. Absent in older runs. */
  readonly slotPathBytes?: WholeNumber;
  /** Names in that path: programs that resolve it check each for a link. Absent in older runs. */
  readonly slotPathNames?: WholeNumber;
}

/** Readings of the machine at one instant; counters start at boot. Null: not readable. */
export interface Moment {
  readonly at: string;
  readonly loadAverage: readonly number[];
  readonly governor: string | null;
  readonly turbo: boolean | null;
  readonly smt: boolean | null;
  readonly clocksource: string | null;
  readonly memoryBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** Clock ticks of all CPUs. */
  readonly cpuTicks: number | null;
  readonly idleTicks: number | null;
  readonly stealTicks: number | null;
  /** Microseconds in which some task waited. */
  readonly cpuPressureUs: number | null;
  readonly ioPressureUs: number | null;
  readonly memoryPressureUs: number | null;
  readonly swapInCount: number | null;
  readonly swapOutCount: number | null;
  readonly oomKillCount: number | null;
  readonly throttleCount: number | null;
  /** CLOCK_MONOTONIC. */
  readonly monotonicNs: number;
}

export interface Conditions {
  readonly start: Moment;
  readonly end: Moment | null;
  /** Number of other mount points of the device that holds the work folder. */
  readonly otherMountCount: WholeNumber;
  /** Warnings in the kernel log during the run; null: not readable. */
  readonly kernelWarnings: readonly string[] | null;
  readonly judged: readonly ConditionWarning[];
}

export interface ConditionWarning {
  readonly id: string;
  /** `noise`: the machine was disturbed, and `--strict` refuses it. `note`: a lasting property of the machine; `--strict` ignores it. */
  readonly severity: 'noise' | 'note';
  readonly text: string;
  readonly hint: string;
}

/** The virtual machine that `cfsbench vm` started for the run. */
export interface Guest {
  /** As asked for: a version with its source, or the name of a file. */
  readonly kernel: string;
  readonly accelerator: 'kvm' | 'tcg';
  /** Its CPUs are emulated: times of the run are no measurements. */
  readonly emulated: boolean;
  /** First line of `--version`. */
  readonly emulator: string;
}
