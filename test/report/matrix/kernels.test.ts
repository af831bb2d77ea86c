// Tables of a matrix of four kernels (kernel-runs.ts). Each cell is what that kernel did.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewOf } from '../../../report/load.ts';
import { matrixPage } from '../../../report/matrix/html.ts';
import { matrixMarkdown, matrixText } from '../../../report/matrix/text.ts';
import { type MatrixRun, matrixOf } from '../../../report/matrix/view.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { upgradeRun } from '../../../results/upgrade.ts';
import { loaded as asLoaded } from '../../results/gate/support.ts';
import { kernelRuns } from './kernel-runs.ts';

const runs = kernelRuns().map(({ run, samples }): MatrixRun => {
  const made = asLoaded({ run: upgradeRun(run) as RunFile, samples });
  return { loaded: made, view: viewOf(made) };
});
const view = matrixOf(runs);
const names = view.kernels.map(({ name }) => name.split('.').slice(0, 2).join('.'));

/** Kernel to the cell of an attack. */
const cells = (level: string, label: string): Readonly<Record<string, string>> => {
  const table = view.tables.find(({ title }) => title === `Attacks: ${level}`);
  const row = table?.rows.find((one) => one.label === label);
  assert.ok(row, `${level}: ${label}`);
  return Object.fromEntries(row.cells.map(({ text }, at) => [names[at]!, text]));
};

const onAll = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, text]));

test('four kernels, each in a guest, and no slot failed', () => {
  assert.deepEqual(names, ['6.1', '6.12', '6.18', '7.3']);
  for (const { loaded } of runs) assert.equal(loaded.run.guest?.emulated, true);
  for (const { view: one } of runs) assert.deepEqual(one.failures, []);
});

test('nothing is refused by a mount that nothing protects', () => {
  for (const label of [
    'byte of a file',
    'set-user-id bit',
    'file added',
    'older version',
    'byte of the device',
  ])
    assert.deepEqual(cells('nothing', `composefs-fuse: ${label}`), onAll('served'), label);
});

test('fs-verity of objects refuses a changed byte, in place and on the device, and nothing of the tree', () => {
  const arm = 'composefs-fuse-verity';
  const of = (label: string) => cells('fs-verity of objects', `${arm}: ${label}`);
  assert.deepEqual(of('byte of a file'), onAll('refused at change'));
  assert.deepEqual(of('byte of the device'), onAll('refused at read'));
  for (const label of [
    'redirect swapped',
    'owner',
    'set-user-id bit',
    'name',
    'file removed',
    'object replaced',
  ])
    assert.deepEqual(of(label), onAll('served'), label);
});

test('verity=require refuses a swapped redirect, and no other change of the manifest; 6.1 has no such option', () => {
  const of = (label: string) => cells('fs-verity, objects by digest', `erofs-overlay-verity: ${label}`);
  assert.deepEqual(of('redirect swapped'), { ...onAll('refused at open'), '6.1': '-' });
  assert.deepEqual(of('object replaced'), { ...onAll('refused at open'), '6.1': '-' });
  for (const label of ['redirect and its digest', 'owner', 'name', 'file added'])
    assert.deepEqual(of(label), { ...onAll('served'), '6.1': '-' }, label);
});

test('a manifest by its digest refuses every change of the tree at the mount', () => {
  const of = (label: string) => cells('fs-verity, manifest by digest', `composefs-fuse-verity: ${label}`);
  for (const label of [
    'redirect swapped',
    'owner',
    'name',
    'file added',
    'forged as a whole',
    'older version',
  ])
    assert.deepEqual(of(label), onAll('refused at mount'), label);
});

test('dm-verity refuses a byte of the device at the read, and another image at the mount', () => {
  const of = (label: string) => cells('dm-verity', `squashfs-full-dmverity: ${label}`);
  assert.deepEqual(of('byte of the device'), onAll('refused at read'));
  assert.deepEqual(of('forged as a whole'), onAll('refused at mount'));
  // Objects beside a verified manifest are not verified.
  const overlay = cells('dm-verity', 'erofs-overlay-dmverity: byte of a file');
  assert.deepEqual(overlay, { ...onAll('served'), '6.1': '-' });
});

test('a client refuses what its server forges', () => {
  for (const label of ['owner', 'byte of a file', 'older version', 'forged as a whole', 'cut off'])
    assert.deepEqual(
      cells('signature, at pull', `composefs-fuse: ${label}`),
      onAll('refused at pull'),
      label,
    );
});

test('kernels give the same answer wherever they could be asked, but for a block image that is cut off', () => {
  const rows = view.tables
    .filter(({ title }) => title.startsWith('Attacks: '))
    .flatMap((table) => table.rows);
  assert.ok(rows.length > 150, `${rows.length}`);
  const isSame = (given: (typeof rows)[number]['cells']): boolean =>
    new Set(given.filter(({ kind }) => kind !== 'absent').map(({ text }) => text)).size === 1;
  const differing = rows.filter(({ cells: given }) => !isSame(given));
  // Without protection 6.1 to 6.18 serve a shortened image; 7.3 refuses to open the files that it lost.
  assert.deepEqual(
    differing.map(({ label, cells: given }) => [label, ...given.map(({ text }) => text)]),
    [['erofs-full: cut off', 'served', 'served', 'served', 'refused at open']],
  );
});

test('the claim on fs-verity is judged by what these kernels did', () => {
  const row = view.tables
    .find(({ title }) => title === 'Claims on trial')
    ?.rows.find(({ label }) => label.startsWith('C13'));
  for (const cell of row?.cells ?? []) {
    assert.equal(cell.text, 'supported', cell.detail);
    assert.match(cell.detail, /enforced under .+: \d+ of \d+ attacks were refused/);
  }
});

test('page, Markdown and text have the tables of attacks', () => {
  const [page, markdown, text] = [matrixPage(view), matrixMarkdown(view), matrixText(view, 100)];
  for (const one of [page, markdown, text]) {
    assert.match(one, /Attacks: dm-verity/);
    assert.match(one, /erofs-overlay-verity/);
  }
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
});
