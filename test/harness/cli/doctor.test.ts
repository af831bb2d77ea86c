import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { checkNeed, firstUnmet } from '../../../harness/cli/check-needs.ts';
import { doctorText } from '../../../harness/cli/doctor.ts';
import type { FeatureId, FeatureState, Features } from '../../../harness/model/machine.ts';
import { FEATURE_IDS } from '../../../harness/sys/features/registry.ts';

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

test('doctor lists each need once, unmet ones first, with the finding and what to do', () => {
  const [needs = ''] = doctorText(NO_EROFS, 100).split('\nBackends\n');
  const lines = needs.split('\n');
  assert.equal(lines[0], 'Needs');
  const at = lines.indexOf('  NO   EROFS mounts: fsopen: ENODEV; open: ENOENT');
  assert.deepEqual(lines.slice(at + 1, at + 2), ['       do: modprobe erofs']);
  assert.ok(lines.includes('  yes  GNU tar: tar seen'));
  assert.equal(lines.filter((line) => line.includes('GNU tar: ')).length, 1);
  assert.ok(needs.lastIndexOf('  NO   ') < needs.indexOf('  yes  '));
});

test('doctor names for each backend the needs that are not met', () => {
  const [, rows = ''] = /\nBackends\n([\s\S]*?)\n\n/.exec(doctorText(NO_EROFS, 400)) ?? [];
  const found = Object.fromEntries(rows.split('\n').map((row) => row.trim().split(/ {2,}/)));
  assert.equal(found['unpacked-overlay'], 'yes');
  assert.equal(found['erofs-overlay'], 'NO, needs root in the initial user namespace, and EROFS mounts');
  assert.deepEqual(
    Object.keys(found),
    backends.map(({ id }) => id),
  );
});

test('doctor ends with the backends that can run', () => {
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

test('doctor lists a need that only a claim has', () => {
  const text = doctorText(featuresWithout({ 'fs-verity': refused('EOPNOTSUPP', 'CONFIG_FS_VERITY') }), 80);
  assert.match(text, /^ {2}NO {3}a kernel .*\(fs-verity\): EOPNOTSUPP\n +do: CONFIG_FS_VERITY$/m);
  assert.match(text, /^ {2}claim C13 +NO, needs a kernel/m);
});

test('doctor wraps long lines at the given width', () => {
  const hint = 'word '.repeat(60).trim();
  const text = doctorText(featuresWithout({ fuse: refused('x', hint) }), 80);
  assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 80);
  assert.equal(text.match(/\bword\b/g)?.length, 60);
});

test('any feature of a need meets it; an unmet need names the findings of all of them', () => {
  const need = { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] } as const;
  const one = featuresWithout({ 'erofs-file': refused('ENOTBLK', 'Linux 6.12') });
  assert.deepEqual(checkNeed(need, one), {
    title: 'EROFS mounts',
    met: true,
    detail: 'erofs-loop seen',
    hint: '',
  });
  const { met, detail, hint } = checkNeed(need, NO_EROFS);
  assert.deepEqual([met, detail, hint], [false, 'fsopen: ENODEV; open: ENOENT', 'modprobe erofs']);
});

test('the first unmet need of a backend is the reason for skipping it', () => {
  const erofs = backends.find(({ id }) => id === 'erofs-overlay')!;
  assert.equal(firstUnmet(erofs.needs, NO_EROFS)?.title, 'root in the initial user namespace');
  assert.equal(firstUnmet(erofs.needs, featuresWithout({})), null);
});
