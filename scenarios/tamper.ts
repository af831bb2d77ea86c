// Changes an installed image in several ways: does the mount show the change, and which digest detects it?
//
// Digests are computed in user space with the algorithm of fs-verity. Whether the kernel refuses a changed file is not tested.
import { readImage } from '../harness/erofs/read-image.ts';
import { imageBytes } from '../harness/erofs/writer.ts';
import type { PathState, Tampered, Tampering } from '../harness/inspect/requests.ts';
import type { Store } from '../harness/model/backend.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { verityDigest } from '../harness/store/verity.ts';
import { inspect } from './inspect.ts';
import { inBlobs } from './tamper-blobs.ts';
import { readFile, type TamperOutcome, valuesOf } from './tamper-outcome.ts';
import {
  CHANGES,
  shownPath,
  type TamperChange,
  type TamperTargets,
  tamperedTree,
  targetsIn,
} from './tampering.ts';
import { SMALL } from './versions.ts';

const MANIFEST = 'image.cfs';

/** The check of overlayfs with `verity=require`: the digest in the manifest and the object that the file is redirected to. */
const referenceBroken = (stage: Stage, manifest: Buffer, objectDir: string, path: string): boolean => {
  const tree = readImage(manifest);
  const index = tree.find(path);
  if (index === undefined) return false;
  const { payload, digest, size } = tree.entry(index);
  return verityDigest(readFile(stage, `${objectDir}/${payload}`, Number(size))) !== digest;
};

/** Number of objects whose contents do not match their names. */
const brokenObjects = (stage: Stage, objectDir: string): number =>
  stage.image.objects.filter(({ digest, sizeBytes }) => {
    const path = `${objectDir}/${digest.slice(0, 2)}/${digest.slice(2)}`;
    return verityDigest(readFile(stage, path, sizeBytes)) !== digest;
  }).length;

/** Mounts a manifest with one change. */
const mountChanged = async (stage: Stage, store: Store, change: TamperChange, targets: TamperTargets) => {
  const { image, machine, prepared } = stage;
  const dir = stage.folder(`image-${change}`);
  const created = await prepared.create(store, dir);
  const bytes = imageBytes(tamperedTree(image.tree, change, targets));
  machine.files.unlink(`${dir}/${MANIFEST}`);
  machine.files.writeNew(`${dir}/${MANIFEST}`, bytes);
  const mounted = await created.mount(stage.folder(`mount-${change}`));
  stage.mounted(mounted);
  const path = shownPath(change, image.tree.path(targets.file[change].index));
  const manifest = readFile(stage, `${dir}/${MANIFEST}`, bytes.length);
  const outcome = (file: boolean): TamperOutcome => ({
    change,
    path: mounted.root + path,
    noticed: {
      file,
      reference: referenceBroken(stage, manifest, store.objectDirs[0]!, path),
      manifest: verityDigest(manifest) !== image.manifestDigest,
    },
  });
  return { created, mounted, outcome };
};

const inManifest = async (stage: Stage, store: Store, targets: TamperTargets): Promise<Values> => {
  const objectDir = store.objectDirs[0]!;
  const made = [];
  for (const change of CHANGES) made.push(await mountChanged(stage, store, change, targets));
  // Change the object last: until then every object must match its digest.
  const brokenBefore = brokenObjects(stage, objectDir) > 0;
  const others = made.slice(1).map(({ outcome }) => outcome(brokenBefore));
  await inspect(stage, {
    kind: 'tamper',
    files: [{ how: 'content', path: `${objectDir}/${targets.file.content.payload}`, other: '' }],
  });
  const outcomes = [made[0]!.outcome(brokenObjects(stage, objectDir) > 0), ...others];
  const seen = await inspect<readonly PathState[]>(stage, {
    kind: 'path-states',
    paths: outcomes.map(({ path }) => path),
  });
  for (const { created, mounted } of made) {
    await mounted.unmount();
    await mounted.settle();
    await created.destroy();
  }
  return valuesOf(outcomes, seen, targets);
};

