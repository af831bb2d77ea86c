// How an image becomes a mount. A backend knows nothing of clocks; each method below `prepare` is one phase.
import type { Phase } from '../../results/schema/run.ts';
import type { Image } from './image.ts';
import type { Machine, Need } from './machine.ts';

/** What is here before a life begins, and after it: nothing of the image, every file of it, or the image set up. */
export type Local = 'nothing' | 'files' | 'image';

/** The local store of one slot: `empty` ones start with nothing, `full` ones hold every object and keep them. */
export interface Store {
  readonly state: 'empty' | 'full';
  /** Folders of objects, `ab/cdef…` below each; the first one is written to. */
  readonly objectDirs: readonly string[];
  /** Folder of unpacked layers, one folder each, named by layer id. */
  readonly layerDir: string;
  /** Writes the objects of an image that are not there yet, and the folders of an empty store. */
  ingest(image: Image, how?: IngestHow): void;
  /** What the last ingest found. */
  ingested(): Ingested;
  /**
   * Unlinks every object that no image of `keep` references; the manifests of `keep` are read again. An empty store that keeps
   * nothing loses its folders, too.
   */
  collect(keep: readonly Image[]): void;
}

/** `trusted`: contents are taken for what they are named. `digested`: their digests are computed and compared. */
export type IngestHow = 'trusted' | 'digested';

export interface Ingested {
  /** Whether fs-verity was enabled for each object; null where it was not asked for. */
  readonly verity: boolean | null;
}

export interface Backend {
  readonly id: string;
  readonly title: string;
  /** One sentence for readers. */
  readonly how: string;
  /** Phases in which there is nothing to do: their work is part of others. */
  readonly idle: readonly Phase[];
  /** `create` makes a file, link or block for each file of the image, instead of writing one manifest: a life takes long. */
  readonly createsFiles?: boolean;
  /** The objection that this variant answers, one sentence; absent: one of the three that every scenario measures. */
  readonly answers?: string;
  readonly needs: readonly Need[];
  /** What its mount is proved to show; `merged-inodes`: all but which names are one inode, equal files being one. */
  readonly shows: 'contents' | 'metadata' | 'merged-inodes';
  /** Beginnings of the names of extended attributes that it is known not to show: its proof says which, and holds without them. */
  readonly hides?: readonly string[];
  /** Option name to its allowed values, the default first; none: any text. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Throws UserError for values that no list can hold: a path that is not there. */
  checkOptions?(options: Readonly<Record<string, string>>): void;
  /** Untimed. Throws UserError with code `skip` when this image cannot be shown here. */
  prepare(image: Image, machine: Machine, options: Readonly<Record<string, string>>): Promise<Prepared>;
}

/** No objects: what it has of an image is unpacked or written by create. */
export const hasNoIngest = ({ idle }: Pick<Backend, 'idle'>): boolean => idle.includes('ingest');

export interface Prepared {
  /** Throws with code `skip` where a backend has nothing that could be digested. */
  ingest(store: Store, how?: IngestHow): Promise<void>;
  /** `dir` is a fresh empty folder for what create leaves. Contents that arrive with create are digested if they are to be. */
  create(store: Store, dir: string, how?: IngestHow): Promise<Created>;
  collect(store: Store, keep: readonly Image[]): Promise<void>;
  /** A folder on a file system of the backend's own, where `create` makes files: it is synced whenever the work file system is. */
  readonly ownFileSystem?: string;
  /** What is in use on a file system of the backend's own, outside the folders that it was given. */
  outside?(): { readonly bytes: number; readonly inodeCount: number };
  /** Once, when the slot is over: ends what `prepare` started. Untimed. */
  close?(): Promise<void>;
}

/** Two empty folders on the work file system: what a container writes goes there. */
export interface Writable {
  readonly upper: string;
  readonly work: string;
  /** An overlay over the mounted image, as tools make it that know no more than a mount point; else the backend's best. */
  readonly over?: boolean;
}

export interface Created {
  /** With `writable`, at its best for a container: one overlay where the backend is one. Throws with code `skip` where it cannot. */
  mount(at: string, writable?: Writable): Promise<Mounted>;
  destroy(): Promise<void>;
}

/** What a mount holds while it is there, and how to ask whether it is free again. */
export type Held =
  | {
      readonly kind: 'checked';
      /** Such as `a write lease on the manifest`. */
      readonly of: string;
      /** Before the unmount. The question that it returns is asked once, right after: true where nothing is held, null where it cannot be told. */
      watch(): () => boolean | null;
    }
  | { readonly kind: 'unchecked'; readonly why: string };

export interface Mounted {
  readonly root: string;
  readonly fsType: string;
  /** Process ids of servers behind the mount. */
  readonly servers: readonly number[];
  readonly took: Readonly<Record<string, string>>;
  /** Loop devices that were made for it: they have a page cache of their own. */
  readonly devices?: readonly string[];
  /** Asked outside of every window; no backend can leave it out. */
  readonly held: Held;
  unmount(): Promise<void>;
  /** Waits until it is really gone; throws with code `timeout`. */
  settle(): Promise<void>;
  /** Best effort after a failure: lazy unmount, servers ended. Never throws. */
  detach(): void;
}
