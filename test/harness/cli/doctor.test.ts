import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { doctorText } from '../../../harness/cli/doctor.ts';
import { firstUnmet, judge } from '../../../harness/cli/needs.ts';
import type { FeatureId, FeatureState, Features } from '../../../harness/model/machine.ts';
import { FEATURE_IDS } from '../../../harness/sys/feature-probes.ts';

const featuresWithout = (missing: Partial<Record<FeatureId, FeatureState>>): Features =>
  Object.fromEntries(
    FEATURE_IDS.map((id) => [id, missing[id] ?? { ok: true, detail: `${id} seen`, hint: '' }]),
  ) as unknown as Features;

const refused = (detail: string, hint: string): FeatureState => ({ ok: false, detail, hint });

const NO_EROFS = featuresWithout({
  root: refused('user 0 of a user namespace', 'run as root, outside of containers'),
  'erofs-file': refused('fsopen: ENODEV', 'modprobe erofs'),
  'erofs-loop': refused('open: ENOENT', 'modprobe erofs'),
});

test('doctor shows each need, whether it is met, what was seen, and what to do', () => {
  const [backendsPart = ''] = doctorText(NO_EROFS, 84).split('Scenarios\n');
  const width = Math.max(...backends.map(({ id }) => id.length));
  const said = (id: string, met: string, title: string, ...lines: readonly string[]): string =>
    [
      `  ${id.padEnd(width)}  ${met.padEnd(6)} ${title}`,
      ...lines.map((line) => ' '.repeat(width + 11) + line),
    ].join('\n');
  const expected = [
    'Backends',
    said('composefs-fuse', 'yes', 'a FUSE device that opens', 'fuse seen'),
    said('', 'yes', 'the compiled server cfs-fuse', 'cfs-fuse seen'),
    said(
      'erofs-overlay',
      'NO',
      'root in the initial user namespace',
      'user 0 of a user namespace',
      'do: run as root, outside of containers',
    ),
    said('', 'NO', 'EROFS mounts', 'fsopen: ENODEV; open: ENOENT', 'do: modprobe erofs'),
    said('', 'yes', 'overlayfs with data-only lowers', 'overlay-data-layers seen'),
    said('unpacked-overlay', 'yes', 'overlayfs', 'overlay seen'),
    said('', 'yes', 'GNU tar', 'tar seen'),
    said('', 'yes', 'rm', 'rm seen'),
    '',
  ].join('\n');
  assert.equal(backendsPart.slice(0, expected.length), expected);
  for (const { id } of backends) assert.ok(backendsPart.includes(`\n  ${id.padEnd(width)}  `), id);
});

test('doctor ends with which backends can run', () => {
  const ending = doctorText(NO_EROFS, 400);
  const [, can, all, names = ''] = /(\d+) of (\d+) backends can run here: (.*)\.\s*$/.exec(ending) ?? [];
  assert.equal(Number(all), backends.length);
  assert.equal(names.split(', ').length, Number(can));
  assert.match(names, /^composefs-fuse, unpacked-overlay\b/);
  assert.ok(!names.includes('erofs'), names);
  const nothing = featuresWithout(
    Object.fromEntries(FEATURE_IDS.map((id) => [id, refused('no', 'buy a computer')])),
  );
  assert.match(doctorText(nothing, 80), /No backend can run here\.\s*$/);
});

test('doctor says what a claim would need that nothing else does', () => {
  const hint = 'a kernel with CONFIG_FS_VERITY';
  const text = doctorText(featuresWithout({ 'fs-verity': refused('EOPNOTSUPP', hint) }), 80);
  assert.match(text, /C13 {2}NO .*fs-verity\)\n +EOPNOTSUPP\n +do: a kernel with CONFIG_FS_VERITY/);
});

test('doctor breaks long lines at the width it is given', () => {
  const hint = 'word '.repeat(60).trim();
  const text = doctorText(featuresWithout({ fuse: refused('x', hint) }), 80);
  assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 80);
  assert.equal(text.match(/\bword\b/g)?.length, 60 * text.split('a FUSE device that opens').length - 60);
});

test('a need is met by any of its features, and says what all of them lacked otherwise', () => {
  const need = { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] } as const;
  const one = featuresWithout({ 'erofs-file': refused('ENOTBLK', 'Linux 6.12') });
  assert.deepEqual(judge(need, one), {
    title: 'EROFS mounts',
    met: true,
    detail: 'erofs-loop seen',
    hint: '',
  });
  const { met, detail, hint } = judge(need, NO_EROFS);
  assert.deepEqual([met, detail, hint], [false, 'fsopen: ENODEV; open: ENOENT', 'modprobe erofs']);
});

test('the first unmet need of a backend is the reason for skipping it', () => {
  const erofs = backends.find(({ id }) => id === 'erofs-overlay')!;
  assert.equal(firstUnmet(erofs.needs, NO_EROFS)?.title, 'root in the initial user namespace');
  assert.equal(firstUnmet(erofs.needs, featuresWithout({})), null);
});
