// Attacks on backends that mount one file with metadata and contents.
//
// Changed are the bytes of the file: where it has a file's contents, and where it has a file's name.
import type { Prepared, Store } from '../harness/model/backend.ts';
import { toBytes } from '../harness/model/bytes.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import type { Entry } from '../harness/model/tree.ts';
import {
  type Attacked,
  checkUnattacked,
  endingsIn,
  mountOrNot,
  servedOtherThan,
  unmountAndDestroy,
} from './attacked-mount.ts';
import type { Attack } from './attacks.ts';
import { type CutImage, cutImage, objectFiles } from './cut-image.ts';
import { inspect } from './inspect.ts';
import { readFile } from './tamper-outcome.ts';
import type { TamperTargets } from './tampering.ts';

const MOST_IMAGE_BYTES = 64 << 20;
/** Contents lie in one piece at least so far. */
const SAMPLE_BYTES = 512;
const SWAPPED = 0x01;
// struct erofs_super_block: magic, checksum, feature_compat.
const SUPERBLOCK_AT = 1024;
const FEATURES_AT = SUPERBLOCK_AT + 8;
const EROFS_MAGIC = 0xe0f5e1e2;
const HAS_CHECKSUM = 1;
const BLOCK_BYTES = 4096;

/** Every place at which `bytes` has `wanted`. Throws if there is none: the attack would change nothing. */
export const placesOf = (bytes: Buffer, wanted: Uint8Array, what: string): readonly number[] => {
  const places: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) places.push(at);
  if (places.length > 0) return places;
  throw new UserError('an image has no place for an attack', { code: 'no-place', exit: 5, facts: [what] });
};

const isErofs = (bytes: Buffer): boolean => bytes.readUInt32LE(SUPERBLOCK_AT) === EROFS_MAGIC;

/** The checksum of the first block of an EROFS is no obstacle: the attack clears the bit that announces it. */
const flipped = (bytes: Buffer, offsets: readonly number[]): Buffer => {
  const changed = Buffer.from(bytes);
  for (const at of offsets) changed[at]! ^= SWAPPED;
  if (isErofs(bytes) && offsets.some((at) => at < BLOCK_BYTES)) changed[FEATURES_AT]! &= ~HAS_CHECKSUM;
  return changed;
};

/** Two files: the contents of one are changed, the name of the other. */
interface BlockTargets {
  readonly file: Entry;
  readonly named: Entry;
}

/** The longest name: a short one would be found in other places, too. */
const blockTargets = ({ file }: TamperTargets): BlockTargets => ({
  file: file.content,
  named: Object.values(file).reduce((a, b) => (b.name.length > a.name.length ? b : a)),
});

/** Where the image has the contents, and the last letters of the name. */
interface ImagePlaces {
  readonly content: readonly number[];
  readonly name: readonly number[];
}

const namePlaces = (bytes: Buffer, { name }: Entry): readonly number[] =>
  placesOf(bytes, toBytes(name), `name: ${name}`).map((at) => at + toBytes(name).length - 1);

const objectOf = (stage: Stage, { payload, size }: Entry): Buffer =>
  readFile(stage, `${stage.store.objectDirs[0]!}/${payload}`, Number(size));

const placesIn = (stage: Stage, bytes: Buffer, { file, named }: BlockTargets): ImagePlaces => ({
  content: placesOf(bytes, objectOf(stage, file).subarray(0, SAMPLE_BYTES), `contents: ${file.payload}`),
  name: namePlaces(bytes, named),
});

/** What is in the last block of a file: it lies in one piece, wherever the image has it. */
const tailOf = (object: Buffer): Buffer =>
  object.subarray(Math.floor((object.length - 1) / BLOCK_BYTES) * BLOCK_BYTES);

/** Contents and not metadata are looked for: they are in every kind of image. */
const cutBlockImage = (stage: Stage, bytes: Buffer): CutImage =>
  cutImage(bytes, objectFiles(stage.image.tree), (file) => tailOf(objectOf(stage, file)));

interface BlockAttack {
  readonly attack: Attack;
  readonly bytes: Buffer;
  readonly isValid: boolean;
  readonly targets: readonly Entry[];
}

