import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { seeded } from '../../harness/model/random.ts';
import { allTypes, manyEntries, oddNames, randomTree } from './dumps.ts';
import { type Lab, lookAt, lookAtTruth, newLab, noDevice, notRoot, whileServed, whyNot } from './support.ts';

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

const sameAsTruth = async (
  context: { skip(reason: string): void },
  name: string,
  dump: string,
  { user, options = [] }: { readonly user?: number; readonly options?: readonly string[] } = {},
): Promise<void> => {
  const image = lab.image(name, dump);
  const truth = await lookAtTruth(lab, image, user);
  if (truth === null) {
    context.skip('this kernel does not mount EROFS from a file below overlayfs with data-only layers');
    return;
  }
  const layer = options.includes('--metadata-only');
  await whileServed(
    lab,
    image,
    async ({ root }) => {
      if (layer) overlayOn(lab, root);
      try {
        const seen = await lookAt(root, user);
        for (const [i, line] of truth.entries()) assert.equal(seen[i], line);
        assert.equal(seen.length, truth.length);
        // Again, from what the kernel has cached.
        if (seen.length < 1000) assert.deepEqual(await lookAt(root, user), seen);
      } finally {
        if (layer) spawnSync('umount', [root]);
      }
    },
    options,
  );
};

const skip = notRoot || noDevice;

const overlayOn = (lab: Lab, root: string): void => {
  const options = `ro,nosuid,nodev,metacopy=on,redirect_dir=on,lowerdir=${root}::${lab.objects}`;
  const ran = spawnSync('mount', ['-t', 'overlay', '-o', options, 'overlay', root], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
};

for (const options of [
  ['--data', 'passthrough', '--strict'],
  ['--transport', 'threads', '--threads', '4'],
  ['--transport', 'uring'],
  ['--metadata-only'],
] as const)
  test(`with ${options.join(' ')} everything shows as EROFS and overlayfs show it`, {
    skip: skip || whyNot(options),
  }, async (context) => {
    lab.object('ob/ject', 'seven b');
    await sameAsTruth(context, 'types.cfs', allTypes, { options });
    await sameAsTruth(context, 'variant.cfs', randomTree(seeded('variant'), 300), { options });
  });

test('every type, attribute and overlay mark shows as EROFS and overlayfs show it', {
  skip,
}, async (context) => {
  lab.object('ob/ject', 'seven b');
  await sameAsTruth(context, 'types.cfs', allTypes);
});

for (const user of [1000, 4711])
  test(`user ${user} may see and read what EROFS and overlayfs allow`, { skip }, (context) => {
    lab.object('ob/ject', 'seven b');
    return sameAsTruth(context, `user-${user}.cfs`, allTypes, { user });
  });

test('names of any byte and of full length show as EROFS and overlayfs show them', { skip }, (context) =>
  sameAsTruth(context, 'names.cfs', oddNames),
);

test(
  'directories of more than ten thousand entries show as EROFS and overlayfs show them',
  { skip },
  (context) => sameAsTruth(context, 'many.cfs', manyEntries(10_300)),
);

for (const seed of ['a', 'b', 'c'])
  test(`random tree ${seed} shows as EROFS and overlayfs show it`, { skip }, (context) =>
    sameAsTruth(context, `random-${seed}.cfs`, randomTree(seeded(seed), 400)),
  );
