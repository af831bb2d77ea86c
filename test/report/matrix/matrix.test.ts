// Several kernels side by side: made of run folders alone, each cell what its run found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewOf } from '../../../report/load.ts';
import { md } from '../../../report/markdown/lines.ts';
import { matrixPage } from '../../../report/matrix/html.ts';
import { tamperTables } from '../../../report/matrix/tampering.ts';
import { matrixMarkdown, matrixText } from '../../../report/matrix/text.ts';
import { type MatrixRun, matrixOf } from '../../../report/matrix/view.ts';
import { COMPUTED } from '../../../report/tampering/words.ts';
import { asciiText } from '../../../report/text.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { loaded } from '../../results/gate/support.ts';
import { storedRun } from '../support/stored-run.ts';

const HOSTILE = '<script>alert(1)</script>\u001b[31m';

interface Made {
  readonly kernel: string;
  readonly erofsFile: boolean;
  readonly detail?: string;
  readonly without?: string;
}

/** The stored run as if it had been made under another kernel. `without`: an arm that is skipped. */
const runUnder = ({ kernel, erofsFile, detail = 'fsopen: ENOTBLK', without }: Made): MatrixRun => {
  const { run, samples } = storedRun();
  const features = { ...run.environment.features, 'erofs-file': { ok: erofsFile, detail } };
  const made = loaded({
    run: {
      ...run,
      environment: { ...run.environment, kernel, features },
      guest: { kernel: `deb:${kernel}`, accelerator: 'tcg', emulated: true, emulator: 'QEMU 7.2' },
      proofs: run.proofs.filter(({ arm }) => arm !== without),
      skipped:
        without === undefined
          ? []
          : [{ kind: 'arm', arm: without, backend: without, need: 'data-only lowers', reason: 'EINVAL' }],
    },
    samples: samples.filter(({ arm }) => arm !== without),
  });
  return { loaded: made, view: viewOf(made) };
};

const OLD: Made = { kernel: '6.1.0-50-amd64', erofsFile: false, without: 'erofs-overlay' };
const NEW: Made = { kernel: '7.3.4+deb13-amd64 #1 SMP', erofsFile: true, detail: 'mounted from a file' };
const view = matrixOf([runUnder(OLD), runUnder(NEW)]);

const rowOf = (title: string, label: string) => {
  const row = view.tables
    .find((table) => table.title.startsWith(title))
    ?.rows.find((one) => one.label === label);
  assert.ok(row, label);
  return row.cells;
};

test('a feature has the result and the reason that each run found', () => {
  assert.deepEqual(
    rowOf('Features', 'EROFS from a file').map(({ text, detail, kind }) => [text, detail, kind]),
    [
      ['no', 'fsopen: ENOTBLK', 'no'],
      ['yes', 'mounted from a file', 'yes'],
    ],
  );
  assert.deepEqual(
    view.kernels.map(({ name, cpus }) => [name, cpus]),
    [
      ['6.1.0', 'emulated'],
      ['7.3.4', 'emulated'],
    ],
  );
});

test('a backend that a kernel cannot run has its reason, and no counts', () => {
  assert.deepEqual(
    rowOf('Backends', 'erofs-overlay').map(({ text }) => text),
    ['no', 'yes'],
  );
  assert.match(rowOf('Backends', 'erofs-overlay')[0]!.detail, /^data-only lowers: EINVAL$/);
  const counts = rowOf('System calls', 'churn, local=image, debian-12-base: erofs-overlay');
  assert.deepEqual(
    counts.map(({ text }) => text),
    ['-', '62'],
  );
});

test('a wrong tree of one image is shown, whichever image was proved first', () => {
  const { loaded: made, view: own } = runUnder(NEW);
  const right = made.run.proofs.find(({ arm }) => arm === 'erofs-overlay')!;
  const wrong = { ...right, image: 'second', equal: false, difference: '/etc: mode' };
  for (const proofs of [
    [right, wrong],
    [wrong, right],
  ]) {
    const { tables } = matrixOf([{ loaded: { ...made, run: { ...made.run, proofs } }, view: own }]);
    const { rows } = tables.find(({ title }) => title === 'Backends')!;
    assert.deepEqual(rows, [
      { label: 'erofs-overlay', cells: [{ text: 'wrong tree', detail: 'second: /etc: mode', kind: 'no' }] },
    ]);
  }
});

