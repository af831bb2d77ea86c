// The formats of `cfsbench compare`: a comparison in, text out.
import type { Judging } from '../../report/compare/cases.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { Gate, GateOptions } from '../../results/gate/gate.ts';
import type { LoadedRun } from '../../results/gate/load.ts';

export interface Compared {
  readonly comparison: Comparison;
  /** Null: the base is an arm of the head's run. */
  readonly base: LoadedRun | null;
  readonly head: LoadedRun;
  /** Null without --gate. */
  readonly gate: Gate | null;
  readonly judging: GateOptions;
  readonly explain: boolean;
  readonly columns: number;
}

/** Test cases pass or fail, so they are judged without --gate too. */
const judged = async ({ comparison, head, gate, judging }: Compared): Promise<Judging> => {
  const { gateOf } = await import('../../results/gate/gate.ts');
  return {
    comparison,
    run: head.run,
    gate: gate ?? gateOf(comparison, head, judging),
  };
};

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
    async *pieces({ comparison, gate }) {
      yield `${JSON.stringify({ ...comparison, gate }, null, 1)}\n`;
    },
  },
  {
    id: 'markdown',
    async *pieces({ comparison, gate }) {
      const { compareMarkdown } = await import('../../report/markdown/compare.ts');
      yield compareMarkdown(comparison, gate);
    },
  },
  {
    id: 'html',
    async *pieces({ comparison, base, head, gate }) {
      const { compareHtml } = await import('../../report/pages.ts');
      yield compareHtml({ comparison, base, head }, gate);
    },
  },
  {
    id: 'junit',
    async *pieces(compared) {
      const { casesOf } = await import('../../report/compare/cases.ts');
      const { junitPieces } = await import('../../results/exports/junit.ts');
      yield* junitPieces(casesOf(await judged(compared)));
    },
  },
  {
    id: 'ktap',
    async *pieces(compared) {
      const { casesOf } = await import('../../report/compare/cases.ts');
      const { ktapPieces } = await import('../../results/exports/ktap.ts');
      yield* ktapPieces(casesOf(await judged(compared)));
    },
  },
];
