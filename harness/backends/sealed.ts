// Images whose objects and manifest have fs-verity: the kernel verifies every page that is read, and says which digest it enforces.
//
// Needs:   fs-verity on the work file system.
// Does:    ingest: digests each object and enables fs-verity before it gets its name. create: enables fs-verity for the manifest. mount: opens
//          the manifest, asks the kernel for its digest and refuses another than the image's; the opened file is mounted.
// Cost:    a Merkle tree beside each object; a store of its own beside the image's pack, since objects of the run's store have none.
// Leaves:  that store in the work folder.
// Source:  Documentation/filesystems/fsverity.rst.
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Prepared, Store } from '../model/backend.ts';
import type { CallList, CallText, Fd } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { IngestHow, Machine } from '../model/machine.ts';
import type { WeakerProtection } from '../model/protection.ts';
import { ensureFolder } from '../store/folders.ts';
import { createStore } from '../store/store.ts';

const MANIFEST = 'image.cfs';
const STORE = 'verity-store';

const withFile = <T>({ files }: Machine, path: string, use: (fd: number) => T): T => {
  const fd = files.open(path, constants.O_RDONLY);
  try {
    return use(fd);
  } finally {
    files.close(fd);
  }
};

const seal = (machine: Machine, path: string): void =>
  machine.calls((list) => {
    const fd = list.open(path, constants.O_RDONLY);
    list.enableVerity(fd, path);
    list.close(fd);
  });

interface VerifiedFile {
  /** Leads to the open file, whatever has its name by now. */
  readonly path: CallText;
  readonly fd: Fd;
}

/** Adds the calls to a list, which fails with code `wrong-digest` if the kernel enforces another digest for the file, or none. */
export const openVerified = (list: CallList, path: string, digest: string): VerifiedFile => {
  const fd = list.open(path, constants.O_RDONLY);
  list.expectVerity(fd, path, digest);
  return { path: ['/proc/self/fd/', typeof fd === 'number' ? String(fd) : fd], fd };
};

const ingestSealed = (store: Store, image: Image, how: IngestHow | undefined): void => {
  if (how === 'trusted' || how === 'compared')
    throw new UserError('objects get fs-verity when their digests are computed', { code: 'skip' });
  store.ingest(image, 'digested');
  if (store.ingested().verity === false)
    throw new UserError('fs-verity cannot be enabled', {
      code: 'no-verity',
      exit: 4,
      facts: store.objectDirs.slice(0, 1),
    });
};

/** The same backend with fewer checks, by the checks that its mounts make. */
export type Unsealed = Readonly<Record<WeakerProtection | 'manifest', Prepared>>;

/** A full store is replaced by one whose objects have fs-verity. */
export const sealedLifecycle = (image: Image, machine: Machine, unsealed: Unsealed): Prepared => {
  const dir = join(dirname(image.packPath), STORE);
  ensureFolder(dir);
  const full = createStore({ state: 'full', dir, files: machine.files });
  ingestSealed(full, image, 'digested');
  const storeFor = (store: Store): Store =>
    store.state === 'full' ? { ...store, objectDirs: full.objectDirs, ingested: full.ingested } : store;
  const sealed = (prepared: Prepared): Prepared => ({
    ...prepared,
    async ingest(store, how) {
      if (store.state === 'full') ingestSealed(full, image, 'digested');
      else ingestSealed(store, image, how);
    },
    async create(store, at) {
      const created = await prepared.create(storeFor(store), at);
      seal(machine, join(at, MANIFEST));
      return created;
    },
    async collect(store, keep) {
      if (store.state !== 'full') {
        store.collect(keep);
        return store.collected();
      }
      full.collect(keep.includes(image) ? keep : [...keep, image]);
      return full.collected();
    },
    async reseal(file) {
      return withFile(machine, file, (fd) => machine.files.enableVerity(fd));
    },
  });
  return { ...sealed(unsealed.manifest), weakened: (protection) => sealed(unsealed[protection]) };
};
