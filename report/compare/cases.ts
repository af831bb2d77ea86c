// A comparison as test cases for the test view of a CI: a place is a suite, a row is a case, a worse row fails.
import { unreachable } from '../../results/errors.ts';
import type { CaseVerdict, TestCase, TestSuite } from '../../results/exports/verdicts.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult } from '../../results/gate/exact.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { groupsBy } from '../analysis/group-by.ts';
import { explain } from './explain.ts';
import { changeText, countedText, latencyText, placeText, reasonText } from './words.ts';

export interface Judging {
  readonly comparison: Comparison;
  readonly gate: Gate;
  /** Of the head. */
  readonly run: RunFile;
}

const skipped = (why: string): CaseVerdict => ({ kind: 'skipped', why });

/** Test views show the first line. */
const failed = (short: string, long: string): CaseVerdict => ({ kind: 'failed', why: [short, long] });

const countVerdict = (row: ExactResult, { comparison, gate, run }: Judging): CaseVerdict => {
  const red = gate.red.find((one) => one.row === row);
  if (red !== undefined) return failed(reasonText(row), explain(red, comparison, run));
  const because = row.because.length === 0 ? '' : `: ${row.because.join('; ')}`;
  switch (row.status) {
    case 'equal':
    case 'better':
      return { kind: 'passed', basis: changeText(row) };
    case 'worse':
    case 'varies':
      return { kind: 'failed', why: [reasonText(row)] };
    case 'vanished':
      return skipped(`missing, as allowed${because}`);
    case 'demoted':
      return skipped(`not shown to be constant in the base: ${changeText(row)}`);
    case 'incomparable':
      return skipped(`incomparable${because}`);
    case 'unjudged':
      return skipped('a count of requests needs five counting passes');
    case 'new':
      return skipped(`in the head only${because}`);
    default:
      return unreachable(row.status);
  }
};

const timeVerdict = (row: LatencyResult, { comparison, gate, run }: Judging): CaseVerdict => {
  const red = gate.red.find((one) => one.row === row);
  if (red !== undefined) return failed(latencyText(row), explain(red, comparison, run));
  switch (row.judged) {
    case 'pass':
      return { kind: 'passed', basis: latencyText(row) };
    case 'red':
      return skipped(`the rerun did not confirm it: ${latencyText(row)}`);
    case 'undecided':
    case 'unjudgeable':
      return skipped(`${row.why}: ${latencyText(row)}`);
    case 'shown':
      return skipped(`shown, not judged: ${latencyText(row)}`);
    default:
      return unreachable(row.judged);
  }
};

/** Fails for a reason that is no row: the run itself, or undecided rows with --strict. */
const gateCase = ({ exit, why }: Gate, { kind }: Comparison): TestCase => {
  const name = 'the gate';
  if (exit !== 0 && exit !== 2) return { name, verdict: { kind: 'failed', why: [why] } };
  return { name, verdict: kind === 'one run' ? skipped(why) : { kind: 'passed', basis: why } };
};

export const casesOf = (judging: Judging): readonly TestSuite[] => {
  const { comparison, gate } = judging;
  const rows = [
    ...comparison.exact.map((row) => ({
      suite: placeText(row.place),
      case: { name: countedText(row), verdict: countVerdict(row, judging) },
    })),
    ...comparison.latencies.rows.map((row) => ({
      suite: placeText(row.place),
      case: { name: row.metric, verdict: timeVerdict(row, judging) },
    })),
  ];
  return [
    { name: 'gate', cases: [gateCase(gate, comparison)] },
    ...groupsBy(rows, ({ suite }) => suite).map((same) => ({
      name: same[0].suite,
      cases: same.map((row) => row.case),
    })),
  ];
};
