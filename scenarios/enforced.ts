// Attacks on an installed image, and what becomes of each: the change itself is refused, the mount, the read, or the change is served.
//
// Unlike `tamper`, which computes which digest would notice a change, this observes what the kernel and the server do.
import { imageBytes } from '../harness/erofs/writer.ts';
import type { PathState } from '../harness/inspect/requests.ts';
import type { Store } from '../harness/model/backend.ts';
import { SysError, UserError } from '../harness/model/errors.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { readFile } from './tamper-outcome.ts';
import { isShown, type TamperChange, type TamperTargets, tamperedTree, targetsIn } from './tampering.ts';
import { SMALL } from './versions.ts';

const MANIFEST = 'image.cfs';
const O_RDWR = 2;
const NOT_MOUNTED: readonly string[] = ['server-ended', 'wrong-digest', 'EINVAL', 'EUCLEAN', 'EIO'];

/** On an object of the store. */
const OBJECT_ATTACKS = {
  written: 'a byte of an object, in place',
  exchanged: 'an object exchanged for other contents',
  sealed: 'an object exchanged for other contents that have fs-verity',
} as const;
/** On the manifest, which is exchanged for one with a change. */
const MANIFEST_CHANGES: readonly TamperChange[] = [
  'mode',
  'owner',
  'attribute',
  'replaced',
  'redigested',
  'rename',
];
const WORDS: Readonly<Record<string, string>> = {
  ...OBJECT_ATTACKS,
  mode: 'a set-user-id bit in the manifest',
  owner: 'an owner in the manifest',
  attribute: 'an attribute in the manifest',
  replaced: 'a redirect in the manifest to another object',
  redigested: 'a redirect and its digest in the manifest',
  rename: 'a name in the manifest',
  forged: 'a manifest with a changed mode that has fs-verity',
  truncated: 'a manifest cut off at its half',
};
const ATTACKS = Object.keys(WORDS);

/** Where an attack ended. */
type Ending = 'AtChange' | 'AtMount' | 'AtRead' | 'Served';
const ENDINGS: Readonly<Record<Ending, string>> = {
  AtChange: 'the change is refused',
  AtMount: 'the mount is refused',
  AtRead: 'the read is refused',
  Served: 'the change is served',
};

const endingsOf = (attack: string, ending: Ending): Values =>
  Object.fromEntries(Object.keys(ENDINGS).map((one) => [`${attack}${one}Count`, Number(one === ending)]));

/** `change` returns false if this machine cannot make it. */
const isRefused = (change: () => void): boolean => {
  try {
    change();
    return false;
  } catch (error) {
    if (error instanceof SysError && (error.code === 'EPERM' || error.code === 'EACCES')) return true;
    throw error;
  }
};

/** Null: fs-verity cannot be enabled here. */
const exchange = (
  { machine: { files } }: Stage,
  path: string,
  bytes: Uint8Array,
  isSealed: boolean,
): boolean => {
  files.unlink(path);
  files.writeNew(path, bytes);
  if (!isSealed) return true;
  const fd = files.open(path, 0);
  try {
    return files.enableVerity(fd);
  } finally {
    files.close(fd);
  }
};

interface Attacked {
  readonly attack: string;
  /** Of the file, below a mount. */
  readonly path: string;
  readonly ending: Ending | null;
  isServed(seen: PathState): boolean;
}

/** All on one mount that is made after them. */
const onObjects = (stage: Stage, store: Store, targets: TamperTargets): readonly Attacked[] => {
  const { image, machine } = stage;
  const files = [targets.file.content, targets.file.mode, targets.file.owner];
  return Object.keys(OBJECT_ATTACKS).flatMap((attack, at): Attacked[] => {
    const { payload, index, size, digest } = files[at]!;
    const path = `${store.objectDirs[0]!}/${payload}`;
    const wrong = Uint8Array.from(readFile(stage, path, Number(size)));
    wrong[0]! ^= 0xff;
    const attacked = (ending: Ending | null): Attacked[] => [
      {
        attack,
        path: image.tree.path(index),
        ending,
        isServed: (seen) => seen.error === null && seen.digest !== digest,
      },
    ];
    if (attack !== 'written') return exchange(stage, path, wrong, attack === 'sealed') ? attacked(null) : [];
    const refused = isRefused(() => {
      const fd = machine.files.open(path, O_RDWR);
      machine.files.write(fd, wrong);
      machine.files.close(fd);
    });
    return attacked(refused ? 'AtChange' : null);
  });
};

/** Mounts, or says that the mount was refused. */
const mountOrNot = async (
  stage: Stage,
  mount: () => Promise<{ readonly root: string } & Parameters<Stage['mounted']>[0]>,
) => {
  try {
    const mounted = await mount();
    stage.mounted(mounted);
    return mounted;
  } catch (error) {
    if (error instanceof UserError && NOT_MOUNTED.includes(error.code)) return null;
    throw error;
  }
};

