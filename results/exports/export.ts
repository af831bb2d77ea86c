// A format that other programs read: a run in, text out. Nothing of it depends on the machine, the time or the locale.
import type { LoadedRun } from '../gate/load.ts';

export interface Export {
  readonly id: string;
  /** Who reads it, in a few words. */
  readonly title: string;
  /** In pieces, each as it is to be written. */
  pieces(run: LoadedRun): Iterable<string>;
}
