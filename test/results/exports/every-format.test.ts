import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { exportFormats } from '../../../results/exports/registry.ts';
import { read, sourcesIn } from '../../project/sources.ts';
import { HOSTILE_RUN, textOf } from './support.ts';

// Line feeds end lines; nothing else that moves a cursor or turns the text around may come through.
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

for (const { id } of exportFormats) {
  test(`${id}: a hostile name is shown as text`, async () => {
    const text = await textOf(id, HOSTILE_RUN);
    assert.doesNotMatch(text, UNSEEN);
    assert.match(text, /evil/);
  });

  test(`${id}: the same folder gives the same bytes twice`, async () => {
    assert.equal(await textOf(id, HOSTILE_RUN), await textOf(id, HOSTILE_RUN));
  });
}

test('every file that declares a format is registered', () => {
  const declared = sourcesIn('results/exports').filter((path) =>
    /^export const \w+(: ExportFormat| = formatOf)/m.test(read(path)),
  );
  const registry = read('results/exports/registry.ts');
  assert.ok(declared.length > 8);
  assert.deepEqual(
    declared.filter((path) => !registry.includes(`./${basename(path)}`)),
    [],
  );
});
