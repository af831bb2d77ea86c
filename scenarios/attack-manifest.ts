// Attacks on backends that mount a manifest over a store of objects.
import { imageBytes } from '../harness/erofs/writer.ts';
import type { Prepared, Store } from '../harness/model/backend.ts';
import { toBytes } from '../harness/model/bytes.ts';
import type { Image } from '../harness/model/image.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import { attackManifestBelow } from './attack-block-image.ts';
import {
  type Attacked,
  checkUnattacked,
  endingsIn,
  isRefused,
  mountOrNot,
  servedOtherThan,
  unmountAndDestroy,
} from './attacked-mount.ts';
import type { Attack } from './attacks.ts';
import { type CutImage, cutImage, objectFiles } from './cut-image.ts';
import { inspect } from './inspect.ts';
import { readFile } from './tamper-outcome.ts';
import { isShown, shownPath, type TamperChange, type TamperTargets, tamperedTree } from './tampering.ts';

const MANIFEST = 'image.cfs';
const O_RDWR = 2;
/** More than a hash tree behind the manifest takes. */
const MOST_TREE_BYTES = 1 << 20;

/** Changes of a manifest that was protected before. */
const MANIFEST_CHANGES = [
  ...(['replaced', 'redigested', 'mode', 'owner', 'attribute', 'rename', 'added', 'removed'] as const),
] as const satisfies readonly (Attack & TamperChange)[];

export interface ManifestAttack {
  readonly attack: Attack;
  /** The change that the mount would show; of a manifest that is cut off, the files whose redirects are gone. */
  readonly shows: TamperChange | CutImage['files'];
  readonly bytes: Uint8Array;
  /** Protected again after the change, as a forger or an older publisher would. */
  readonly isValid: boolean;
}

const cutManifest = ({ tree, manifest }: Image): CutImage =>
  cutImage(Buffer.from(manifest), objectFiles(tree), ({ payload }) => toBytes(payload!));

export const manifestAttacks = ({ image }: Stage, targets: TamperTargets): readonly ManifestAttack[] => {
  const { tree } = image;
  const cut = cutManifest(image);
  const changed = (change: TamperChange): Uint8Array => imageBytes(tamperedTree(tree, change, targets));
  return [
    ...MANIFEST_CHANGES.map((change) => ({
      attack: change,
      shows: change,
      bytes: changed(change),
      isValid: false,
    })),
    { attack: 'truncated', shows: cut.files, bytes: cut.bytes, isValid: false },
    { attack: 'forged', shows: 'mode', bytes: changed('mode'), isValid: true },
    { attack: 'rollback', shows: 'rename', bytes: changed('rename'), isValid: true },
  ];
};

/** A changed manifest where the old one was: a hash tree behind that stays in its place. `length`: of the old manifest. */
export const inPlaceOf = (before: Uint8Array, length: number, bytes: Uint8Array): Uint8Array => {
  const tree = before.subarray(length);
  if (tree.length === 0) return bytes;
  const data = Buffer.alloc(length);
  data.set(bytes.subarray(0, length));
  return Buffer.concat([data, tree]);
};

/** False: this machine cannot protect the changed file. */
const replaceManifest = async (
  stage: Stage,
  { reseal }: Prepared,
  path: string,
  { attack, bytes, isValid }: ManifestAttack,
): Promise<boolean> => {
  const { files } = stage.machine;
  const { length } = stage.image.manifest;
  const before = readFile(stage, path, length + MOST_TREE_BYTES);
  files.unlink(path);
  files.writeNew(path, isValid || attack === 'truncated' ? bytes : inPlaceOf(before, length, bytes));
  return isValid && reseal !== undefined ? reseal(path) : true;
};

const attackedFiles = (
  { image: { tree } }: Stage,
  targets: TamperTargets,
  { attack, shows }: ManifestAttack,
): readonly Attacked[] => {
  if (typeof shows !== 'string')
    return shows.map((file) => ({ attack, path: tree.path(file.index), isServed: servedOtherThan(file) }));
  const path = shownPath(shows, tree.path(targets.file[shows].index));
  return [{ attack, path, isServed: (seen) => isShown(shows, seen, targets) }];
};

