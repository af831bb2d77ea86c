// Ingest and collect without the compiled library: the same system calls, made one by one.
import { constants, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { objectPaths } from '../erofs/objects.ts';
import { SysError, UserError } from '../model/errors.ts';
import type { ImageObject } from '../model/image.ts';
import { DIGEST_BYTES } from '../model/interned.ts';
import type { CollectFacts, CollectWork, Files, Ingested, IngestWork } from '../model/machine.ts';
import { folderOf, objectPath } from './objects.ts';
import { PackReader } from './pack.ts';
import { VerityHasher } from './verity.ts';

const OBJECT_MODE = 0o644;
const FOLDER_MODE = 0o755;
/** open, ioctl, close. */
const ENABLING_CALLS = 3;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Ignores one errno. */
const ignoring = (code: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SysError) || error.code !== code) throw error;
  }
};

const wrongDigest = (path: string): UserError =>
  new UserError('the contents of an object do not match its digest', {
    code: 'wrong-digest',
    exit: 5,
    facts: [path],
    hint: 'run again; if it fails again, check the disk below --work',
  });

/** The state of one ingest: folders made, and whether the file system has fs-verity. */
class StepwiseIngest {
  readonly #files: Files;
  readonly #work: IngestWork;
  readonly #made = new Set<string>();
  #verity: boolean | null = null;
  #enablingNs = 0;
  #enabledCount = 0;

  constructor(files: Files, work: IngestWork) {
    this.#files = files;
    this.#work = work;
  }

  makeDirs(): void {
    if (this.#work.makesFolders) for (const dir of this.#work.dirs) this.#makeFolder(dir);
  }

  #makeFolder(path: string): void {
    if (!this.#work.makesFolders || this.#made.has(path)) return;
    this.#made.add(path);
    ignoring('EEXIST', () => this.#files.mkdir(path, FOLDER_MODE));
  }

  #enableVerity(path: string): void {
    if (this.#verity === false) return;
    const from = process.hrtime.bigint();
    const fd = this.#files.open(path, constants.O_RDONLY);
    try {
      this.#verity = this.#files.enableVerity(fd);
    } finally {
      this.#files.close(fd);
    }
    this.#enablingNs += Number(process.hrtime.bigint() - from);
    this.#enabledCount++;
  }

  facts(): Ingested {
    const [verity, objectCount] = [this.#verity, this.#enabledCount];
    const enabling = { ns: this.#enablingNs, callCount: ENABLING_CALLS * objectCount, objectCount };
    return { verity, enabling: verity === true ? enabling : null };
  }

  put(
    path: string,
    temporary: string,
    { digest }: ImageObject,
    each: (take: (piece: Uint8Array) => void) => void,
  ): void {
    this.#makeFolder(dirname(path));
    const fd = this.#files.open(temporary, NEW, OBJECT_MODE);
    const hasher = this.#work.digests === 'trusted' ? null : new VerityHasher();
    try {
      try {
        each((piece) => {
          hasher?.update(piece);
          this.#files.write(fd, piece);
        });
      } finally {
        this.#files.close(fd);
      }
      if (hasher !== null && hasher.digest() !== digest) throw wrongDigest(path);
      if (this.#work.digests === 'digested') this.#enableVerity(temporary);
      this.#files.rename(temporary, path);
    } catch (error) {
      this.#files.unlink(temporary);
      throw error;
    }
  }
}

export const ingestStepwise = (files: Files, work: IngestWork): Ingested => {
  const ingest = new StepwiseIngest(files, work);
  ingest.makeDirs();
  const pack = new PackReader(work.packPath, files);
  try {
    for (const [i, object] of work.objects.entries()) {
      const dir = folderOf(object.digest, work.dirs);
      const path = `${dir}/${objectPath(object.digest)}`;
      if (files.exists(path)) continue;
      ingest.put(path, `${dir}/.new`, object, (take) => pack.each(work.offsets[i]!, object.sizeBytes, take));
    }
  } finally {
    pack.close();
  }
  return ingest.facts();
};

interface Sweep {
  kept: number;
  removed: number;
}

/** Null: an empty store has no object folder before its first ingest. */
const namesOf = (files: Files, dir: string, mayBeAbsent: boolean): readonly string[] | null => {
  try {
    return files.names(dir);
  } catch (error) {
    if (mayBeAbsent && error instanceof SysError && error.code === 'ENOENT') return null;
    throw error;
  }
};

const sweepOne = (
  files: Files,
  dir: string,
  { live, removesFolders }: { readonly live: ReadonlySet<string>; readonly removesFolders: boolean },
  sweep: Sweep,
): void => {
  const removeFolder = (path: string): void => {
    if (removesFolders) ignoring('ENOTEMPTY', () => files.rmdir(path));
  };
  const fans = namesOf(files, dir, removesFolders);
  if (fans === null) return;
  for (const fan of fans) {
    if (!/^[0-9a-f]{2}$/.test(fan)) continue;
    for (const rest of files.names(`${dir}/${fan}`)) {
      const path = `${fan}/${rest}`;
      const isKept = live.has(path);
      sweep[isKept ? 'kept' : 'removed']++;
      if (!isKept) files.unlink(`${dir}/${path}`);
    }
    removeFolder(`${dir}/${fan}`);
  }
  removeFolder(dir);
};

export const collectStepwise = (files: Files, { dirs, keep, removesFolders }: CollectWork): CollectFacts => {
  const from = process.hrtime.bigint();
  const live = new Set<string>();
  for (const manifest of keep)
    for (const path of objectPaths(typeof manifest === 'string' ? readFileSync(manifest) : manifest))
      live.add(path);
  const marked = process.hrtime.bigint();
  const sweep: Sweep = { kept: 0, removed: 0 };
  for (const dir of dirs) sweepOne(files, dir, { live, removesFolders }, sweep);
  return {
    markNs: Number(marked - from),
    sweepNs: Number(process.hrtime.bigint() - marked),
    liveCount: live.size,
    liveBytes: live.size * DIGEST_BYTES,
    keptCount: sweep.kept,
    removedCount: sweep.removed,
  };
};
