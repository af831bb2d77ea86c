// Attacks on real mounts, without those that need the caches of the machine dropped. What needs fs-verity or dm-verity is seen only on
// kernels that have them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openInspector } from '../../harness/inspect/inspector.ts';
import type { PathState } from '../../harness/inspect/requests.ts';
import { UserError } from '../../harness/model/errors.ts';
import { PROTECTIONS } from '../../harness/model/protection.ts';
import { runSlot } from '../../harness/runner/slot.ts';
import { placesOf } from '../../scenarios/attack-block-image.ts';
import { inPlaceOf } from '../../scenarios/attack-manifest.ts';
import { isAccepted } from '../../scenarios/attack-pull.ts';
import { isMountRefusal } from '../../scenarios/attacked-mount.ts';
import { ATTACKS, type Attack, endingOf } from '../../scenarios/attacks.ts';
import { scenario } from '../../scenarios/enforced.ts';
import { openSetting, type Setting } from '../harness/backends/setting.ts';
import { slotOf } from '../harness/support/slot.ts';
import { needsRoot, privateMounts } from '../harness/sys/support.ts';

type Endings = Readonly<Record<string, string>>;

/** Attack to where it ended. */
const endingsIn = (values: Readonly<Record<string, number>>): Endings =>
  Object.fromEntries(
    Object.keys(ATTACKS).flatMap((attack) => {
      const ended = Object.entries(values).filter(
        ([metric, value]) =>
          value === 1 &&
          metric.startsWith(attack) &&
          /^(At[A-Z]\w+|Served|Unseen)Count$/.test(metric.slice(attack.length)),
      );
      assert.ok(ended.length <= 1, `${attack}: ${ended}`);
      return ended.map(([metric]) => [attack, metric.slice(attack.length).replace(/Count$/, '')]);
    }),
  );

describe('attacks end where the level of protection stops them', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  const inspector = openInspector();
  before(async () => {
    setting = await openSetting('synthetic:files=60,layers=2,seed=attacks');
  });
  after(async () => {
    await inspector.close();
    await setting.remove();
  });

  const attacked = async (id: string, level: string): Promise<Endings> => {
    const { image, workspace, store: fullStore } = setting;
    const features = {
      ...setting.features,
      'drop-caches': { ok: false, detail: 'left out', hint: '' },
    };
    const sample = await runSlot({
      slot: slotOf({ scenario: 'enforced', arm: id, backend: id, params: { level }, pass: 'count' }),
      ...{ session: 0, limitNs: 60e9, lives: 1, scenario, image, others: [], features, workspace, fullStore },
      arm: { id, backend: setting.backend(id), options: {} },
      probes: [],
      images: [image],
      crowdEntry: new URL('file:///nowhere'),
      leaks: { before: () => [], after: () => [] },
      inspector,
      warmTools: async () => {},
    });
    assert.equal(sample.outcome, 'ok', JSON.stringify(sample));
    return sample.outcome === 'ok' ? endingsIn(sample.values) : {};
  };

  for (const id of ['composefs-fuse', 'erofs-overlay'])
    test(`${id} without protection serves every change of the manifest and of objects`, async (t) => {
      const { needs } = setting.backend(id);
      const unmet = needs.find(({ anyOf }) => !anyOf.some((feature) => setting.features[feature].ok));
      if (unmet !== undefined) return t.skip(`needs ${unmet.title}`);
      const { truncated, sealed, ...others } = await attacked(id, 'nothing');
      assert.match(truncated ?? 'not made', /^(Served|AtRead|AtOpen|AtMount)$/);
      if (!setting.features['fs-verity'].ok) assert.equal(sealed, undefined);
      assert.deepEqual(new Set(Object.values(others)), new Set(['Served']));
      for (const attack of ['mode', 'added', 'removed', 'forged', 'rollback', 'written', 'exchanged'])
        assert.equal(others[attack], 'Served', attack);
    });

  test('a block image without protection serves changed bytes, also those changed below its mount', async (t) => {
    if (!setting.features['mkfs-erofs'].ok) return t.skip('needs mkfs.erofs');
    const { truncated, ...others } = await attacked('erofs-full', 'nothing');
    // Where it ends depends on the kernel, but no file that lost bytes shows them.
    assert.match(truncated ?? 'not made', /^(Served|AtRead|AtOpen|AtMount)$/);
    assert.deepEqual(others, {
      ...{ written: 'Served', rename: 'Served', forged: 'Served', rollback: 'Served', device: 'Served' },
    });
  });

  test('a client refuses everything that differs from what is signed, and an older signed image', async () => {
    const { sealed, device, ...others } = await attacked('composefs-fuse', 'signature');
    assert.deepEqual([sealed, device], [undefined, undefined]);
    assert.equal(Object.keys(others).length, Object.keys(ATTACKS).length - 2);
    assert.deepEqual(new Set(Object.values(others)), new Set(['AtPull']));
  });

  test('every level of protection is measured on its own backends only', () => {
    assert.deepEqual(
      scenario.params.map(({ level }) => level),
      [...PROTECTIONS],
    );
    assert.equal(scenario.asks!({ level: 'files' }, 'erofs-overlay-verity'), true);
    assert.equal(scenario.asks!({ level: 'files' }, 'erofs-overlay'), false);
    assert.equal(scenario.asks!({ level: 'nothing' }, 'unpacked-overlay'), false);
  });
});

