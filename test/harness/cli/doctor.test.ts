import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { checkNeed, firstUnmet } from '../../../harness/cli/check-needs.ts';
import { folderToTry } from '../../../harness/cli/discover.ts';
import { doctorText } from '../../../harness/cli/doctor.ts';
import type { FeatureId, FeatureState, Features } from '../../../harness/model/machine.ts';
import { FEATURE_IDS } from '../../../harness/sys/features/registry.ts';
import { temporaryFolder } from '../sys/support.ts';

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

/** Of a text at 400 columns: titles of missing needs and what each is missing for, and the titles of found ones. */
const parsed = (text: string) => {
  const [, missing = ''] = /\nMissing:\n([\s\S]*?)(?:\n\n|$)/.exec(text) ?? [];
  const [, found = ''] = /\nFound:\n {2}(.*)/.exec(text) ?? [];
  return {
    missing: new Map(
      [...missing.matchAll(/^ {2}(\S.*?): (.*)\n {4}for: (.*)(?:\n {4}do: {2}(.*))?/gm)].map(
        ([, title = '', detail, users = '', hint]) => [title, { detail, users: users.split(', '), hint }],
      ),
    ),
    found: found.split(', '),
  };
};

test('doctor lists each missing need once, with the finding, its users and a hint', () => {
  const { missing, found } = parsed(doctorText(NO_EROFS, '/', 1000));
  const erofs = missing.get('EROFS mounts');
  assert.equal(erofs?.detail, 'fsopen: ENODEV; open: ENOENT');
  assert.equal(erofs?.hint, 'modprobe erofs');
  assert.deepEqual(
    erofs?.users.filter((id) => backends.some((backend) => backend.id === id)),
    backends.filter(({ needs }) => needs.some(({ title }) => title === 'EROFS mounts')).map(({ id }) => id),
  );
  assert.ok(missing.get('root in the initial user namespace')?.users.includes('erofs-overlay'));
  assert.ok(![...missing.values()].some(({ users }) => users.includes('unpacked-overlay')));
  assert.equal(found.filter((title) => title === 'GNU tar').length, 1);
  assert.ok(!found.includes('EROFS mounts'));
});

test('doctor begins with the folder and the backends that can run; with --all it lists how each feature was found', () => {
  const can = backends.filter(({ needs }) => firstUnmet(needs, NO_EROFS) === null).length;
  const begin = `Features were tried in / (work-file-system seen).\n${can} of ${backends.length} backends, `;
  assert.ok(doctorText(NO_EROFS, '/', 400).startsWith(begin));
  assert.match(doctorText(NO_EROFS, '/', 400, true), /^ {2}GNU tar +tar seen$/m);
  const nothing = featuresWithout(
    Object.fromEntries(FEATURE_IDS.map((id) => [id, refused('no', 'buy a computer')])),
  );
  assert.match(doctorText(nothing, '/', 80), /^Features were tried in \/\.\nNo backend can run here \(0 of/);
  assert.doesNotMatch(doctorText(featuresWithout({}), '/', 80), /Missing/);
});

test('doctor names a need that only a claim has', () => {
  const text = doctorText(
    featuresWithout({ 'fs-verity': refused('EOPNOTSUPP', 'CONFIG_FS_VERITY') }),
    '/',
    80,
  );
  assert.match(
    text,
    /^ {2}a kernel .*\(fs-verity\): EOPNOTSUPP\n {4}for: claim C13\n {4}do: {2}CONFIG_FS_VERITY$/m,
  );
});

test('a folder in memory is a need of run that is not met', () => {
  const memory = refused('tmpfs on tmpfs: that is memory, not a disk', 'use a folder on a disk: --work DIR');
  const { missing } = parsed(doctorText(featuresWithout({ 'work-file-system': memory }), '/', 1000));
  assert.deepEqual([...missing.keys()], ['a work folder on a disk']);
  assert.deepEqual(missing.get('a work folder on a disk')?.users, ['cfsbench run']);
});

test('doctor and list try features where run would work, and elsewhere only if that cannot be written to', (t) => {
  const before = process.cwd();
  const home = realpathSync(temporaryFolder(t));
  t.after(() => process.chdir(before));
  process.chdir(home);
  assert.equal(folderToTry('/srv'), '/srv');
  assert.equal(folderToTry(undefined), home);
  mkdirSync('runs');
  assert.equal(folderToTry(undefined), join(home, 'runs'));
  rmdirSync('runs');
  writeFileSync('runs', '');
  assert.equal(folderToTry(undefined), tmpdir());
  process.chdir('/proc/self');
  assert.equal(folderToTry(undefined), tmpdir());
});

test('doctor wraps long lines at the given width', () => {
  const hint = 'word '.repeat(60).trim();
  const text = doctorText(featuresWithout({ fuse: refused('x', hint) }), '/', 80);
  assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 80);
  assert.equal(text.match(/\bword\b/g)?.length, 60);
});

test('one feature of a need meets it; an unmet need lists the findings of all its features', () => {
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
