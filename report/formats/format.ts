// A format of `cfsbench report` and `cfsbench pool`: a run in, text out.
import type { LoadedRun } from '../../results/gate/load.ts';
import type { ReportView } from '../view.ts';

/** The page in a run folder. */
export const REPORT_FILE = 'report.html';

export interface FormatInput {
  readonly run: LoadedRun;
  /** Analyses the run at the first call. */
  view(): Promise<ReportView>;
  readonly columns: number;
  readonly color: boolean;
  /** Everything, where the format is short by default. */
  readonly long?: boolean;
  /** Ids of claims to be shown in full, and nothing else. */
  readonly claims?: readonly string[];
}

export interface ReportFormat {
  readonly id: string;
  readonly title: string;
  /** Name of the file, in the run folder or where `--out` names a folder. */
  readonly file: string;
  /** Written into the run folder, too long to be printed. */
  readonly inRunFolder?: true;
  /** Knows `--long`. */
  readonly long?: true;
  /** Knows `--claims`. */
  readonly claims?: true;
  /** Can show several runs as one. */
  readonly pools?: true;
  pieces(input: FormatInput): Iterable<string> | AsyncIterable<string>;
}
