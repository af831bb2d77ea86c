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
}

export interface ReportFormat {
  readonly id: string;
  readonly title: string;
  /** `report` writes this file into the run folder. Absent: it prints. */
  readonly file?: string;
  /** Can show several runs as one. */
  readonly pools?: true;
  pieces(input: FormatInput): Iterable<string> | AsyncIterable<string>;
}
