// Operations on many files, each in one call into the C library.
//
// Error:   a failure names the system call and the file.
// Cost:    arguments are encoded before the clock starts.
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { DIGEST_BYTES } from '../model/interned.ts';
import type { BatchFiles, CollectFacts, CollectWork, IngestHow, IngestWork } from '../model/machine.ts';
import { CStruct } from './c-struct.ts';
import { EBADMSG, EUCLEAN, fail } from './libc.ts';
import { callName } from './syscall-names.ts';
import { bindTimed, lastFailure, lastVerity, library, type TimedResult } from './timed.ts';

const OBJECT_BYTES = 48;
/** struct timed_collect. */
const COLLECT_BYTES = 40;
/** struct timed_collected. */
const COLLECTED_BYTES = 40;
const BUFFER_BYTES = 1 << 20;

type TimedOperation = (work: Uint8Array) => TimedResult;

// Kept for the life of the thread and filled: the kernel would zero the pages of a new buffer inside the window.
let copyBuffer: Buffer | null = null;

const failOperation = (operation: string): never => {
  const { errno, call, name } = lastFailure();
  if (call !== 0) return fail(callName(call), { facts: [show(name)] }, errno);
  if (errno === EBADMSG)
    throw new UserError('the contents of an object do not match its digest', {
      code: 'wrong-digest',
      exit: 5,
      facts: [show(name)],
      hint: 'run again; if it fails again, check the disk below --work',
    });
  if (errno === EUCLEAN)
    throw new UserError('a kept manifest is damaged', { code: 'bad-image', exit: 5, facts: [show(name)] });
  return fail(operation, { facts: [show(name)] }, errno);
};

const encoded = new WeakMap<IngestWork['objects'], Buffer>();

/** An array of struct timed_object, cached for all ingests of an image. */
const encode = ({ objects, offsets }: IngestWork): Buffer => {
  const known = encoded.get(objects);
  if (known !== undefined) return known;
  const bytes = Buffer.alloc(objects.length * OBJECT_BYTES);
  for (const [i, { digest, sizeBytes }] of objects.entries()) {
    const at = i * OBJECT_BYTES;
    bytes.write(digest, at, 'hex');
    bytes.writeBigInt64LE(BigInt(offsets[i]!), at + DIGEST_BYTES);
    bytes.writeBigInt64LE(BigInt(sizeBytes), at + DIGEST_BYTES + 8);
  }
  encoded.set(objects, bytes);
  return bytes;
};

/** enum timed_digests. */
const DIGESTS: Readonly<Record<IngestHow, number>> = { trusted: 0, digested: 1, compared: 2 };

const ingestWith =
  (timed: TimedOperation): BatchFiles['ingest'] =>
  (work) => {
    copyBuffer ??= Buffer.alloc(BUFFER_BYTES, 1);
    const given = new CStruct(56)
      .text(work.packPath)
      .texts(work.dirs)
      .pointer(encode(work))
      .pointer(copyBuffer)
      .i64(copyBuffer.length)
      .i32(work.dirs.length)
      .i32(work.objects.length)
      .i32(work.makesFolders ? 1 : 0)
      .i32(DIGESTS[work.digests]);
    if (timed(given.bytes).result < 0) failOperation('ingest');
    return lastVerity();
  };

const hasLinksWith =
  (timed: TimedOperation): BatchFiles['hasLinks'] =>
  (dirs, names) => {
    const count = names.length / DIGEST_BYTES;
    const given = new CStruct(24).texts(dirs).pointer(names).i32(dirs.length).i32(count);
    const { result } = timed(given.bytes);
    if (result < 0) failOperation('look up');
    return result === count;
  };

/** enum timed_store. */
const [OBJECTS, LINKS, USED] = [0, 1, 2];

const collected = (timed: TimedOperation, given: CStruct, found: Buffer): CollectFacts => {
  const { result, wallNs } = timed(given.bytes);
  if (result < 0) failOperation('collect');
  const [markNs = 0, liveCount = 0, liveBytes = 0, keptCount = 0, removedCount = 0] = Array.from(
    { length: COLLECTED_BYTES / 8 },
    (_, i) => Number(found.readBigInt64LE(8 * i)),
  );
  return { markNs, sweepNs: wallNs - markNs, liveCount, liveBytes, keptCount, removedCount };
};

/** An array of struct timed_manifest. */
const keptImages = (keep: CollectWork['keep']): CStruct => {
  const images = new CStruct(16 * keep.length);
  for (const image of keep)
    if (typeof image === 'string') images.text(image).i64(-1);
    else images.pointer(image).i64(image.length);
  return images;
};

const collectWith =
  (timed: TimedOperation): BatchFiles['collect'] =>
  ({ dirs, keep, removesFolders }: CollectWork) => {
    const found = Buffer.alloc(COLLECTED_BYTES);
    const given = new CStruct(COLLECT_BYTES)
      .texts(dirs)
      .pointer(keptImages(keep).bytes)
      .i32(dirs.length)
      .i32(keep.length)
      .i32(removesFolders ? 1 : 0)
      .i32(OBJECTS)
      .pointer(found);
    return collected(timed, given, found);
  };

const collectLinkStoreWith =
  (timed: TimedOperation): BatchFiles['collectLinkStore'] =>
  ({ dirs, keep }) => {
    const found = Buffer.alloc(COLLECTED_BYTES);
    const keepsNothing = keep?.every(({ length }) => length === 0) ?? false;
    const given = new CStruct(COLLECT_BYTES)
      .texts(dirs)
      .pointer(keptImages(keep ?? []).bytes)
      .i32(dirs.length)
      .i32(keep?.length ?? 0)
      .i32(keepsNothing ? 1 : 0)
      .i32(keep === null ? USED : LINKS)
      .pointer(found);
    return collected(timed, given, found);
  };

const removeWith =
  (timed: TimedOperation): BatchFiles['removeTree'] =>
  (path) => {
    if (timed(Buffer.from(`${path}\0`)).result < 0) failOperation('remove');
  };

const makeTreeWith =
  (timed: TimedOperation): BatchFiles['makeTree'] =>
  ({ linkStores, nodes }) => {
    const given = new CStruct(32).texts(linkStores).pointer(nodes).i64(nodes.length).i32(linkStores.length);
    if (timed(given.bytes).result < 0) failOperation('make tree');
  };

const load = (): BatchFiles | null => {
  const ingest = bindTimed<[Uint8Array]>('timed_ingest', 'void *');
  const lookUp = bindTimed<[Uint8Array]>('timed_look_up', 'void *');
  const collect = bindTimed<[Uint8Array]>('timed_collect', 'void *');
  const remove = bindTimed<[Uint8Array]>('timed_remove', 'void *');
  const makeTree = bindTimed<[Uint8Array]>('timed_make_tree', 'void *');
  if (library === null || ingest === null || lookUp === null || collect === null) return null;
  if (remove === null || makeTree === null) return null;
  const canDigest = library.func('timed_can_digest', 'int', []) as () => number;
  return {
    canDigest: canDigest() !== 0,
    ingest: ingestWith(ingest),
    hasLinks: hasLinksWith(lookUp),
    collect: collectWith(collect),
    collectLinkStore: collectLinkStoreWith(collect),
    removeTree: removeWith(remove),
    makeTree: makeTreeWith(makeTree),
  };
};

export const batchFiles: BatchFiles | null = load();
