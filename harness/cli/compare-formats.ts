// The formats of `cfsbench compare`.
import type { Judging } from '../../report/compare/cases.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { Gate, GateOptions } from '../../results/gate/gate.ts';
import type { LoadedRun } from '../../results/gate/load.ts';

export const COMPARE_FORMATS = ['text', 'json', 'markdown', 'html', 'junit', 'ktap'] as const;

export type CompareFormat = (typeof COMPARE_FORMATS)[number];

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

export async function* comparedAs(format: CompareFormat, compared: Compared): AsyncGenerator<string> {
  const { comparison, base, head, gate } = compared;
  switch (format) {
    case 'json':
      yield `${JSON.stringify({ ...comparison, gate }, null, 1)}\n`;
      return;
    case 'markdown':
      yield (await import('../../report/markdown/compare.ts')).compareMarkdown(comparison, gate);
      return;
    case 'html':
      yield (await import('../../report/pages.ts')).compareHtml({ comparison, base, head }, gate);
      return;
    case 'junit':
    case 'ktap': {
      const { casesOf } = await import('../../report/compare/cases.ts');
      const { junitPieces } = await import('../../results/exports/junit.ts');
      const { ktapPieces } = await import('../../results/exports/ktap.ts');
      yield* (format === 'junit' ? junitPieces : ktapPieces)(casesOf(await judged(compared)));
      return;
    }
    default: {
      const { compareText } = await import('../../report/compare/text.ts');
      yield compareText(comparison, { ...compared, run: head.run });
    }
  }
}