const inLayer = async (stage: Stage, store: Store, targets: TamperTargets): Promise<Values> => {
  const { image, prepared } = stage;
  const created = await prepared.create(store, stage.folder('image'));
  const layer = `${store.layerDir}/${image.layers.at(-1)!.id}`;
  const pathOf = (change: TamperChange): string => image.tree.path(targets.file[change].index);
  const changes = CHANGES.filter((change): change is Tampering['how'] => change !== 'redigested');
  const other = layer + image.tree.path(targets.other.index);
  const files = changes.map((how): Tampering => ({ how, path: layer + pathOf(how), other }));
  const tampered = await inspect<readonly Tampered[]>(stage, { kind: 'tamper', files });
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  const outcomes = tampered.map(
    ({ how, sealBroken }): TamperOutcome => ({
      change: how,
      path: mounted.root + shownPath(how, pathOf(how)),
      noticed: { file: sealBroken, reference: undefined, manifest: undefined },
    }),
  );
  const seen = await inspect<readonly PathState[]>(stage, {
    kind: 'path-states',
    paths: outcomes.map(({ path }) => path),
  });
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return valuesOf(outcomes, seen, targets);
};

const WORDS: Readonly<Record<TamperChange, string>> = {
  content: 'a byte of a file',
  mode: 'a set-user-id bit',
  owner: 'an owner',
  attribute: 'an additional attribute',
  replaced: 'a file replaced by another',
  redigested: 'a file and its digest replaced by another',
  rename: 'a name',
  added: 'an added file',
  removed: 'a removed file',
};
const BY: readonly (readonly [suffix: string, words: string])[] = [
  ['Shown', 'the mount shows it'],
  ['ByFile', 'detected by the digest of a file'],
  ['ByReference', 'detected by the digest that the manifest has for the file'],
  ['ByManifest', 'detected by the digest of the manifest'],
];
const metrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  CHANGES.flatMap((change) =>
    BY.map(([suffix, words]): [string, Metric] => [
      `${change}${suffix}Count`,
      {
        title: `${WORDS[change]}: ${words}`,
        better: suffix === 'Shown' ? 'lower' : 'higher',
        noise: 'exact',
        yesNo: true,
      },
    ]),
  ),
);

const ASKED: readonly string[] = ['erofs-overlay', 'unpacked-overlay', 'erofs-blobs'];
/** Without protection, and by a manifest: others would refuse the change, or keep it elsewhere. */
const ON_REQUEST: readonly string[] = ['composefs-fuse', 'erofs-metacopy-loop', 'erofs-overlay-loop'];

export const scenario: Scenario = {
  id: 'tamper',
  question: 'Which digest detects that an installed image was changed?',
  cache: 'warm',
  reproduce: 'change one file in each way, mount, read it; compare digests of files, references and manifest',
  headline: CHANGES.flatMap((change) => [`${change}ByFileCount`, `${change}ByManifestCount`]),
  ownSection: true,
  needs: [{ title: 'root in the initial user namespace', anyOf: ['root'] }],
  params: [{}],
  passes: ['count'],
  uncounted: true,
  inspects: true,
  only: ASKED,
  asks: (_params, backend) => [...ASKED, ...ON_REQUEST].includes(backend),
  source: () => SMALL,
  cycles: () => 1,
  metrics,
  roughNs: () => 4e8,
  async run(stage) {
    const store = stage.storeIn([stage.folder('store')]);
    await stage.prepared.ingest(store);
    const targets = targetsIn(stage.image);
    const { backend } = stage.slot;
    if (backend === 'erofs-blobs') return inBlobs(stage, store, targets);
    return backend === 'unpacked-overlay'
      ? inLayer(stage, store, targets)
      : inManifest(stage, store, targets);
  },
  derive: (values) => values,
};
