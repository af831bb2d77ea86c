// The result of one change of an installed image, and its metrics.
import type { PathState } from '../harness/inspect/requests.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import { isShown, type TamperChange, type TamperTargets } from './tampering.ts';

export interface TamperOutcome {
  readonly change: TamperChange;
  readonly path: string;
  /** Undefined: the backend has no such digest. */
  readonly noticed: Readonly<Record<'file' | 'reference' | 'manifest', boolean | undefined>>;
}

export const valuesOf = (
  outcomes: readonly TamperOutcome[],
  seen: readonly PathState[],
  targets: TamperTargets,
): Values => {
  const values: Record<string, number> = {};
  for (const [i, { change, noticed }] of outcomes.entries()) {
    values[`${change}ShownCount`] = Number(isShown(change, seen[i]!, targets));
    for (const [by, is] of Object.entries(noticed))
      if (is !== undefined) values[`${change}By${by[0]!.toUpperCase()}${by.slice(1)}Count`] = Number(is);
  }
  return values;
};

export const readFile = ({ machine: { files } }: Stage, path: string, sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(sizeBytes);
  const fd = files.open(path, 0);
  const got = files.pread(fd, bytes, 0);
  files.close(fd);
  return bytes.subarray(0, got);
};