test('a pull is refused only by the check that stops the attack; any other failure of the client is thrown', async () => {
  const fails = (error: Error) => isAccepted(() => Promise.reject(error), 'wrong-digest');
  assert.equal(await isAccepted(async () => {}, 'wrong-digest'), true);
  assert.equal(await fails(new UserError('no', { code: 'wrong-digest' })), false);
  for (const code of ['ENOSPC', 'EMFILE', 'connection', 'status', 'pull'])
    await assert.rejects(fails(new UserError('no', { code })), { code });
  await assert.rejects(fails(new TypeError('of ours')), TypeError);
});

test('a mount is refused by an errno, a digest or an exit code of 1; a program that crashed refuses nothing', () => {
  const refuses = (code: string, ...facts: readonly string[]) =>
    isMountRefusal(new UserError('no', { code, facts }));
  for (const code of ['wrong-digest', 'EUCLEAN', 'EIO']) assert.ok(refuses(code), code);
  assert.ok(refuses('server-ended', 'command: cfs-fuse', 'status: exit 1', 'image: it is damaged'));
  assert.ok(refuses('command-failed', 'command: veritysetup', 'exit 1'));
  assert.ok(!refuses('server-ended', 'command: cfs-fuse', 'status: signal 11'));
  assert.ok(!refuses('EIO', 'command: cfs-fuse', 'status: signal 11', 'Input/output error'));
  for (const end of ['signal 9', 'exit 3', 'exit 127']) assert.ok(!refuses('command-failed', end), end);
  for (const code of ['server-ended', 'verity-close', 'EMFILE', 'timeout']) assert.ok(!refuses(code), code);
  assert.ok(!isMountRefusal(new TypeError('of ours')));
});

test('an error of damage refuses; a lack of descriptors is thrown; a file that was not added is not shown', () => {
  const end = (attack: Attack, failed: PathState['failed'], error: string | null) =>
    endingOf(attack, { error, failed, mode: 0, uid: 0, digest: null, attributes: [] }, false);
  assert.equal(end('mode', null, null), 'Unseen');
  for (const error of ['EIO', 'EUCLEAN', 'EBADMSG', 'EINVAL', 'EOPNOTSUPP']) {
    assert.equal(end('mode', 'lookup', error), 'AtOpen', error);
    assert.equal(end('written', 'read', error), 'AtRead', error);
  }
  assert.equal(end('added', 'lookup', 'ENOENT'), 'Unseen');
  assert.equal(end('added', 'lookup', 'EIO'), 'AtOpen');
  assert.throws(() => end('mode', 'lookup', 'ENOENT'), { code: 'ENOENT' });
  for (const error of ['EMFILE', 'ENOMEM', 'ENOTCONN'])
    assert.throws(() => end('written', 'open', error), { code: error });
});

test('an attack on bytes that an image does not have is not made', () => {
  const image = Buffer.from('one two one');
  assert.deepEqual(placesOf(image, Buffer.from('one'), 'one'), [0, 8]);
  assert.throws(() => placesOf(image, Buffer.from('three'), 'three'), { code: 'no-place' });
});

test('a hash tree stays where it was, whatever the length of the changed manifest', () => {
  const [old, tree] = [Buffer.alloc(8, 'old'), Buffer.from('tree')];
  const before = Buffer.concat([old, tree]);
  for (const changed of ['new', 'as long.', 'longer than the old one']) {
    const made = Buffer.from(inPlaceOf(before, old.length, Buffer.from(changed)));
    assert.equal(made.length, before.length, changed);
    assert.ok(made.subarray(old.length).equals(tree), changed);
    assert.equal(made.subarray(0, 3).toString(), changed.slice(0, 3));
  }
  const alone = Buffer.from('longer than the old one');
  assert.ok(alone.equals(inPlaceOf(old, old.length, alone)));
});

test('kernel messages about refused attacks are expected; messages about a failing disk are not', () => {
  const { provokes } = scenario;
  for (const message of [
    'fs-verity (loop0, inode 3408053): FILE CORRUPTED! pos=0, level=-1, want_hash=sha256:98, real_hash=sha256:89',
    'device-mapper: verity: 7:0: data block 3 is corrupted',
    'Buffer I/O error on dev dm-0, logical block 0, async page read',
    'erofs: (device dm-0): erofs_read_superblock: cannot read erofs superblock',
    'SQUASHFS error: Unable to read page, block 43fb5, size 1013f40',
  ])
    assert.match(message, provokes!);
  for (const message of [
    'EXT4-fs error (device vda1): ext4_lookup: deleted inode referenced',
    'Buffer I/O error on dev vda, logical block 0, async page read',
    'I/O error, dev vda, sector 0 op 0x0:(READ)',
    'BUG: soft lockup',
  ])
    assert.doesNotMatch(message, provokes!);
});