test('an image that a backend cannot show is named beside those that it shows', () => {
  const { loaded: made, view: own } = runUnder(NEW);
  const proof = made.run.proofs.find(({ arm }) => arm === 'erofs-overlay')!;
  const skip = (image: string) => ({
    ...{ kind: 'arm' as const, arm: 'erofs-overlay', backend: 'erofs-overlay', image },
    ...{ need: 'image', reason: 'mtimes in nanoseconds' },
  });
  const cellOf = (proofs: readonly (typeof proof)[], ...images: readonly string[]) => {
    const run = { ...made.run, proofs, skipped: images.map(skip) };
    const { tables } = matrixOf([{ loaded: { ...made, run }, view: own }]);
    const { rows } = tables.find(({ title }) => title === 'Backends')!;
    return rows[0]!.cells[0];
  };
  const detail = 'second: image: mtimes in nanoseconds';
  assert.deepEqual(cellOf([proof], 'second'), { text: 'yes, not second', detail, kind: 'plain' });
  assert.equal(cellOf([proof], 'second', 'third')!.text, 'yes, not second, third');
  assert.deepEqual(cellOf([], 'second'), { text: 'no', detail, kind: 'no' });
  const wrong = { ...proof, image: 'third', equal: false, difference: '/etc: mode' };
  assert.equal(cellOf([proof, wrong], 'second')!.text, 'wrong tree');
});

test('calls that strace counted, which sees commands only, are not shown beside those of BPF', () => {
  const countedBy = (kernel: string, ledgerSource: string): MatrixRun => {
    const { loaded: made, view: own } = runUnder({ ...NEW, kernel });
    return { loaded: { ...made, run: { ...made.run, ledgerSource } }, view: own };
  };
  const title = 'System calls of one life or walk';
  const tableOf = (...runs: readonly MatrixRun[]) =>
    matrixOf(runs).tables.find((table) => table.title === title)!;
  const mixed = tableOf(countedBy('6.1.0', 'strace'), countedBy('7.3.4', 'bpf'));
  assert.ok(mixed.rows.length > 0);
  for (const { label, cells } of mixed.rows) {
    assert.deepEqual(
      cells[0],
      { text: '-', detail: 'counted by strace: commands only', kind: 'absent' },
      label,
    );
    assert.equal(cells[1]!.kind, 'plain', label);
  }
  assert.match(mixed.note, /^Of all actors and phases; .* Runs counted by strace are left out/);
  const traced = tableOf(countedBy('6.1.0', 'strace'), countedBy('7.3.4', 'strace'));
  assert.equal(traced.rows[0]!.cells[0]!.kind, 'plain');
  assert.match(traced.note, /^Of commands only, counted by strace; /);
  assert.doesNotMatch(traced.note, /left out: /);
});

test('two runs of one version are told apart by their whole releases, those of one release by numbers', () => {
  const namesOf = (...kernels: readonly string[]): readonly string[] =>
    matrixOf(kernels.map((kernel) => runUnder({ ...NEW, kernel }))).kernels.map(({ name }) => name);
  assert.deepEqual(namesOf(NEW.kernel, '7.3.4-custom'), [NEW.kernel, '7.3.4-custom']);
  assert.deepEqual(namesOf(NEW.kernel, OLD.kernel, NEW.kernel), ['7.3.4 (1)', '6.1.0', '7.3.4 (2)']);
  assert.deepEqual(namesOf('7.3.4-a', '7.3.4-b', '7.3.4-a'), ['7.3.4-a (1)', '7.3.4-b', '7.3.4-a (2)']);
});

