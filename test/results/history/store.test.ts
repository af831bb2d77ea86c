import assert from 'node:assert/strict';
import fs, {
  cpSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { historyText } from '../../../report/history/text.ts';
import { trendTable } from '../../../report/html/history/table.ts';
import { historyHtml } from '../../../report/pages.ts';
import { historyLines, seriesKey } from '../../../results/history/line.ts';
import { addLines, readHistory } from '../../../results/history/store.ts';
import { hasChanged, trends } from '../../../results/history/trends.ts';
import type { HistoryLine } from '../../../results/schema/history.ts';
import { changed, example, type Given, loaded, oneMore, withTools } from '../gate/support.ts';

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'cfsbench-history-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
};

const base = example({ images: ['debian-12-static'] });
const where = { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' } as const;

const as = (given: Given, day: number): readonly HistoryLine[] => {
  const startedAt = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  return historyLines(loaded({ ...given, run: { ...given.run, id: `run-${day}`, startedAt } }));
};

test('every metric of a run is one line and is read back unchanged', (t) => {
  const dir = folder(t);
  const lines = as(base, 1);
  assert.ok(lines.length > 50);
  assert.equal(new Set(lines.map(seriesKey)).size, lines.length);
  assert.deepEqual(new Set(lines.map(({ noise }) => noise)), new Set(['exact', 'quasi', 'noisy']));
  assert.equal(addLines(dir, 'run-1', lines), 'added');
  assert.deepEqual(readHistory(dir), lines);
});

test('adding a run again changes nothing; another run of the same name is refused', (t) => {
  const dir = folder(t);
  addLines(dir, 'run-1', as(base, 1));
  assert.equal(addLines(dir, 'run-1', as(base, 1)), 'already there');
  const other = as(base, 2).map((line) => ({ ...line, run: 'run-1' }));
  assert.throws(() => addLines(dir, 'run-1', other), /another run of the same name/);
  assert.throws(() => addLines(dir, '../run', []), /cannot be a file name/);
});

test('a run that has other values since it was added is no other run', (t) => {
  const dir = folder(t);
  addLines(dir, 'run-1', as(base, 1));
  assert.throws(() => addLines(dir, 'run-1', as(oneMore(base, where), 1)), {
    message: 'the history has this run with other values',
    facts: [join(dir, 'run-1.ndjson'), 'as after --partial, or as another version of cfsbench reads the run'],
    hint: 'remove that file and add the run again: the history is never rewritten',
  });
  assert.deepEqual(readHistory(dir), as(base, 1));
});

test('a file is made, never replaced: what another program added in between stays', (t) => {
  const dir = folder(t);
  const path = join(dir, 'run-1.ndjson');
  // A link to nothing looks absent.
  symlinkSync('nowhere', path);
  assert.throws(() => addLines(dir, 'run-1', as(base, 1)));
  assert.equal(readlinkSync(path), 'nowhere');
  assert.deepEqual(readdirSync(dir), ['run-1.ndjson']);
});

/** As the kernel does on a file system without hard links; the other calls of this process are real. */
const withoutLinks = (t: TestContext, code: string): void => {
  t.mock.method(fs, 'linkSync', () => {
    throw Object.assign(new Error(code), { code, syscall: 'link', errno: -1 });
  });
  syncBuiltinESMExports();
};
const withLinks = (t: TestContext): void => {
  t.mock.restoreAll();
  syncBuiltinESMExports();
};

test('a history is written on a file system without hard links, and nothing is replaced there', (t) => {
  t.after(() => withLinks(t));
  for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
    const dir = folder(t);
    withoutLinks(t, code);
    assert.equal(addLines(dir, 'run-1', as(base, 1)), 'added');
    assert.equal(addLines(dir, 'run-1', as(base, 1)), 'already there');
    assert.deepEqual(readHistory(dir), as(base, 1));
    const other = join(dir, 'run-2.ndjson');
    symlinkSync('nowhere', other);
    assert.throws(() => addLines(dir, 'run-2', as(base, 2)));
    assert.equal(readlinkSync(other), 'nowhere');
    assert.deepEqual(readdirSync(dir).sort(), ['run-1.ndjson', 'run-2.ndjson']);
    withLinks(t);
  }
  withoutLinks(t, 'EIO');
  const dir = folder(t);
  assert.throws(() => addLines(dir, 'run-1', as(base, 1)), /cannot write .*run-1\.ndjson/);
  assert.deepEqual(readdirSync(dir), []);
});

