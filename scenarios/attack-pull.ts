// Attacks by an image server: its answers are checked in user space by signature and digests, before anything is mounted.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Store } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import type { Entry } from '../harness/model/tree.ts';
import { keyId } from '../harness/remote/keys.ts';
import { openPullClient, startImageServer } from '../harness/remote/processes.ts';
import { publish } from '../harness/remote/publish.ts';
import { manifestPath, packPath, signaturePath } from '../harness/remote/served.ts';
import { parseSignature, signatureFile, signedBytes } from '../harness/remote/signed-text.ts';
import { type ManifestAttack, manifestAttacks } from './attack-manifest.ts';
import { type Attack, endedAt } from './attacks.ts';
import { readFile } from './tamper-outcome.ts';
import type { TamperTargets } from './tampering.ts';

const LIMIT_MS = 60_000;
const SEQUENCE = 2;
const HONEST = 'honest';

type ServedFiles = Readonly<Record<string, string>>;

interface Publisher {
  readonly dir: string;
  readonly key: KeyObject;
  /** Of a forger. */
  readonly otherKey: KeyObject;
}

/** The code of the only refusal that stops an attack on the manifest: a client that fails otherwise refuses nothing. */
const refusalOf = ({ attack, bytes, isValid }: ManifestAttack, honestBytes: number): string => {
  if (isValid) return attack === 'forged' ? 'bad-signature' : 'rollback';
  if (bytes.length === honestBytes) return 'wrong-digest';
  return bytes.length < honestBytes ? 'short' : 'long';
};

/** Everything that a forger can write: the id of the right key, which is public, and a signature by another key. */
const forgeSignature = (path: string, { key, otherKey }: Publisher): void => {
  const text = { ...parseSignature(readFileSync(path)).text, key: keyId(key) };
  writeFileSync(path, signatureFile({ text, signature: sign(null, signedBytes(text), otherKey) }));
};

/** A changed manifest beside the signature of the right one; or one that is signed: by a forger, or long ago. */
const servedManifest = (
  { image }: Stage,
  publisher: Publisher,
  { attack, bytes, isValid }: ManifestAttack,
): ServedFiles => {
  const { dir, key } = publisher;
  const isForged = attack === 'forged';
  const files = publish(isValid ? { ...image, manifest: bytes } : image, {
    name: attack,
    sequence: isValid && !isForged ? SEQUENCE - 1 : SEQUENCE,
    key,
    dir,
  });
  if (isForged) forgeSignature(files[signaturePath(manifestPath(attack))]!, publisher);
  if (!isValid) writeFileSync(files[manifestPath(attack)]!, bytes);
  return files;
};

const O_WRONLY_CREAT_EXCL = 0o301;

/** The right manifest, and a pack in which one object has other bytes. */
const servedPack = (
  stage: Stage,
  { dir, key }: Publisher,
  attack: Attack,
  other: Uint8Array,
  at: number,
): ServedFiles => {
  const { image, machine } = stage;
  const last = image.objects.length - 1;
  const bytes = readFile(stage, image.packPath, image.packOffsets[last]! + image.objects[last]!.sizeBytes);
  bytes.set(other, at);
  const path = `${dir}/${packPath(attack)}`;
  const fd = machine.files.open(path, O_WRONLY_CREAT_EXCL, 0o600);
  machine.files.write(fd, bytes);
  machine.files.close(fd);
  return { ...publish(image, { name: attack, sequence: SEQUENCE, key, dir }), [packPath(attack)]: path };
};

interface PackAttack {
  readonly attack: Attack;
  readonly target: Entry;
  readonly files: ServedFiles;
}

