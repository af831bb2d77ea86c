// Many lives of many images at the same time, in worker processes: their request and their report.
import type { Phase } from '../../results/schema/run.ts';
import type { StartStep } from './recorded-start.ts';

/** Phases of a life whose files are all local, in their order. */
export const LIFE_PHASES = [
  'create',
  'mount',
  'use',
  'unmount',
  'settle',
  'destroy',
] as const satisfies Phase[];
export type LifePhase = (typeof LIFE_PHASES)[number];

/** The file of a mount that a start without a record opens and reads. */
interface FirstFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** The work in the mount: a recorded start, or opening and reading the first files. */
export type Start = { readonly recorded: readonly StartStep[] } | { readonly files: readonly FirstFile[] };

export interface LivesAsked {
  /** The start of each image of the slot: the slot's image, then its others. */
  readonly starts: readonly Start[];
  readonly workers: number;
  /** The image of each life, by its number. */
  readonly order: readonly number[];
  /** When each life is due, nanoseconds after the start. Null: each worker begins its next life at once. */
  readonly dueNs: readonly number[] | null;
  /** Ends when a life begins this much later than it is due. Null: never. */
  readonly mostLateNs: number | null;
  /** No life begins later than this after the start. */
  readonly mostNs: number;
  /** The worker of this life sleeps before it begins it: a test that latencies count from the due time. */
  readonly stall?: { readonly life: number; readonly ns: number };
}

/** Times are nanoseconds after the start of all. */
export interface Life {
  readonly image: number;
  readonly worker: number;
  /** When it was due; without due times when it began. */
  readonly dueNs: number;
  readonly begunNs: number;
  /** The end of each phase. */
  readonly endsNs: Readonly<Record<LifePhase, number>>;
}

export interface FailedLife {
  readonly image: number;
  readonly worker: number;
  readonly phase: LifePhase;
  readonly code: string;
  readonly message: string;
}

/** Differences to the state before the first life, of the whole machine. */
export interface PeakMemory {
  /** Kernel slabs, including free objects in them. */
  readonly slabBytes: number;
  /** Modified pages that are not on disk yet. */
  readonly dirtyBytes: number;
}

export interface LivesResult {
  readonly lives: readonly Life[];
  readonly failed: readonly FailedLife[];
  /** From the start to the end of the last life. */
  readonly elapsedNs: number;
  /** A life began more than `mostLateNs` late, so no further life was begun. */
  readonly fellBehind: boolean;
  /** CPU time of the workers and of all programs that they started; of a server that all lives share, too. */
  readonly cpuNs: number;
  /** Most mounts at the same time. */
  readonly mostMounts: number;
  readonly peak: PeakMemory;
}
