// Every attack that this machine can make, in a run: what its levels of protection refuse, on the disk below a store, too.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { cellText } from '../../report/tampering/text.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { loadView } from '../report/support/load-view.ts';
import { diskFolder, leftOf, program, readRun, readSamples } from './support.ts';

/** Level to the ends that all attacks but one may have; an image that is cut off may end anywhere. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  files: ['written', 'device'],
  reference: ['written', 'device', 'exchanged', 'sealed', 'replaced'],
};

test('a run attacks images under every level of protection that the machine has', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const { code, stdout, stderr } = await program(t, [
    ...['run', '--scenarios', 'enforced', '--count-only', '--count-passes', '1', '--budget', '10m'],
    ...['--images', 'synthetic:files=20,layers=1,seed=none', '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const { features } = readRun(out).environment;
  /** The disk below a store can be changed, and read again. */
  const hasDisk = features['ext4-loop']!.ok && features['drop-caches']!.ok;
  const [table] = (await loadView(out)).tampering;
  assert.ok(table !== undefined);
  const endsIn = (level: string, arm: string): Readonly<Record<string, string>> => {
    const at = table.columns.findIndex((column) => column.level.id === level && column.arm === arm);
    assert.ok(at >= 0, `${level} of ${arm}`);
    return Object.fromEntries(table.rows.map(({ attack, cells }) => [attack, cellText(cells[at]!)]));
  };

  await t.test('without protection every change is served, also one made on the disk below the store', () => {
    const { truncated, sealed, ...others } = endsIn('nothing', 'erofs-overlay');
    assert.notEqual(truncated, sealed);
    for (const [attack, end] of Object.entries(others))
      assert.equal(end, attack === 'device' && !hasDisk ? 'not tried' : 'served', attack);
  });

  await t.test('a client refuses at the pull every file that its server forges', () => {
    const { sealed, device, ...others } = endsIn('signature', 'composefs-fuse');
    // Where no column has an attack, the table has no row for it.
    for (const end of [sealed, device]) assert.equal(end ?? 'not tried', 'not tried');
    for (const [attack, end] of Object.entries(others)) assert.equal(end, 'refused at pull', attack);
  });

  for (const arm of ['erofs-overlay-verity', 'composefs-fuse-verity'])
    await t.test(`${arm} refuses exactly the attacks that each level of protection covers`, (s) => {
      if (features['fs-verity']?.ok !== true) return s.skip('no fs-verity');
      for (const [level, refused] of Object.entries(REFUSED)) {
        const { truncated: _, ...ends } = endsIn(level, arm);
        for (const [attack, end] of Object.entries(ends)) {
          if (attack === 'device' && !hasDisk) assert.equal(end, 'not tried', level);
          else
            assert.match(end, refused.includes(attack) ? /^refused at/ : /^served$/, `${level}: ${attack}`);
        }
      }
      for (const [attack, end] of Object.entries(endsIn('manifest', arm)))
        assert.match(end, attack === 'device' && !hasDisk ? /^not tried$/ : /^refused at/, attack);
    });

  await t.test('every attack on a block image on dm-verity is refused', (s) => {
    if (features['dm-verity']?.ok !== true || features['veritysetup']?.ok !== true)
      return s.skip('no dm-verity');
    for (const [attack, end] of Object.entries(endsIn('device', 'erofs-full-dmverity')))
      assert.match(end, /^(refused at|not tried)/, attack);
  });

  assert.match(stdout, /Attacks on synthetic-150-2-versions, and where each ends:/);
  assert.deepEqual(leftOf(home), []);
});
