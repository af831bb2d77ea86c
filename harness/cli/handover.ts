// From the outer half of a run to the inner one, as JSON in one environment variable.
import type { Features } from '../model/machine.ts';
import type { RunFolders } from './work-folder.ts';

export const HANDOVER = 'CFSBENCH_HANDOVER';

/** What the outer half tells the inner one. */
export interface Handover {
  readonly features: Features;
  readonly folders: RunFolders;
  readonly seed: string;
  readonly startedAt: string;
  /** CLOCK_MONOTONIC, which namespaces share. */
  readonly startedNs: string;
  readonly ownerPid: number;
  /** 0 for a new run, counted on by every `--resume`. */
  readonly session: number;
}
