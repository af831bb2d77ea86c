// Every arm has a mark of its own, the same on every page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';
import { swatch } from '../../report/html/legend.ts';
import { FIXED_MARKS, HUES, marksOf, SHAPE_COUNT, shapeOfMark } from '../../report/marks.ts';
import type { ArmView } from '../../report/view-tables.ts';

const names = backends.map(({ id }) => id);
const drawn = (mark: number, role: ArmView['role'] = 'arm'): string =>
  swatch({ id: '', title: '', how: '', variant: false, role, mark }).markup;

test('no two backends share a mark, and none looks like the null arm', () => {
  const marks = [...marksOf(names).values()];
  assert.equal(marks.length, names.length);
  assert.equal(new Set(marks.map((mark) => `${mark % HUES} ${shapeOfMark(mark)}`)).size, names.length);
  assert.equal(new Set([...marks.map((mark) => drawn(mark)), drawn(0, 'null')]).size, names.length + 1);
});

test('no variant has the color of the baseline, and no listed variant that of a headline backend', () => {
  const marks = marksOf(names);
  const headline = ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'];
  assert.deepEqual(
    headline.map((name) => marks.get(name)! % HUES),
    [0, 1, 2],
  );
  for (const [name, mark] of marks)
    if (!headline.includes(name)) assert.ok(mark % HUES > (FIXED_MARKS.has(name) ? 2 : 0), name);
});

test('the mark of a backend does not depend on the other arms of the page', () => {
  const all = marksOf(names);
  for (const [name, mark] of FIXED_MARKS) {
    assert.ok(names.includes(name), name);
    assert.equal(marksOf(['null', name]).get(name), mark, name);
    assert.equal(all.get(name), mark, name);
  }
});

test('unknown arms get free marks, the same in any order', () => {
  const unknown = Array.from({ length: 5 }, (_, index) => `somebody's ${index}`);
  const marks = marksOf([...names, ...unknown]);
  assert.equal(new Set(marks.values()).size, names.length + unknown.length);
  assert.deepEqual([...marksOf([...unknown.toReversed(), ...names])].sort(), [...marks].sort());
  for (const mark of marks.values()) assert.ok(Math.floor(mark / HUES) < SHAPE_COUNT);
});

test('a page of 48 arms has 48 marks, also if most arms are unknown', () => {
  const headline = ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'];
  for (const known of [headline, names]) {
    const others = Array.from({ length: 48 - known.length }, (_, index) => `somebody's ${index}`);
    const marks = [...marksOf([...known, ...others]).values()];
    assert.equal(new Set(marks.map((mark) => `${mark % HUES} ${shapeOfMark(mark)}`)).size, 48);
    assert.equal(new Set(marks.map((mark) => drawn(mark))).size, 48);
  }
});
