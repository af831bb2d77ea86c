// What a reader pastes into a shell, and labels that are longer than a line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { explain } from '../../../report/compare/explain.ts';
import { compareText } from '../../../report/compare/text.ts';
import { shortName } from '../../../report/format.ts';
import { compareArms } from '../../../results/gate/compare.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import { arm, base, compared, gated, where } from './gated.ts';
import { changed, example, type Given, loaded, oneMore, twoArms } from './support.ts';

test('--allow-missing takes the arm that the gate proposes, whatever options it has', () => {
  const odd = 'composefs-fuse@server=/opt/a b/cfs-fuse,transport=threads';
  const renamed = changed(base, (sample) => (sample.arm === arm ? { ...sample, arm: odd } : sample));
  const head = changed(base, (sample) => (sample.arm === arm ? null : sample));
  const text = explain(gated(head, {}, renamed).red[0]!, compared(head, renamed), head.run);
  const proposed = odd.replace(',', ';');
  assert.ok(text.endsWith(` To accept it: --allow-missing '${proposed}'`), text);
  for (const allowed of [odd, proposed, `*/*/${proposed}`])
    assert.equal(gated(head, { allowMissing: [allowed] }, renamed).exit, 0, allowed);
  for (const other of ['composefs-fuse@server=/opt/other', 'composefs-fuse@server=./cfs-fuse'])
    assert.equal(gated(head, { allowMissing: [other] }, renamed).exit, 2);
});

test('--allow-missing is proposed for the missing place alone, where the head has others of the arm', () => {
  const two = example({ images: ['debian-12-static', 'debian-12-python'] });
  const gone = changed(two, (sample) =>
    sample.arm === arm && sample.image === 'debian-12-python' && sample.scenario === 'churn' ? null : sample,
  );
  const row = gated(gone, {}, two).red.find(({ row: { place } }) => place.scenario === 'churn')!;
  const text = explain(row, compared(gone, two), gone.run);
  assert.ok(text.endsWith(` To accept it: --allow-missing churn/debian-12-python/${arm}`), text);
  assert.equal(gated(gone, { allowMissing: [`churn/debian-12-python/${arm}`] }, two).exit, 0);
  const slashed = (given: Given): Given =>
    changed(given, (sample) =>
      sample.image === 'debian-12-python' ? { ...sample, image: 'a/b,c' } : sample,
    );
  const [head, from] = [slashed(gone), slashed(two)];
  const odd = gated(head, {}, from).red.find(({ row: { place } }) => place.scenario === 'churn')!;
  assert.ok(explain(odd, compared(head, from), head.run).endsWith(` --allow-missing 'churn/*/${arm}'`));
  assert.equal(gated(head, { allowMissing: [`churn/*/${arm}`] }, from).exit, 0);
});

test('commands that measure a row again are words for a shell, and end without a full stop', () => {
  const source = "synthetic:files=1;echo 'x' $(id) \u202e";
  const image = { ...base.run.images[0]!, source };
  const head = oneMore({ ...base, run: { ...base.run, images: [image] } }, where);
  const text = explain(gated(head).red[0]!, compared(head), head.run);
  const [, command] = / To count it again: (.*)$/.exec(text)!;
  const { stdout } = spawnSync('sh', ['-c', `cfsbench() { printf '%s\\n' "$@"; }\n${command}`], {
    encoding: 'utf8',
  });
  assert.deepEqual(stdout.split('\n'), [
    'run',
    '--count-only',
    '--scenarios',
    'churn',
    '--images',
    source.replace('\u202e', '\\u{202e}'),
    '',
  ]);
});

for (const columns of [60, 80])
  test(`labels of times are wrapped, not cut, in ${columns} columns`, () => {
    const long = 'composefs-fuse@server=/opt/a-long-path/of-a-server/cfs-fuse,transport=read-write';
    const renamed = (given: Given, from: string): Given => ({
      run: JSON.parse(JSON.stringify(given.run).replaceAll(`"${from}"`, `"${long}"`)) as Given['run'],
      samples: given.samples.map((sample) => (sample.arm === from ? { ...sample, arm: long } : sample)),
    });
    const runs = compared(renamed(base, 'composefs-fuse'), renamed(base, 'composefs-fuse'));
    const arms = renamed(twoArms(12, 2), 'erofs-overlay#2');
    for (const [comparison, given] of [
      [runs, renamed(base, 'composefs-fuse')],
      [compareArms(loaded(arms)), arms],
    ] as const) {
      const gate = gateOf(comparison, loaded(given), { strict: false, allowMissing: [] });
      const text = compareText(comparison, { columns, explain: false, gate, isGated: true, run: given.run });
      const shown = text.slice(text.indexOf('\nLatencies'), text.indexOf('\n\nCounts'));
      for (const line of shown.split('\n')) assert.ok(line.length <= columns, line);
      const times = shown.replace(/\s+/g, '');
      const rows = comparison.latencies.rows.filter(({ place }) => place.arm === long);
      assert.ok(rows.length > 5);
      if (comparison.kind === 'two runs')
        for (const { place, metric } of rows)
          assert.ok(times.includes(`${place.arm}:${shortName(metric)}`), `${metric}\n${text}`);
      else for (const { place } of rows) assert.ok(times.includes(place.image), text);
    }
  });