const blockAttacks = (
  bytes: Buffer,
  places: ImagePlaces,
  { file, named }: BlockTargets,
  cut: CutImage,
): readonly BlockAttack[] => {
  const [content, name] = [flipped(bytes, places.content), flipped(bytes, places.name)];
  return [
    { attack: 'written', bytes: content, isValid: false, targets: [file] },
    { attack: 'rename', bytes: name, isValid: false, targets: [named] },
    { attack: 'truncated', bytes: cut.bytes, isValid: false, targets: cut.files },
    { attack: 'forged', bytes: content, isValid: true, targets: [file] },
    { attack: 'rollback', bytes: name, isValid: true, targets: [named] },
  ];
};

const imageFile = ({ machine: { files } }: Stage, dir: string): string => `${dir}/${files.names(dir)[0]}`;

const attackOne = async (
  stage: Stage,
  prepared: Prepared,
  { attack, bytes, isValid, targets }: BlockAttack,
): Promise<Values> => {
  const { files } = stage.machine;
  const dir = stage.folder(`image-${attack}`);
  const created = await prepared.create(stage.store, dir);
  const file = imageFile(stage, dir);
  files.unlink(file);
  files.writeNew(file, bytes);
  const isMade = isValid && prepared.reseal !== undefined ? await prepared.reseal(file) : true;
  const mounted = isMade ? await mountOrNot(stage, created, stage.folder(`mount-${attack}`)) : null;
  const attacked = targets.map((target) => ({
    attack,
    path: stage.image.tree.path(target.index),
    isServed: servedOtherThan(target),
  }));
  const values = isMade ? await endingsIn(stage, mounted, attacked) : {};
  await unmountAndDestroy(created, mounted);
  return values;
};

interface BelowMount {
  readonly store: Store;
  readonly offsets: readonly number[];
  readonly target: Entry;
}

/** Changes the file below a mount that has not read it there yet. */
const attackBelow = async (
  stage: Stage,
  prepared: Prepared,
  { store, offsets, target }: BelowMount,
): Promise<Values> => {
  const dir = stage.folder('image-device');
  const created = await prepared.create(store, dir);
  // Nothing is attacked yet: this mount may not fail.
  const mounted = await created.mount(stage.folder('mount-device'));
  stage.mounted(mounted);
  await inspect(stage, { kind: 'change-bytes', path: imageFile(stage, dir), offsets });
  const path = stage.image.tree.path(target.index);
  const one: Attacked = { attack: 'device', path, isServed: servedOtherThan(target) };
  const values = await endingsIn(stage, mounted, [one]);
  await unmountAndDestroy(created, mounted);
  return values;
};

/** Changes a name in a manifest below its mount. */
export const attackManifestBelow = async (
  stage: Stage,
  prepared: Prepared,
  { store, targets }: { readonly store: Store; readonly targets: TamperTargets },
): Promise<Values> => {
  const { named } = blockTargets(targets);
  const offsets = namePlaces(Buffer.from(stage.image.manifest), named);
  return attackBelow(stage, prepared, { store, offsets, target: named });
};

export const attackBlockImage = async (
  stage: Stage,
  prepared: Prepared,
  targets: TamperTargets,
): Promise<Values> => {
  const chosen = blockTargets(targets);
  const { index, digest } = chosen.file;
  const dir = stage.folder('image-unattacked');
  const created = await prepared.create(stage.store, dir);
  const bytes = readFile(stage, imageFile(stage, dir), MOST_IMAGE_BYTES);
  await checkUnattacked(stage, created, { path: stage.image.tree.path(index), digest });
  const places = placesIn(stage, bytes, chosen);
  let values: Values = {};
  for (const one of blockAttacks(bytes, places, chosen, cutBlockImage(stage, bytes)))
    values = { ...values, ...(await attackOne(stage, prepared, one)) };
  return {
    ...values,
    ...(await attackBelow(stage, prepared, {
      store: stage.store,
      offsets: places.content,
      target: chosen.file,
    })),
  };
};