const endingOf = async (stage: Stage, root: string, one: Attacked): Promise<Ending> => {
  if (one.ending !== null) return one.ending;
  const [seen] = (await stage.inspect({
    kind: 'path-states',
    paths: [root + one.path],
  })) as readonly PathState[];
  return one.isServed(seen!) ? 'Served' : 'AtRead';
};

const attackObjects = async (stage: Stage, store: Store, targets: TamperTargets): Promise<Values> => {
  const created = await stage.prepared.create(store, stage.folder('image-objects'));
  const attacked = onObjects(stage, store, targets);
  const at = stage.folder('mount-objects');
  const mounted = await mountOrNot(stage, () => created.mount(at));
  let values: Values = {};
  for (const one of attacked) {
    const ending = mounted === null ? 'AtMount' : await endingOf(stage, mounted.root, one);
    values = { ...values, ...endingsOf(one.attack, ending) };
  }
  await mounted?.unmount();
  await mounted?.settle();
  await created.destroy();
  return values;
};

interface ManifestAttack {
  readonly attack: string;
  readonly change: TamperChange;
  readonly bytes: Uint8Array;
  readonly isSealed?: boolean;
}

const manifestAttacks = (
  { image: { tree, manifest } }: Stage,
  targets: TamperTargets,
): readonly ManifestAttack[] => {
  const changed = (change: TamperChange): Uint8Array => imageBytes(tamperedTree(tree, change, targets));
  return [
    ...MANIFEST_CHANGES.map((change) => ({ attack: change, change, bytes: changed(change) })),
    { attack: 'forged', change: 'mode', bytes: changed('mode'), isSealed: true },
    { attack: 'truncated', change: 'rename', bytes: manifest.subarray(0, manifest.length >> 1) },
  ];
};

const attackManifest = async (
  stage: Stage,
  store: Store,
  targets: TamperTargets,
  { attack, change, bytes, isSealed = false }: ManifestAttack,
): Promise<Values> => {
  const dir = stage.folder(`image-${attack}`);
  const created = await stage.prepared.create(store, dir);
  const isMade = exchange(stage, `${dir}/${MANIFEST}`, bytes, isSealed);
  const at = stage.folder(`mount-${attack}`);
  const mounted = isMade ? await mountOrNot(stage, () => created.mount(at)) : null;
  const path = stage.image.tree.path(targets.file[change].index);
  const one: Attacked = { attack, path, ending: null, isServed: (seen) => isShown(change, seen, targets) };
  const ending = mounted === null ? 'AtMount' : await endingOf(stage, mounted.root, one);
  await mounted?.unmount();
  await mounted?.settle();
  await created.destroy();
  return isMade ? endingsOf(attack, ending) : {};
};

/** Digests that the kernel enforces, against the names of the objects. */
const enforcedDigests = ({ image, machine: { files } }: Stage, store: Store): Values => {
  const measured = image.objects.map(({ digest }) => {
    const fd = files.open(`${store.objectDirs[0]!}/${digest.slice(0, 2)}/${digest.slice(2)}`, 0);
    try {
      return files.measureVerity(fd) === digest;
    } finally {
      files.close(fd);
    }
  });
  return {
    enforcedObjectCount: measured.filter((is) => is).length,
    unenforcedObjectCount: measured.filter((is) => !is).length,
  };
};

const metrics: Readonly<Record<string, Metric>> = {
  enforcedObjectCount: {
    title: 'objects whose digest the kernel enforces',
    better: 'higher',
    noise: 'exact',
  },
  unenforcedObjectCount: { title: 'objects without an enforced digest', better: 'lower', noise: 'exact' },
  ...Object.fromEntries(
    ATTACKS.flatMap((attack) =>
      Object.entries(ENDINGS).map(([ending, words]): [string, Metric] => [
        `${attack}${ending}Count`,
        {
          title: `${WORDS[attack]}: ${words}`,
          better: ending === 'Served' ? 'lower' : 'higher',
          noise: 'exact',
        },
      ]),
    ),
  ),
};

export const scenario: Scenario = {
  id: 'enforced',
  question: 'Which changes of an installed image are refused, and where?',
  cache: 'warm',
  reproduce: 'change an object or the manifest in each way, mount, read the changed file',
  headline: ATTACKS.map((attack) => `${attack}ServedCount`),
  ownSection: true,
  needs: [{ title: 'root in the initial user namespace', anyOf: ['root'] }],
  params: [{}],
  passes: ['count'],
  inspects: true,
  only: ['composefs-fuse', 'erofs-overlay', 'erofs-overlay-verity', 'composefs-fuse-verity'],
  source: () => SMALL,
  cycles: () => 1,
  metrics,
  roughNs: () => 6e8,
  async run(stage) {
    const store = stage.storeIn([stage.folder('store')]);
    await stage.prepared.ingest(store);
    const targets = targetsIn(stage.image);
    let values = enforcedDigests(stage, store);
    for (const attack of manifestAttacks(stage, targets))
      values = { ...values, ...(await attackManifest(stage, store, targets, attack)) };
    return { ...values, ...(await attackObjects(stage, store, targets)) };
  },
  derive: (values) => values,
};
