// What a machine format is: a name for the command line, a line for its help, and text made from a run folder alone.
import { type Loaded, loadRun } from '../gate/load.ts';
import { readRun, readSamples } from '../read.ts';
import type { RunFile, Sample } from '../schema/run.ts';

/** A run folder, read as far as a format asks. */
export interface Source {
  readonly run: RunFile;
  /** In the order of execution, one at a time. */
  readonly samples: () => AsyncIterable<Sample>;
  /** Everything tallied. */
  readonly load: () => Promise<Loaded>;
}

export interface ExportFormat {
  /** Also the name of its file. */
  readonly id: string;
  /** One line of help: what it is and who reads it. */
  readonly title: string;
  /** The text in pieces; the same pieces for the same folder. */
  readonly write: (source: Source) => AsyncIterable<string>;
}

export const openSource = (folder: string): Source => ({
  run: readRun(folder),
  samples: () => readSamples(folder),
  load: () => loadRun(folder),
});

/** For formats that are one piece, made from the tallied run. */
export const whole = (make: (loaded: Loaded) => string): ExportFormat['write'] =>
  async function* (source) {
    yield make(await source.load());
  };