/** A changed byte; and the bytes of another object, as far as they fit. */
const packAttacks = (
  stage: Stage,
  publisher: Publisher,
  { file, other }: TamperTargets,
): readonly PackAttack[] => {
  const { objects, packOffsets, packPath: pack } = stage.image;
  const partOf = ({ digest }: Entry): { readonly at: number; readonly bytes: Buffer } => {
    const index = objects.findIndex((object) => object.digest === digest);
    const at = packOffsets[index]!;
    const { sizeBytes } = objects[index]!;
    return { at, bytes: readFile(stage, pack, at + sizeBytes).subarray(at) };
  };
  const attackOn = (attack: Attack, target: Entry, change: (bytes: Buffer) => Buffer): PackAttack => {
    const { at, bytes } = partOf(target);
    return { attack, target, files: servedPack(stage, publisher, attack, change(Buffer.from(bytes)), at) };
  };
  return [
    attackOn('written', file.content, (bytes) => {
      bytes[0]! ^= 0xff;
      return bytes;
    }),
    attackOn('exchanged', file.mode, (bytes) => {
      partOf(other).bytes.copy(bytes);
      return bytes;
    }),
  ];
};

/** False: refused with this code. Another error is thrown. */
export const isAccepted = async (pull: () => Promise<unknown>, refusal: string): Promise<boolean> => {
  try {
    await pull();
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code === refusal) return false;
    throw error;
  }
};

type PullOne = (name: string, store: Store) => Promise<unknown>;

/** Asks a client process for one image after another. */
const withClient = async <T>(
  {
    files,
    sizes,
    pack,
    pem,
  }: { files: ServedFiles; sizes: readonly (readonly [string, number])[]; pack: string; pem: string },
  work: (pull: PullOne) => Promise<T>,
): Promise<T> => {
  const server = await startImageServer({
    files,
    objects: { pack, sizes },
    link: { delayMs: 0, bytesPerS: null },
  });
  const client = openPullClient();
  client.start();
  try {
    return await work((name, store) => {
      const common = { url: server.url, keyPem: pem, name, leastSequence: SEQUENCE };
      return client.pull({ kind: 'image', ...common, dir: store.objectDirs[0]!, via: 'pack' }, LIMIT_MS);
    });
  } finally {
    await client.close();
    await server.close();
  }
};

export const attackPull = async (stage: Stage, targets: TamperTargets): Promise<Values> => {
  const { image, machine } = stage;
  const own = generateKeyPairSync('ed25519');
  const dir = stage.folder('served');
  const publisher = { dir, key: own.privateKey, otherKey: generateKeyPairSync('ed25519').privateKey };
  const honest = publish(image, { name: HONEST, sequence: SEQUENCE, key: own.privateKey, dir });
  const manifests = manifestAttacks(stage, targets).map((one) => ({
    attack: one.attack,
    refusal: refusalOf(one, image.manifest.length),
    files: servedManifest(stage, publisher, one),
  }));
  const packs = packAttacks(stage, publisher, targets);
  const files = Object.assign({}, honest, ...[...manifests, ...packs].map((one) => one.files)) as ServedFiles;
  const pem = own.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const sizes = image.objects.map(({ digest, sizeBytes }) => [digest, sizeBytes] as const);
  let values: Values = {};
  try {
    await withClient({ files, sizes, pack: image.packPath, pem }, async (pull) => {
      const storeFor = (name: string): Store => stage.storeIn([stage.folder(`pulled-${name}`)]);
      // A client that refuses the image as it is would prove nothing.
      await pull(HONEST, storeFor(HONEST));
      for (const { attack, refusal } of manifests) {
        const isServed = await isAccepted(() => pull(attack, storeFor(attack)), refusal);
        values = { ...values, ...endedAt(attack, isServed ? 'Served' : 'AtPull') };
      }
      for (const { attack, target } of packs) {
        const store = storeFor(attack);
        const isStored = (): boolean => machine.files.exists(`${store.objectDirs[0]!}/${target.payload}`);
        const isServed = (await isAccepted(() => pull(attack, store), 'wrong-digest')) || isStored();
        values = { ...values, ...endedAt(attack, isServed ? 'Served' : 'AtPull') };
      }
    });
  } finally {
    for (const path of Object.values(files)) if (path.startsWith(`${dir}/`)) machine.files.unlink(path);
  }
  return values;
};
