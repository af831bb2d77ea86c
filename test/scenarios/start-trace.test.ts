import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSource } from '../../harness/images/registry.ts';
import type { StartStep } from '../../harness/model/recorded-start.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../../harness/model/tree.ts';
import { recordedStarts, scenario, touchedBytes } from '../../scenarios/start-trace.ts';

const PAGE_BYTES = 4096;
const MOST_LINKS = 40;

/** Index of what a path leads to inside the tree, null where it is not there, `out` where a link leads out of it. */
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
  if (what === 'absent') return typeof index === 'number' ? `${path} is there` : null;
  // A look-up ends at a link that leads out, and finds the link itself.
  if (what === 'stat') return index === null ? `${path} is not there` : null;
  if (typeof index !== 'number') return `${path}: ${index}`;
  if (what === 'list') return typeOf(tree, index) === S_IFDIR ? null : `${path} is no directory`;
  if (typeOf(tree, index) !== S_IFREG) return `${path} is no file`;
  const pages = Math.ceil(Number(tree.entry(index).size) / PAGE_BYTES);
  const last = Math.max(0, ...ranges.map(([page, count]) => page + count));
  return last <= pages ? null : `${path}: page ${last} of ${pages} is read`;
};

for (const { fixture, command, steps } of recordedStarts())
  describe(`${command} in ${fixture}`, () => {
    test('touches only what the image has, and looks for what it has not', async () => {
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

    test('reads at least half a megabyte, at most thirty, and no page twice', () => {
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

test('every start that is asked for was recorded, on the image that is asked for', () => {
  const recorded = recordedStarts().map(
    ({ fixture, command }) =>
      `fixture:${fixture} ${command.replace(/ .*/, '').replace(/.*\//, '').replace(/\d+$/, '')}`,
  );
  for (const params of [...scenario.params, ...(scenario.largeParams ?? [])])
    assert.ok(recorded.includes(`${scenario.source!(params)} ${params['start']}`), JSON.stringify(params));
});
