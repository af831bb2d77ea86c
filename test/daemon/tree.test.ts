import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { seeded } from '../../harness/model/random.ts';
import { allTypes, manyEntries, oddNames, randomTree } from './dumps.ts';
import {
  type Lab,
  listThroughErofs,
  listTree,
  newLab,
  noServer,
  notRoot,
  skipReason,
  whileServed,
} from './support.ts';

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

const assertShowsTruth = async (
  context: { skip(reason: string): void },
  name: string,
  dump: string,
  { user, options = [] }: { readonly user?: number; readonly options?: readonly string[] } = {},
): Promise<void> => {
  const image = lab.image(name, dump);
  const truth = await listThroughErofs(lab, image, user === undefined ? {} : { user });
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
        const seen = await listTree(root, user);
        for (const [i, line] of truth.entries()) assert.equal(seen[i], line);
        assert.equal(seen.length, truth.length);
        // Again, from the kernel's caches.
        if (seen.length < 1000) assert.deepEqual(await listTree(root, user), seen);
      } finally {
        if (layer) spawnSync('umount', [root]);
      }
    },
    options,
  );
};

const skip = notRoot || noServer;

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
  test(`with ${options.join(' ')} all entries are shown as through EROFS and overlayfs`, {
    skip: skip || skipReason(options),
  }, async (context) => {
    lab.object('ob/ject', 'seven b');
    await assertShowsTruth(context, 'types.cfs', allTypes, { options });
    await assertShowsTruth(context, 'variant.cfs', randomTree(seeded('variant'), 300), { options });
  });

test('all types, attributes and overlay marks are shown as through EROFS and overlayfs', {
  skip,
}, async (context) => {
  lab.object('ob/ject', 'seven b');
  await assertShowsTruth(context, 'types.cfs', allTypes);
});

for (const user of [1000, 4711])
  test(`user ${user} sees and reads the same as through EROFS and overlayfs`, { skip }, (context) => {
    lab.object('ob/ject', 'seven b');
    return assertShowsTruth(context, `user-${user}.cfs`, allTypes, { user });
  });

test('names with any byte and of any length are shown as through EROFS and overlayfs', { skip }, (context) =>
  assertShowsTruth(context, 'names.cfs', oddNames),
);

test(
  'directories of more than ten thousand entries are shown as through EROFS and overlayfs',
  { skip },
  (context) => assertShowsTruth(context, 'many.cfs', manyEntries(10_300)),
);

for (const seed of ['a', 'b', 'c'])
  test(`random tree ${seed} is shown as through EROFS and overlayfs`, { skip }, (context) =>
    assertShowsTruth(context, `random-${seed}.cfs`, randomTree(seeded(seed), 400)),
  );
