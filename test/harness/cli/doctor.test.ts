import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { doctorText } from '../../../harness/cli/doctor.ts';
import { firstUnmet, judge } from '../../../harness/cli/needs.ts';
import type { FeatureId, Features, Found } from '../../../harness/model/machine.ts';
import { FEATURE_IDS } from '../../../harness/sys/feature-probes.ts';

const featuresWithout = (missing: Partial<Record<FeatureId, Found>>): Features =>
  Object.fromEntries(
    FEATURE_IDS.map((id) => [id, missing[id] ?? { ok: true, detail: `${id} seen`, hint: '' }]),
  ) as unknown as Features;

const refused = (detail: string, hint: string): Found => ({ ok: false, detail, hint });

const NO_EROFS = featuresWithout({
  root: refused('user 0 of a user namespace', 'run as root, outside of containers'),
  'erofs-file': refused('fsopen: ENODEV', 'modprobe erofs'),
  'erofs-loop': refused('open: ENOENT', 'modprobe erofs'),
});

test('doctor shows each need, whether it is met, what was seen, and what to do', () => {
  const [backendsPart] = doctorText(NO_EROFS, 84).split('Scenarios\n');
  // The column is as wide as the longest name, and variants come after these.
  const squeezed = (text: string | undefined): string => (text ?? '').replaceAll(/ +/g, ' ').trimEnd();
  const expected = `Backends
  composefs-fuse    yes    a FUSE device that opens
                           fuse seen
                    yes    the compiled server cfs-fuse
                           cfs-fuse seen
  erofs-overlay     NO     root in the initial user namespace
                           user 0 of a user namespace
                           do: run as root, outside of containers
                    NO     EROFS mounts
                           fsopen: ENODEV; open: ENOENT
                           do: modprobe erofs
                    yes    overlayfs with data-only lowers
                           overlay-data-layers seen
  unpacked-overlay  yes    overlayfs
                           overlay seen
                    yes    GNU tar
                           tar seen
                    yes    rm
                           rm seen

`;
  assert.equal(squeezed(backendsPart).slice(0, squeezed(expected).length), squeezed(expected));
});

test('doctor ends with which backends can run', () => {
  assert.match(
    doctorText(NO_EROFS, 200),
    /\d of \d+ backends can run here: composefs-fuse, unpacked-overlay\b[^.]*\.\s*$/,
  );
  const nothing = featuresWithout(
    Object.fromEntries(FEATURE_IDS.map((id) => [id, refused('no', 'buy a computer')])),
  );
  assert.match(doctorText(nothing, 80), /No backend can run here\.\s*$/);
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
