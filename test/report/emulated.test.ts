// A run on emulated CPUs: counts are results, times are shown in parentheses, and nothing judges or exports them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceOf } from '../../report/claims/evidence.ts';
import { reportFormats } from '../../report/formats/registry.ts';
import { viewOf } from '../../report/load.ts';
import type { ReportView } from '../../report/view.ts';
import { isDecided } from '../../results/compare/looks.ts';
import { measuredIn } from '../../results/emulated.ts';
import { machineFormats } from '../../results/exports/registry.ts';
import { compareArms, compareRuns } from '../../results/gate/compare.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { historyLines } from '../../results/history/line.ts';
import type { Guest } from '../../results/schema/machine.ts';
import { loaded } from '../results/gate/support.ts';
import { storedRun } from './support/stored-run.ts';

const guest = (accelerator: Guest['accelerator']): Guest => ({
  kernel: 'deb:6.12.117+deb13',
  accelerator,
  emulated: accelerator === 'tcg',
  emulator: 'QEMU emulator version 7.2.0',
});

const runWith = (accelerator: Guest['accelerator']): LoadedRun => {
  const { run, samples } = storedRun();
  return loaded({ run: { ...run, guest: guest(accelerator) }, samples });
};

const [emulated, real] = [runWith('tcg'), runWith('kvm')];
const [view, realView] = [viewOf(emulated), viewOf(real)];

const rowsIn = ({ tables, further, own }: ReportView) =>
  [...tables, ...further, ...own].flatMap(({ sections }) => sections.flatMap(({ rows }) => rows));
const versusIn = (of: ReportView) =>
  rowsIn(of).flatMap(({ cells }) =>
    cells.flatMap((cell) => (cell.kind === 'absent' ? [] : (cell.versus ?? []))),
  );

const textOf = async (id: string, of: LoadedRun, ofView: ReportView): Promise<string> => {
  const format = reportFormats.find((one) => one.id === id)!;
  const input = { run: of, view: async () => ofView, columns: 100, color: false, long: true };
  let text = '';
  for await (const piece of format.pieces(input)) text += piece;
  return text;
};

test('no time has a ratio or a verdict; on real CPUs of a guest each has', () => {
  assert.ok(versusIn(realView).some(({ verdict }) => isDecided(verdict)));
  assert.deepEqual(versusIn(view), []);
  const times = rowsIn(view).filter(({ metric }) => /(Ns|PerSecond)$/.test(metric));
  assert.ok(times.length > 10);
  assert.ok(times.every(({ noMeasurement }) => noMeasurement === true));
  assert.ok(rowsIn(realView).every(({ noMeasurement }) => noMeasurement === undefined));
  assert.deepEqual([view.judged.cells, view.spreads.length], [0, 0]);
});

for (const id of ['terminal', 'mail', 'markdown', 'html'])
  test(`${id}: says that times are no measurements, and shows none as a result`, async () => {
    const text = await textOf(id, emulated, view);
    assert.match(
      text.replace(/\s+/g, ' '),
      /CPUs were emulated \(deb(?::|&#58;)6\.12\.117.{1,150}times are no measurements/,
    );
    // Values of times stand in parentheses, or in grey cells of the page.
    const shown =
      id === 'html'
        ? /class="value">[\d.,]+ (?:ns|µs|ms|s)</g
        : /(?<![(\d.])\d[\d.,]* (?:ns|us|ms)(?![\w)])/g;
    const without = text.replace(/<script[\s\S]*?<\/script>/g, '');
    assert.deepEqual(id === 'markdown' || id === 'html' ? (without.match(shown) ?? []).slice(0, 3) : [], []);
    const real = await textOf(id, runWith('kvm'), realView);
    assert.doesNotMatch(real, /no measurements/);
  });

test('html: a life is drawn of measured times only', async () => {
  const drawn = /<figure [^>]*class="lifecycle"/;
  assert.match(await textOf('html', real, realView), drawn);
  assert.doesNotMatch(await textOf('html', emulated, view), drawn);
});

test('the table of the terminal has times in parentheses only', async () => {
  const text = await textOf('terminal', emulated, view);
  const mounts = text.split('\n').filter((line) => /^ +mount /.test(line));
  assert.ok(mounts.length > 0);
  for (const line of mounts) assert.match(line, /^ +mount +(?:(?:\([\d.]+ \w+\)|-|no calls) *)+$/);
});

test('rules of claims read counts, and no times', () => {
  const { run, tallied } = emulated;
  const evidence = evidenceOf(run, measuredIn(run, tallied));
  const [group] = evidence.groups({ scenario: 'walk-cold' });
  assert.equal(evidence.values(group!, 'erofs-overlay', 'walkWallNs').size, 0);
  assert.ok(evidence.calls(group!, 'erofs-overlay').length > 0);
  assert.match(evidence.whyMissing('walk-cold') ?? '', /CPUs were emulated/);
  const onReal = evidenceOf(real.run, measuredIn(real.run, real.tallied));
  const [onRealGroup] = onReal.groups({ scenario: 'walk-cold' });
  assert.ok(onReal.values(onRealGroup!, 'erofs-overlay', 'walkWallNs').size > 0);
  assert.equal(onReal.whyMissing('walk-cold'), null);
});

test('a ladder of rates that was climbed on emulated CPUs is left out as a whole', () => {
  const sample = {
    ...storedRun().samples.find(({ outcome, pass }) => outcome === 'ok' && pass === 'time')!,
    scenario: 'serverless-open',
    values: { below50MsCount: 1, sustained500MsPerSecond: 8, stillThereCount: 1 },
  };
  const { groups } = measuredIn(emulated.run, loaded({ run: emulated.run, samples: [sample] }).tallied);
  assert.deepEqual([...groups[0]!.time.keys()], ['stillThereCount']);
});

test('a gate judges no time, and compare says why', () => {
  const comparison = compareRuns(real, emulated, { all: true });
  assert.deepEqual(comparison.latencies.rows, []);
  assert.ok((comparison.baseLatencies?.rows.length ?? 0) > 0);
  assert.ok(comparison.exact.length > 0);
  assert.match(comparison.notices.join('\n'), /^head: the CPUs were emulated .*are left out$/m);
  assert.deepEqual(compareArms(emulated, { all: true }).latencies.rows, []);
});

test('machine formats and the history contain no time', async () => {
  for (const format of machineFormats) {
    // The journal itself, as a table.
    if (format.id === 'wide-csv') continue;
    let text = '';
    for await (const piece of format.pieces(emulated)) text += piece;
    assert.doesNotMatch(text, /(?:Wall|Cpu|User)Ns|PerSecond/, format.id);
  }
  assert.ok(historyLines(real).some(({ noise }) => noise === 'noisy'));
  assert.ok(historyLines(emulated).every(({ noise }) => noise !== 'noisy'));
});
