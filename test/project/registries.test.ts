import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';
import { probes } from '../../harness/probes/registry.ts';
import { claims } from '../../report/claims/registry.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { importsOf, read, sourcesIn } from './sources.ts';

const kinds = [
  { folder: 'harness/backends', word: 'backend', ids: backends.map(({ id }) => id) },
  { folder: 'harness/probes', word: 'probe', ids: probes.map(({ id }) => id) },
  { folder: 'scenarios', word: 'scenario', ids: scenarios.map(({ id }) => id) },
] as const;

for (const { folder, word, ids } of kinds) {
  test(`every ${word} in ${folder} is in its registry under the name of its file`, () => {
    const declared = sourcesIn(folder).filter((path) =>
      new RegExp(`^export const ${word}\\b`, 'm').test(read(path)),
    );
    assert.deepEqual([...ids].sort(), declared.map((path) => basename(path, '.ts')).sort());
    assert.ok(ids.length > 0);
  });
}

test('every claim is in the registry under the number of its file, in order', () => {
  const declared = sourcesIn('report/claims').filter((path) => /^export const claim\b/m.test(read(path)));
  assert.deepEqual(
    claims.map(({ id }) => id),
    declared.map((path) => `C${Number(basename(path, '.ts').slice(1))}`),
  );
});

test('every scenario that a claim reads exists', () => {
  const known = scenarios.map(({ id }) => id);
  for (const claim of claims)
    assert.deepEqual(
      [...claim.scenarios, ...(claim.further ?? [])].filter((id) => !known.includes(id)),
      [],
      claim.id,
    );
});

test('every image source is in its registry', () => {
  const registered = importsOf('harness/images/registry.ts').map(({ to }) => to);
  const declared = sourcesIn('harness/images').filter(
    (path) =>
      !path.endsWith('/registry.ts') &&
      /^export const open\w+ = async \([^)]*\): Promise<SourceImage>/m.test(read(path)),
  );
  assert.ok(declared.length > 0);
  assert.deepEqual(
    declared.filter((path) => !registered.includes(path)),
    [],
  );
});

const owners = [...probes, ...scenarios].map(({ id, metrics }) => ({ id, names: Object.keys(metrics) }));

test('metric names end in their unit', () => {
  const wrong = owners.flatMap(({ id, names }) =>
    names
      .filter((name) => !/[a-z0-9](Ns|Bytes|Count|PerSecond|Ratio)$/.test(name))
      .map((name) => `${id}: ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test('a metric has one owner', () => {
  const seen = new Map<string, string>();
  for (const { id, names } of owners)
    for (const name of names) {
      // Scenarios may share a metric; a probe shares none.
      const other = seen.get(name);
      const both =
        other === undefined ? [] : [id, other].filter((owner) => probes.some((probe) => probe.id === owner));
      assert.deepEqual(both, [], `${name} belongs to ${other} and to ${id}`);
      seen.set(name, id);
    }
});

test('headline metrics exist', () => {
  const known = new Set(owners.flatMap(({ names }) => names));
  for (const { id, headline } of scenarios)
    for (const name of headline) assert.ok(known.has(name), `${id}: no probe or scenario has ${name}`);
});