test('a matrix of one kernel is not called one of several', () => {
  const one = matrixOf([runUnder(NEW)]);
  assert.match(matrixPage(one), /<h1>cfsbench under 1 kernel<\/h1>/);
  assert.match(matrixMarkdown(one), /^## cfsbench: 1 kernel\n/);
});

test('kernels that do not fit beside the others have a table below, and every row its whole name', () => {
  const five = matrixOf(
    ['6.1.0', '6.6.1', '6.12.117', '6.18.44', '7.3.4'].map((kernel) => runUnder({ ...NEW, kernel })),
  );
  const { rows } = five.tables.find(({ title }) => title === 'Backends')!;
  const long = {
    title: 'Long',
    note: 'Long cells.',
    rows: ['first', 'second'].map((end) => ({
      label: `a label that is longer than its column, and ${end}`,
      cells: rows[0]!.cells.map((cell) => ({ ...cell, text: 'refused at the read' })),
    })),
  };
  const view = { ...five, tables: [...five.tables, long] };
  for (const columns of [60, 80]) {
    const text = matrixText(view, columns);
    for (const line of text.split('\n')) assert.ok(line.length <= columns, line);
    const lines = text.split('\n');
    const heads = lines
      .filter((_, at) => /^-+\|/.test(lines[at + 1] ?? ''))
      .map((head) => head.split(/ *\| */));
    for (const { name } of five.kernels)
      assert.equal(heads.filter((head) => head.includes(name)).length, view.tables.length, name);
    assert.equal(text.split('refused at the read').length - 1, 2 * 5);
    for (const { label } of long.rows) assert.ok(text.includes(label), label);
  }
});

test('a digest that only differs is not marked as a refusal', () => {
  const level = COMPUTED[0]!;
  const cells = [{ kind: 'noticed' }] as const;
  const table = {
    ...{ image: 'one', columns: [{ arm: 'erofs-overlay', level }], untried: [] },
    rows: [{ attack: 'mode', label: 'set-user-id bit', what: 'a mode', cells }],
  };
  const [made] = tamperTables([[table]]).filter(({ rows }) => rows.length > 0);
  assert.deepEqual(made!.rows[0]!.cells, [{ text: 'noticed', detail: '', kind: 'plain' }]);
});

test('a run that is not complete, or has failures, says so in the head of all three forms', () => {
  const { loaded: made, view: own } = runUnder(NEW);
  const { samples } = storedRun();
  const failed = { ...samples[0]!, outcome: 'failed', code: 'timeout', message: 'no answer' } as Sample;
  const cut = loaded({ run: { ...made.run, status: 'failed' }, samples: [failed, ...samples.slice(1)] });
  const broken = matrixOf([runUnder(OLD), { loaded: cut, view: own }]);
  const said = /: failed, 1 failed slot\b/g;
  for (const text of [
    matrixText(broken, 300),
    matrixMarkdown(broken).replaceAll('&#58;', ':'),
    matrixPage(broken),
  ])
    assert.equal(text.match(said)?.length, 1, text.slice(0, 2000));
  assert.doesNotMatch(matrixText(view, 300), /failed/);
});

test('text, Markdown and page have every table, and hostile names as text', () => {
  const hostile = matrixOf([runUnder({ ...OLD, detail: HOSTILE }), runUnder({ ...NEW, kernel: HOSTILE })]);
  const [text, markdown, page] = [matrixText(hostile, 100), matrixMarkdown(hostile), matrixPage(hostile)];
  for (const { title } of hostile.tables)
    for (const [one, shown] of [
      [text.replaceAll(/\s+/g, ' '), `${asciiText(title)}. `],
      [markdown, md(title)],
      [page, `<h2>${title}</h2>`],
    ] as const)
      assert.ok(one.includes(shown), title);
  for (const one of [text, markdown, page]) assert.doesNotMatch(one, /\u001b/);
  assert.doesNotMatch(page, /<script/);
  assert.doesNotMatch(markdown, /<script/);
  assert.match(page, /fsopen: ENOTBLK|&lt;script&gt;/);
  for (const line of matrixText(view, 100).split('\n')) assert.ok(line.length <= 100, line);
  assert.equal(matrixPage(view), matrixPage(matrixOf([runUnder(OLD), runUnder(NEW)])));
});
