// The formats of `cfsbench compare`: a comparison in, text out.
import type { Judging } from '../../report/compare/cases.ts';
import { jsonText } from '../../results/exports/json-text.ts';
import type { RunColumns } from '../../results/gate/columns.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import type { ImageInfo } from '../../results/schema/run.ts';

export interface Compared {
  readonly comparison: Comparison;
  /** Null: the base is an arm of the head's run. */
  readonly base: LoadedRun | null;
  readonly head: LoadedRun;
  readonly gate: Gate;
  /** With --gate the exit code is the verdict. */
  readonly isGated: boolean;
  readonly explain: boolean;
  readonly columns: number;
}

const judged = ({ comparison, head, gate }: Compared): Judging => ({ comparison, run: head.run, gate });

interface CompareFormat {
  readonly id: string;
  pieces(compared: Compared): AsyncIterable<string>;
}

/** The first one is the default. */
export const compareFormats: readonly CompareFormat[] = [
  {
    id: 'text',
    async *pieces(compared) {
      const { compareText } = await import('../../report/compare/text.ts');
      yield compareText(compared.comparison, { ...compared, run: compared.head.run });
    },
  },
  {
    id: 'json',
    async *pieces({ comparison, gate, isGated }) {
      yield jsonText({ ...comparison, gate: isGated ? gate : null });
    },
  },
  {
    id: 'markdown',
    async *pieces(compared) {
      const { compareMarkdown } = await import('../../report/markdown/compare.ts');
      yield compareMarkdown(compared.comparison, { ...compared, run: compared.head.run });
    },
  },
  {
    id: 'html',
    async *pieces({ comparison, base, head, gate, isGated }) {
      const { compareHtml } = await import('../../report/pages.ts');
      yield compareHtml({ comparison, base, head }, gate, isGated);
    },
  },
  {
    id: 'junit',
    async *pieces(compared) {
      const { casesOf } = await import('../../report/compare/cases.ts');
      const { junitPieces } = await import('../../results/exports/junit.ts');
      yield* junitPieces(casesOf(judged(compared)));
    },
  },
  {
    id: 'ktap',
    async *pieces(compared) {
      const { casesOf } = await import('../../report/compare/cases.ts');
      const { ktapPieces } = await import('../../results/exports/ktap.ts');
      yield* ktapPieces(casesOf(judged(compared)));
    },
  },
];

interface ColumnFormat {
  readonly id: string;
  pieces(
    compared: RunColumns,
    options: { readonly images: readonly ImageInfo[]; readonly columns: number },
  ): AsyncIterable<string>;
}

/** For three and more runs. */
export const columnFormats: readonly ColumnFormat[] = [
  {
    id: 'text',
    async *pieces(compared, options) {
      const { columnsText } = await import('../../report/compare/columns.ts');
      yield columnsText(compared, options);
    },
  },
  {
    id: 'json',
    async *pieces(compared) {
      yield jsonText(compared);
    },
  },
  {
    id: 'markdown',
    async *pieces(compared, { images }) {
      const { columnsMarkdown } = await import('../../report/markdown/columns.ts');
      yield columnsMarkdown(compared, images);
    },
  },
];