test('two stores are merged by copying their files into one folder', (t) => {
  const [one, two] = [folder(t), folder(t)];
  addLines(one, 'run-1', as(base, 1));
  addLines(one, 'run-3', as(base, 3));
  addLines(two, 'run-2', as(base, 2));
  for (const name of readdirSync(two)) cpSync(join(two, name), join(one, name), { errorOnExist: true });
  const runs = [...new Set(readHistory(one).map(({ run }) => run))];
  assert.deepEqual(runs, ['run-1', 'run-2', 'run-3']);
});

test('the fence has the notation of the values', () => {
  const [of] = as(base, 1).filter(({ noise }) => noise === 'quasi');
  const fence = { kind: 'fence', lo: -3500, hi: 12_345.6, step: 99_999, outside: true } as const;
  const trend = { of: { ...of!, what: 'createdDiskBytes' }, lines: [of!], omitted: 0, changes: [], fence };
  assert.match(
    historyText([trend], { columns: 80, all: true }),
    /the latest step of 99,999 B is outside -3,500 B to 12,345\.6 B$/m,
  );
  assert.match(
    trendTable(trend, 'title', () => null).markup,
    /the step of 99,999 B is outside -3,500 B to 12,345\.6 B</,
  );
});

test('a changed exact count is reported with the run and the commit, in 80 columns', () => {
  const days = [1, 2, 3, 4, 5, 6];
  const lines = days.flatMap((day) => as(day < 4 ? base : oneMore(base, where), day));
  const changed = trends(lines).filter(hasChanged);
  assert.ok(changed.length > 0);
  assert.ok(changed.every(({ of }) => of.what === 'create: tar: openat'));
  assert.equal(changed[0]!.changes[0]!.run, 'run-4');
  const text = historyText(trends(lines), { columns: 80, all: false });
  assert.match(text, /changed with run-4/);
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

/** A call that no run makes by itself. */
const getppid = oneMore(base, { ...where, call: 'getppid' });

/** Changes of each series that has one, as `RUN: BEFORE -> AFTER`. */
const changesIn = (runs: readonly Given[]): readonly string[] =>
  trends(runs.flatMap((given, at) => as(given, at + 1)))
    .filter(hasChanged)
    .flatMap(({ of, changes }) =>
      changes.map(({ run, before, after }) => `${of.what}, ${run}: ${before} -> ${after}`),
    );

test('a call that is newly made, or no longer made, is one change', () => {
  const what = 'create: tar: getppid';
  assert.deepEqual(changesIn([base, base, base, getppid, getppid, getppid]), [`${what}, run-4: 0 -> 1`]);
  assert.deepEqual(changesIn([getppid, getppid, getppid, base, base]), [`${what}, run-4: 1 -> 0`]);
  assert.deepEqual(changesIn([base, getppid, base]), [`${what}, run-2: 0 -> 1`, `${what}, run-3: 1 -> 0`]);
  const [last] = trends([getppid, base].flatMap((given, at) => as(given, at + 1))).filter(hasChanged);
  assert.deepEqual([last!.of.run, last!.of.value, last!.lines.length], ['run-2', 0, 2]);
});

test('a readlink, whose number depends on the path, is newly made or no longer made on any path', () => {
  const readlink = oneMore(base, { ...where, call: 'readlink' });
  const longer = (given: Given): Given => ({
    ...given,
    run: { ...given.run, environment: { ...given.run.environment, slotPathNames: 9 } },
  });
  const what = 'create: tar: readlink';
  for (const none of [base, longer(base)]) {
    assert.deepEqual(changesIn([none, readlink]), [`${what}, run-2: 0 -> 1`]);
    assert.deepEqual(changesIn([readlink, none]), [`${what}, run-2: 1 -> 0`]);
  }
  // Made in both: two series, and no zero in either.
  assert.deepEqual(changesIn([readlink, longer(oneMore(readlink, { ...where, call: 'readlink' }))]), []);
});

test('runs that did not count an actor add no zero to its calls', () => {
  const uncounted = changed(base, (sample) => {
    if (sample.outcome !== 'ok' || sample.arm !== where.arm) return sample;
    const { ledger: _, ...rest } = sample;
    return rest;
  });
  for (const other of [uncounted, withTools(base, { tar: 'tar 2' })]) {
    assert.deepEqual(changesIn([other, other, getppid, getppid]), []);
    const lines = [other, getppid].flatMap((given, at) => as(given, at + 1));
    const [series] = trends(lines).filter(({ of }) => of.what === 'create: tar: getppid');
    assert.deepEqual(
      series!.lines.map(({ run }) => run),
      ['run-2'],
    );
  }
});

test('a series of more than 400 runs says how many it has', () => {
  const [line] = as(base, 1).filter(({ noise }) => noise === 'exact');
  const runs = (count: number) =>
    trends(
      Array.from({ length: count }, (_, run) => ({
        ...line!,
        run: `run-${run}`,
        startedAt: new Date(Date.UTC(2026, 0, 1, run)).toISOString(),
      })),
    );
  const textOf = (count: number): string => historyText(runs(count), { columns: 200, all: true });
  const pageOf = (count: number): string => historyHtml(runs(count), { hrefOf: () => null, all: true });
  assert.match(textOf(400), /\(400 runs\)\n/);
  assert.doesNotMatch(textOf(400) + pageOf(400), /latest 400/);
  assert.match(textOf(450), /\(the latest 400 of 450 runs\)\n/);
  const summary = '1 series has more than 400 runs: the latest 400 are shown, and no change before them.';
  assert.ok(textOf(450).includes(summary));
  assert.ok(pageOf(450).includes(summary));
  assert.match(pageOf(450), /Shown: the latest 400 of 450 runs\./);
});

test('an exact count whose passes share a value with those of earlier runs has not changed', () => {
  const [line] = as(base, 1).filter(({ noise }) => noise === 'exact');
  const series = (ranges: readonly (readonly [lo: number, hi: number])[]) =>
    trends(
      ranges.map(([lo, hi], run) => ({
        ...line!,
        run: `run-${run}`,
        startedAt: `2026-01-${String(run + 1).padStart(2, '0')}T00:00:00.000Z`,
        value: lo,
        lo,
        hi,
      })),
    )[0]!;
  const changedAt = (...ranges: Parameters<typeof series>[0]): readonly string[] =>
    series(ranges).changes.map(({ run }) => run);
  assert.deepEqual(changedAt([7, 7], [6, 7], [7, 7], [7, 9]), []);
  assert.deepEqual(changedAt([7, 7], [7, 7], [8, 9]), ['run-2']);
  // No two neighbours differ, but the first and the last do.
  assert.deepEqual(changedAt([7, 7], [7, 8], [8, 8], [8, 8]), ['run-2']);
  const steady = Array.from({ length: 12 }, () => [7, 7] as const);
  assert.equal(hasChanged(series([...steady, [6, 7]])), false, 'the least alone is outside the fence');
  assert.equal(hasChanged(series([...steady, [6, 6]])), true);
});

test('a change within one commit is not blamed on it, and a longer path starts another series', () => {
  const readlink = { ...where, call: 'readlink' };
  const of = (given: Given, commit: string | null, slotPathNames = 6): Given => ({
    ...given,
    run: {
      ...given.run,
      cfsbench: { version: '1', commit },
      environment: { ...given.run.environment, slotPathNames },
    },
  });
  const textOf = (...runs: readonly Given[]): string =>
    historyText(trends(runs.flatMap((given, day) => as(given, day + 1))), { columns: 200, all: false });
  const [one, two] = [oneMore(base, readlink), oneMore(oneMore(base, readlink), readlink)];
  assert.match(textOf(of(one, 'a'), of(two, 'b')), /changed with run-2 \(commit b\): 1 -> 2/);
  assert.match(
    textOf(of(one, 'a'), of(two, 'a')),
    /changed with run-2, and not by a commit: the run before is of a as well: 1 -> 2/,
  );
  assert.match(textOf(of(one, null), of(two, null)), /changed with run-2 \(commit unknown\)/);
  assert.match(textOf(of(one, 'a', 6), of(two, 'b', 7)), / 0 with a change/);
});

test('another version of tar starts another series', () => {
  const lines = [...as(base, 1), ...as(withTools(oneMore(base, where), { tar: 'tar 2' }), 2)];
  assert.deepEqual(trends(lines).filter(hasChanged), []);
});

test('an error in a file is reported with file and line', (t) => {
  for (const [bytes, message] of [
    ['{', /bad\.ndjson:1: not JSON/],
    ['{"schema":1}\n', /bad\.ndjson:1: run is missing/],
    [`${JSON.stringify({ ...as(base, 1)[0], schema: 9 })}\n`, /expected schema 1/],
  ] as const) {
    const dir = folder(t);
    writeFileSync(join(dir, 'bad.ndjson'), bytes);
    assert.throws(() => readHistory(dir), message);
  }
});

test('an empty history says what to type', () => {
  assert.match(historyText(trends([]), { columns: 80, all: false }), /cfsbench history add RUN/);
});
