// A real image of 22,000 entries: walking the mount of every backend gives the same tree digest.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';
import { discoverFeatures } from '../../harness/cli/discover.ts';
import { expectedListing } from '../../harness/digest/of-tree.ts';
import { printDump } from '../../harness/images/dump-print.ts';
import { fixtureNames } from '../../harness/images/fixture.ts';
import { openSource } from '../../harness/images/registry.ts';
import { openWorkspace, removeWorkspace } from '../../harness/runner/workspace.ts';
import { prepareImage } from '../../harness/store/prepare.ts';
import { createStore } from '../../harness/store/store.ts';
import { createMachine } from '../../harness/sys/machine.ts';
import { proveAlone } from '../harness/backends/setting.ts';
import { makeWork, needsRoot, privateMounts } from '../harness/sys/support.ts';
import { afterwards, diskFolder } from './support.ts';

const NAME = 'cs9-x86_64-minimal';
/** More than what the kernel reads or requests at once. 500 files of 16,000 are larger, and have more than half of the bytes. */
const MOST_BYTES = 256 * 1024;
const known = fixtureNames().some(({ name }) => name === NAME);
const skip =
  needsRoot || (known ? false : `needs ${NAME}.dump.gz in the folder that CFSBENCH_FIXTURES names`);

/** The dump of the image with its largest files cut; no byte of their contents is known in any case. */
const writeCut = async (path: string): Promise<void> => {
  const source = await openSource(`fixture:${NAME}`);
  const text = Buffer.concat([...printDump(source.tree)]).toString('latin1');
  await source.close();
  const cut = text.replace(
    /^(\S+) (\d+) (?=@?100\d{3} )/gm,
    (_, name, size) => `${name} ${Math.min(Number(size), MOST_BYTES)} `,
  );
  writeFileSync(path, cut, 'latin1');
};

test('every backend shows the same tree of a real image', { skip }, async (t) => {
  privateMounts();
  const home = diskFolder(t);
  const features = await discoverFeatures(home);
  const workspace = openWorkspace(makeWork(join(home, 'work')));
  afterwards(t, () => removeWorkspace(workspace));
  const machine = createMachine(features, { scratch: workspace.scratch });
  const store = createStore({ state: 'full', dir: workspace.store, files: machine.files });
  const dump = join(home, 'cut.dump');
  await writeCut(dump);
  const source = await openSource(`dump:${dump}`);
  afterwards(t, () => source.close());
  const image = await prepareImage(source, {
    dir: join(workspace.sources, '0'),
    objectDir: store.objectDirs[0]!,
  });
  const listingPath = join(workspace.sources, 'expected');
  const digests = expectedListing(image, { listingPath, trusted: true });
  const treeDigest = digests.digest;
  t.diagnostic(`${image.tree.count} entries, tree digest ${treeDigest}`);
  for (const backend of backends.filter(({ answers }) => answers === undefined)) {
    const proved = await proveAlone({
      arm: { id: backend.id, backend, options: {} },
      image,
      expected: { ...digests, listingPath },
      machine,
      store,
      folders: workspace.slot(`proof-${backend.id}`),
      workDir: workspace.dir,
    });
    assert.equal(proved.kind, 'proof', backend.id);
    if (proved.kind !== 'proof') continue;
    assert.equal(proved.proof.difference, null, backend.id);
    assert.equal(proved.proof.treeDigest, treeDigest, backend.id);
  }
});
