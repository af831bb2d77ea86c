import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSource } from '../../harness/images/registry.ts';
import type { StartStep } from '../../harness/model/recorded-start.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../../harness/model/tree.ts';
import { recordedStarts, scenario, touchedBytes } from '../../scenarios/start-trace.ts';

const PAGE_BYTES = 4096;
const MOST_LINKS = 40;

/** Index of the entry that a path resolves to; null if it does not exist, `out` if a link leads out of the tree. */
const resolved = (tree: Tree, path: string, left = MOST_LINKS): number | null | 'out' => {
  if (left === 0) return null;
  let at = 0;
  let walked = '';
  const names = path.split('/').filter((name) => name !== '');
  for (const [position, name] of names.entries()) {
    const child = tree.children(at).find((index) => tree.entry(index).name === name);
    if (child === undefined) return null;
    const { mode, payload } = tree.entry(child);
    const rest = names.slice(position + 1).join('/');
    if ((mode & S_IFMT) === S_IFLNK) {
      if (payload!.startsWith('/')) return 'out';
      const parts = `${walked}/${payload}/${rest}`.split('/').filter((part) => part !== '' && part !== '.');
      const flat: string[] = [];
      for (const part of parts) part === '..' ? flat.pop() : flat.push(part);
      return resolved(tree, flat.join('/'), left - 1);
    }
    walked += `/${name}`;
    at = child;
  }
  return tree.entry(at).link ?? at;
};

const typeOf = (tree: Tree, index: number): number => tree.entry(index).mode & S_IFMT;

const problem = (tree: Tree, [what, path, ranges = []]: StartStep): string | null => {
  const index = resolved(tree, path);
  if (what === 'absent') return typeof index === 'number' ? `${path} exists` : null;
  // A lookup ends at a link that leads out and finds the link.
  if (what === 'stat') return index === null ? `${path} does not exist` : null;
  if (typeof index !== 'number') return `${path}: ${index}`;
  if (what === 'list') return typeOf(tree, index) === S_IFDIR ? null : `${path} is not a directory`;
  if (typeOf(tree, index) !== S_IFREG) return `${path} is not a file`;
  const pages = Math.ceil(Number(tree.entry(index).size) / PAGE_BYTES);
  const last = Math.max(0, ...ranges.map(([page, count]) => page + count));
  return last <= pages ? null : `${path}: page ${last} of ${pages} is read`;
};

for (const { fixture, command, steps } of recordedStarts())
  describe(`${command} in ${fixture}`, () => {
    test('accesses entries that the image has, and looks up absent names that it lacks', async () => {
      const source = await openSource(`fixture:${fixture}`);
      const wrong = steps.map((step) => problem(source.tree, step)).filter((one) => one !== null);
      await source.close();
      assert.deepEqual(wrong, []);
    });

    test('opens its program and the C library', () => {
      const opened = steps.filter(([what]) => what === 'open').map(([, path]) => path);
      assert.ok(opened.some((path) => path.endsWith('/libc.so.6')));
      assert.ok(opened.includes(command.split(' ')[0]!));
    });

    test('reads 0.5 to 30 MB and no page twice', () => {
      assert.ok(touchedBytes(steps) > 5e5 && touchedBytes(steps) < 3e7);
      const once = new Set<string>();
      for (const [, path, ranges = []] of steps)
        for (const [page, count] of ranges)
          for (let i = 0; i < count; i++) {
            assert.ok(!once.has(`${path} ${page + i}`));
            once.add(`${path} ${page + i}`);
          }
    });
  });

test('every start of the scenario is recorded on its image', () => {
  const recorded = recordedStarts().map(
    ({ fixture, command }) =>
      `fixture:${fixture} ${command.replace(/ .*/, '').replace(/.*\//, '').replace(/\d+$/, '')}`,
  );
  for (const params of [...scenario.params, ...(scenario.largeParams ?? [])])
    assert.ok(recorded.includes(`${scenario.source!(params)} ${params['start']}`), JSON.stringify(params));
});
