// File system calls of the machine. Failures throw SysError.
import type { ByteString } from './bytes.ts';
import type { ImageObject } from './image.ts';

/** Direct system calls, synchronous. */
export interface Files {
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  exists(path: string): boolean;
  /** Number of the file system that holds the path: st_dev. */
  deviceOf(path: string): number;
  open(path: string, flags: number, mode?: number): number;
  close(fd: number): void;
  /** Fills `into` from `offset`. Returns the number of bytes read, fewer only at the end of the file. */
  pread(fd: number, into: Uint8Array, offset: number): number;
  /** Writes all of `bytes`. */
  write(fd: number, bytes: Uint8Array): void;
  /** O_CREAT|O_EXCL, one write(2), close. */
  writeNew(path: string, bytes: Uint8Array): void;
  /** Names without `.` and `..`, in directory order, ASCII names only. */
  names(path: string): string[];
  /** Flushes the file system that holds `path`. */
  syncfs(path: string): void;
  /** Whether the kernel grants a write lease on the file, i.e. no other descriptor refers to it. */
  leaseFree(path: string): boolean;
  /** FS_IOC_ENABLE_VERITY of a file that is open for reading; false if the file system does not support it. */
  enableVerity(fd: number): boolean;
  /** FS_IOC_MEASURE_VERITY: the digest that the kernel enforces, 64 hex digits; null: none. */
  measureVerity(fd: number): string | null;
  /** lsetxattr: an extended attribute of a path that need not be text. */
  setXattr(path: Uint8Array, key: ByteString, value: ByteString): void;
  /** Operations on many files in one window; null if the library is not built. */
  readonly batch: BatchFiles | null;
}

/** Operations whose number of calls depends on the files that exist, so that no call list can hold them. */
export interface BatchFiles {
  /** The process provides SHA-256. */
  readonly canDigest: boolean;
  ingest(work: IngestWork): Ingested;
  collect(work: CollectWork): CollectFacts;
  /** True if these folders have all files of these names, 32 bytes each. Checks them in order up to the first that is missing. */
  hasLinks(dirs: readonly string[], names: Uint8Array): boolean;
  /** Removes files from folders of files named by 64 hex digits. Removes a folder with its last file. */
  collectLinkStore(work: LinkStoreWork): CollectFacts;
  /** Removes a tree with everything in it. */
  removeTree(path: string): void;
  makeTree(work: MakeTreeWork): void;
}

export interface IngestWork {
  readonly packPath: string;
  /** The first digit of an object's name selects the folder. */
  readonly dirs: readonly string[];
  readonly objects: readonly ImageObject[];
  readonly offsets: readonly number[];
  /** Make the object folders, and each `ab` before its first object. */
  readonly makesFolders: boolean;
  readonly digests: IngestHow;
}

/**
 * `trusted`: contents are not checked. `digested`: their digests are computed and compared with their names, and each object gets
 * fs-verity if the file system has it. `compared`: the same without fs-verity.
 */
export type IngestHow = 'trusted' | 'digested' | 'compared';

export interface Ingested {
  /** Whether fs-verity was enabled for each object; null if that was not asked for, or nothing was missing. */
  readonly verity: boolean | null;
  /** Time of enabling, a part of the ingest; null: it was not enabled. */
  readonly enabling: EnablingFacts | null;
}

interface EnablingFacts {
  readonly ns: number;
  readonly callCount: number;
  readonly objectCount: number;
}

interface MakeTreeWork {
  /** The first digit of a file's name selects the folder. */
  readonly linkStores: readonly string[];
  /** The entries of the tree, as struct timed_node. */
  readonly nodes: Uint8Array;
}

export interface CollectWork {
  readonly dirs: readonly string[];
  /** Manifests whose objects are kept, or paths of their files, which are mapped one at a time. */
  readonly keep: readonly (Uint8Array | string)[];
  /** Remove folders that became empty, including the object folders. */
  readonly removesFolders: boolean;
}

interface LinkStoreWork {
  readonly dirs: readonly string[];
  /** For each kept image the names of its files, 32 bytes each, which the window reads. Null: files with another name elsewhere are kept. */
  readonly keep: readonly Uint8Array[] | null;
}

/** Amounts and times of a collect. */
export interface CollectFacts {
  /** Reading all manifests, or the names of the files of all images. */
  readonly markNs: number;
  /** Listing and removing. */
  readonly sweepNs: number;
  /** Distinct kept objects that these name, and memory for their digests. */
  readonly liveCount: number;
  readonly liveBytes: number;
  /** Files that stay, and files removed. */
  readonly keptCount: number;
  readonly removedCount: number;
}
