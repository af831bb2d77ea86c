// A format that other programs read. The text depends on the run alone, not on the machine, the time or the locale.
import type { LoadedRun } from '../gate/load.ts';

export interface Export {
  readonly id: string;
  /** Name of the file, where several formats are written into one folder. */
  readonly file: string;
  /** Shown in help. */
  readonly title: string;
  /** Can show several runs as one. */
  readonly pools?: true;
  /** The text in pieces. */
  pieces(run: LoadedRun): AsyncIterable<string>;
}
