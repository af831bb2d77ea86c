// How an image becomes a mount. A backend reads no clock; each method of `Prepared`, `Created` and `Mounted` is one phase.
import type { Phase } from '../../results/schema/run.ts';
import type { CollectFacts, Ingested, IngestHow } from './files.ts';
import type { Image } from './image.ts';
import type { Machine, Need } from './machine.ts';
import type { WeakerProtection } from './protection.ts';

/** The local part of the image before and after a life: nothing, every file, or the image set up. */
export type Local = 'nothing' | 'files' | 'image';

/** The store of one slot. An `empty` store starts with nothing; a `full` store holds every object and keeps them. */
export interface Store {
  readonly state: 'empty' | 'full';
  /** Folders of objects, each with `ab/cdef…` below. New objects go to the first. */
  readonly objectDirs: readonly string[];
  /** Folder of unpacked layers: one folder per layer, named by its id. */
  readonly layerDir: string;
  /**
   * Several images of the slot are alive in it: destroy leaves shareable parts (unpacked layers, files of a link store), and collect
   * removes the unused ones.
   */
  readonly isShared?: boolean;
  /** Writes the image's missing objects, and the folders of an empty store. */
  ingest(image: Image, how?: IngestHow): void;
  /** Facts about the last ingest. */
  ingested(): Ingested;
  /**
   * Unlinks every object that no image of `keep` references; reads the manifests of `keep` again. Also removes the folders of an
   * empty store if `keep` is empty.
   */
  collect(keep: readonly Image[]): void;
  /** Facts about the last collect; null before. */
  collected(): CollectFacts | null;
}

export interface Backend {
  readonly id: string;
  readonly title: string;
  /** One sentence for the report. */
  readonly how: string;
  /** Phases without work of their own. */
  readonly idle: readonly Phase[];
  /** `create` makes a file, link or block for each file of the image instead of one manifest, so a life takes long. */
  readonly createsFiles?: boolean;
  /** Variants only: the objection that this variant answers, one sentence. */
  readonly answers?: string;
  readonly needs: readonly Need[];
  /** Programs that a mount starts, besides cfs-fuse. They run once before a cold window, so that it does not read them from disk. */
  readonly starts?: readonly string[];
  /** The scope of the proof. `merged-inodes`: everything except hard links, because equal files share one inode. */
  readonly shows: 'contents' | 'metadata' | 'merged-inodes';
  /** An mtime is not the image's. The proof says so. */
  readonly losesTimes?: boolean;
  /** Empty directories that the mount has if the image does not. The proof lists and ignores them. */
  readonly adds?: readonly string[];
  /** Extended attributes that regular files have beside those of the image. The proof lists and ignores them. */
  readonly marks?: readonly string[];
  /** Prefixes of extended attributes that the mount is known to hide. The proof lists them and ignores them. */
  readonly hides?: readonly string[];
  /** Option name to its allowed values, the default first. An empty list allows any text. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Throws a UserError for bad values of options that allow any text, such as a missing path. */
  checkOptions?(options: Readonly<Record<string, string>>): void;
  /** Untimed. Throws a UserError with code `skip` if this image cannot be mounted on this machine. */
  prepare(image: Image, machine: Machine, options: Readonly<Record<string, string>>): Promise<Prepared>;
}

/** True for backends without objects: create unpacks or writes the files. */
export const hasNoIngest = ({ idle }: Pick<Backend, 'idle'>): boolean => idle.includes('ingest');

/** A file or a folder with everything below it. `reads`: whether the contents of this file are read; of the others only the inode is. */
export type ReadSource = string | { readonly path: string; readonly reads?: (path: string) => boolean };

export interface Prepared {
  /** Throws with code `skip` if `how` is `digested` and the backend has no contents to digest. */
  ingest(store: Store, how?: IngestHow): Promise<void>;
  /** `dir` is a fresh empty folder for the results of create. `how` applies to contents that arrive with create. */
  create(store: Store, dir: string, how?: IngestHow): Promise<Created>;
  /** Null: the backend does not tell what it marked and listed. */
  collect(store: Store, keep: readonly Image[]): Promise<CollectFacts | null>;
  /** Number of files that an image needs of those that collect lists. Absent: collect does not tell, or lists none. */
  storedCount?(image: Image): number;
  /**
   * What ingest and create read with this store: all contents of an empty store, and the archives or trees from which create makes
   * files. Absent: the image's pack, for an empty store. Warm scenarios have it in memory.
   */
  sources?(store: Store): readonly ReadSource[];
  /** A folder on a file system that the backend made for the files of `create`. Synced together with the work file system. */
  readonly ownFileSystem?: string;
  /** Space in use on that file system, outside the folders of the slot. */
  outside?(): { readonly bytes: number; readonly inodeCount: number };
  /** Called once at the end of the slot: closes what `prepare` opened. Untimed. */
  close?(): Promise<void>;
  /** The same with weaker protection, for scenarios that attack the image. Absent: there is none. */
  weakened?(protection: WeakerProtection): Prepared;
  /**
   * Gives a file that was changed after create the protection that create gave it, as a forger would: valid in itself, with another digest.
   * False: this machine cannot. Absent: create gives none.
   */
  reseal?(file: string): Promise<boolean>;
}

/** Two empty folders on the work file system for the writes of a container. */
export interface Writable {
  readonly upper: string;
  readonly work: string;
  /** Mount a separate overlay over the mounted image, as tools do that know only a mount point. Else the backend's best form. */
  readonly over?: boolean;
}

export interface Created {
  /** With `writable`: a mount for a container, one overlay if the backend is an overlay. Throws with code `skip` if unsupported. */
  mount(at: string, writable?: Writable): Promise<Mounted>;
  destroy(): Promise<void>;
}

/** The resource that a mount holds, and the check whether it is free again. */
export type Held =
  | {
      readonly kind: 'checked';
      /** Name of the resource, such as `a write lease on the manifest`. */
      readonly of: string;
      /**
       * Called before the unmount. Returns the check, which is called once, right after the unmount: true if the resource is free,
       * null if the kernel does not tell.
       */
      watch(): () => boolean | null;
    }
  | { readonly kind: 'unchecked'; readonly why: string };

export interface Mounted {
  readonly root: string;
  readonly fsType: string;
  /** Process ids of the servers behind the mount. */
  readonly servers: readonly number[];
  readonly took: Readonly<Record<string, string>>;
  /** Loop devices below the mount. Each has a page cache of its own. */
  readonly devices?: readonly string[];
  /** Files outside the image's own folder from which the kernel reads all contents. Each has a page cache of its own. */
  readonly backing?: readonly string[];
  /** Checked outside every window. */
  readonly held: Held;
  unmount(): Promise<void>;
  /** Waits until the resources are free; throws with code `timeout`. */
  settle(): Promise<void>;
  /** After a failure: unmounts lazily and closes servers. Never throws. */
  detach(): void;
}