const attackOne = async (
  stage: Stage,
  prepared: Prepared,
  { store, targets }: AttackPlace,
  one: ManifestAttack,
): Promise<Values> => {
  const { attack } = one;
  const dir = stage.folder(`image-${attack}`);
  const created = await prepared.create(store, dir);
  const isMade = await replaceManifest(stage, prepared, `${dir}/${MANIFEST}`, one);
  const at = stage.folder(`mount-${attack}`);
  const mounted = isMade ? await mountOrNot(stage, created, at) : null;
  const values = isMade ? await endingsIn(stage, mounted, attackedFiles(stage, targets, one)) : {};
  await unmountAndDestroy(created, mounted);
  return values;
};

/** An object with its first byte changed, in the place of the right one. False: it cannot get fs-verity here. */
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

const OBJECT_ATTACKS = ['written', 'exchanged', 'sealed'] as const satisfies readonly Attack[];

/** All on one mount that is made after them. */
const onObjects = (stage: Stage, { store, targets }: AttackPlace): readonly Attacked[] => {
  const { image, machine } = stage;
  const files = [targets.file.content, targets.file.mode, targets.file.owner];
  return OBJECT_ATTACKS.flatMap((attack, at): Attacked[] => {
    const { payload, index, size, digest } = files[at]!;
    const path = `${store.objectDirs[0]!}/${payload}`;
    const wrong = Uint8Array.from(readFile(stage, path, Number(size)));
    wrong[0]! ^= 0xff;
    const attacked: Attacked = {
      attack,
      path: image.tree.path(index),
      isServed: (seen) => seen.error === null && seen.digest !== digest,
    };
    if (attack !== 'written') return exchange(stage, path, wrong, attack === 'sealed') ? [attacked] : [];
    const refused = isRefused(() => {
      const fd = machine.files.open(path, O_RDWR);
      machine.files.write(fd, wrong);
      machine.files.close(fd);
    });
    return [refused ? { ...attacked, ending: 'AtChange' } : attacked];
  });
};

const attackObjects = async (stage: Stage, prepared: Prepared, place: AttackPlace): Promise<Values> => {
  const created = await prepared.create(place.store, stage.folder('image-objects'));
  const attacked = onObjects(stage, place);
  const mounted = await mountOrNot(stage, created, stage.folder('mount-objects'));
  const values = await endingsIn(stage, mounted, attacked);
  await unmountAndDestroy(created, mounted);
  return values;
};

/** Changes an object where the disk of its file system has it. Empty: this machine cannot make such a disk. */
const attackDisk = async (
  stage: Stage,
  prepared: Prepared,
  { targets, isSealed }: AttackPlace,
): Promise<Values> => {
  const { machine, image } = stage;
  const { features, files } = machine;
  if (!features['ext4-loop'].ok || !features['drop-caches'].ok) return {};
  const { root, disk } = await stage.fileSystem(isSealed ? 'ext4-verity' : 'ext4');
  const store = stage.storeIn([`${root}/store`]);
  await prepared.ingest(store);
  const { payload, index, digest } = targets.file.content;
  const created = await prepared.create(store, stage.folder('image-device'));
  files.syncfs(root);
  await inspect(stage, { kind: 'change-below', file: `${store.objectDirs[0]!}/${payload}`, disk: disk! });
  await stage.dropCaches();
  const mounted = await mountOrNot(stage, created, stage.folder('mount-device'));
  const isServed: Attacked['isServed'] = (seen) => seen.error === null && seen.digest !== digest;
  const values = await endingsIn(stage, mounted, [
    { attack: 'device', path: image.tree.path(index), isServed },
  ]);
  await unmountAndDestroy(created, mounted);
  return values;
};

interface AttackPlace {
  readonly store: Store;
  readonly targets: TamperTargets;
  /** Objects have fs-verity. */
  readonly isSealed: boolean;
  /** The manifest is a device of its own. */
  readonly isOnDevice: boolean;
}

/** The objects are attacked last: until then each is right. */
export const attackManifests = async (
  stage: Stage,
  prepared: Prepared,
  place: AttackPlace,
): Promise<Values> => {
  const { store, targets } = place;
  const { index, digest } = targets.file.content;
  const created = await prepared.create(store, stage.folder('image-unattacked'));
  await checkUnattacked(stage, created, { path: stage.image.tree.path(index), digest });
  let values: Values = {};
  for (const one of manifestAttacks(stage, targets))
    values = { ...values, ...(await attackOne(stage, prepared, place, one)) };
  values = {
    ...values,
    ...(await (place.isOnDevice ? attackManifestBelow : attackDisk)(stage, prepared, place)),
  };
  return { ...values, ...(await attackObjects(stage, prepared, place)) };
};
