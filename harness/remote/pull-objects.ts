// Fetches objects into a store: one request each, or ranges of the pack.
import { UserError } from '../model/errors.ts';
import type { ImageObject } from '../model/image.ts';
import type { Digesters } from './digesters.ts';
import { type IncomingObject, incomingObject, objectName } from './incoming-object.ts';
import { inLanes, refusedAs } from './lanes.ts';
import { type PackRange, packRanges } from './pack-ranges.ts';
import type { Refused } from './refused.ts';
import type { Remote } from './request.ts';
import { packPath, servedObjectPath } from './served.ts';

export interface ObjectsToPull {
  readonly remote: Remote;
  /** The object folder, which exists. */
  readonly dir: string;
  readonly digesters: Digesters;
  /** Objects that the store lacks, sorted by digest. */
  readonly missing: readonly ImageObject[];
}

/** One object by one request; throws if it is refused. */
export const pullObject = async (
  object: ImageObject,
  { remote, dir, digesters }: Omit<ObjectsToPull, 'missing'>,
): Promise<void> => {
  const incoming = incomingObject(object, dir, digesters);
  try {
    await remote.get(
      { what: objectName(object), path: servedObjectPath(object.digest), bytes: object.sizeBytes },
      incoming.write,
    );
    incoming.finish();
  } finally {
    incoming.discard();
  }
};

/** Returns the refused objects, when all others are in the store or too many were refused. */
export const pullObjects = (pull: ObjectsToPull): Promise<readonly Refused[]> =>
  inLanes(pull.missing, pull.remote.limits, (object) =>
    refusedAs(objectName(object), () => pullObject(object, pull)),
  );

/** Divides the bytes of a range among its objects. */
class RangeWriter {
  readonly refused: Refused[] = [];
  readonly #pull: ObjectsToPull;
  readonly #range: PackRange;
  #next = 0;
  #open: IncomingObject | null = null;
  #leftBytes = 0;

  constructor(pull: ObjectsToPull, range: PackRange) {
    this.#pull = pull;
    this.#range = range;
  }

  write(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      const open = this.#open ?? this.#begin();
      const part = piece.subarray(at, at + this.#leftBytes);
      open.write(part);
      at += part.length;
      this.#leftBytes -= part.length;
      if (this.#leftBytes === 0) this.#finish(open);
    }
  }

  /** Refuses the objects whose bytes did not come, for the reason of their range. */
  giveUp({ message, code, exit, facts }: UserError): void {
    for (const object of this.#range.objects.slice(this.#next)) {
      const what = objectName(object);
      this.refused.push({ what, error: new UserError(`${what}: ${message}`, { code, exit, facts }) });
    }
  }

  discard(): void {
    this.#open?.discard();
  }

  #begin(): IncomingObject {
    const object = this.#range.objects[this.#next]!;
    this.#leftBytes = object.sizeBytes;
    this.#open = incomingObject(object, this.#pull.dir, this.#pull.digesters);
    return this.#open;
  }

  #finish(open: IncomingObject): void {
    const object = this.#range.objects[this.#next++]!;
    this.#open = null;
    try {
      open.finish();
    } catch (error) {
      const refused = asRefused(object, error);
      if (refused === null) throw error;
      this.refused.push(refused);
    } finally {
      open.discard();
    }
  }
}

const asRefused = (object: ImageObject, error: unknown): Refused | null =>
  error instanceof Error && 'code' in error && error.code === 'wrong-digest' && 'facts' in error
    ? { what: objectName(object), error: error as Refused['error'] }
    : null;

/** Nothing is asked for, but a name is given to the digest of no bytes alone. */
const storeEmpty = (object: ImageObject, { dir, digesters }: ObjectsToPull): readonly Refused[] => {
  const incoming = incomingObject(object, dir, digesters);
  try {
    incoming.finish();
    return [];
  } catch (error) {
    const refused = asRefused(object, error);
    if (refused === null) throw error;
    return [refused];
  } finally {
    incoming.discard();
  }
};

const pullRange = async (
  name: string,
  range: PackRange,
  pull: ObjectsToPull,
): Promise<readonly Refused[]> => {
  const writer = new RangeWriter(pull, range);
  const { from, bytes, totalBytes } = range;
  const what = `bytes ${from}-${from + bytes - 1} of the pack`;
  try {
    const failed = await refusedAs(what, () =>
      pull.remote.get({ what, path: packPath(name), bytes, range: { from, totalBytes } }, (piece) =>
        writer.write(piece),
      ),
    );
    if (failed[0] !== undefined) writer.giveUp(failed[0].error);
  } finally {
    writer.discard();
  }
  return writer.refused;
};

/** The same by ranges of the pack. `all`: every object of the image, sorted by digest: their sizes are the offsets in the pack. */
export const pullFromPack = async (
  name: string,
  all: readonly ImageObject[],
  pull: ObjectsToPull,
): Promise<readonly Refused[]> => {
  const refused = pull.missing.flatMap((object) => (object.sizeBytes === 0 ? storeEmpty(object, pull) : []));
  const ranges = packRanges(all, pull.missing);
  return [
    ...refused,
    ...(await inLanes(ranges, pull.remote.limits, (range) => pullRange(name, range, pull))),
  ];
};
