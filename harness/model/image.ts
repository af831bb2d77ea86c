// An image as its source gives it, and as the harness uses it.
import type { ByteString } from './bytes.ts';
import type { Tree } from './tree.ts';

/** A file by path, or by an open descriptor. */
export type FilePlace = string | Buffer | number;

/** Where the bytes of one regular file come from. */
export type ContentRef =
  | { readonly kind: 'seed'; readonly seed: ByteString; readonly sizeBytes: number }
  | ({ readonly kind: 'file' } & FilePart);

/** Data of a sparse file: ascending, without overlaps, all else is zero. In the archive they lie one after another. */
export type Segments = readonly { readonly at: number; readonly bytes: number }[];

/** Bytes of a file. */
export interface FilePart {
  readonly file: FilePlace;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Absent: the part is stored whole. */
  readonly segments?: Segments;
}

/** The result of an image source. Trees may lack payloads and digests; the store computes them. */
export interface SourceImage {
  /** Short name for tables: printable ASCII. */
  readonly name: string;
  /** As typed on the command line. */
  readonly source: string;
  readonly contents: 'real' | 'synthetic';
  /** The flattened tree. */
  readonly tree: Tree;
  /**
   * Bottom first. A source without layers has one: the tree. In an upper layer a whiteout is a char device with rdev 0, and an
   * opaque directory has `trusted.overlay.opaque` = `y`. Hard links stay within a layer.
   */
  readonly layers: readonly Tree[];
  /** Only for regular files of size > 0 without inline content, in `tree` or in one of `layers`. */
  content(tree: Tree, index: number): ContentRef;
  /** Closes files. */
  close(): Promise<void>;
}

export interface ImageObject {
  /** fs-verity SHA-256, 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface Layer {
  /** SHA-256 of the uncompressed tar, 64 hex digits. Equal layers are unpacked once. */
  readonly id: string;
  /** Uncompressed local tar with whiteouts in overlayfs form. */
  readonly tarPath: string;
  readonly tarBytes: number;
  readonly tree: Tree;
}

/** Name of the folder that holds the image's tree as plain files. */
export const plainFolder = ({ manifestDigest }: Pick<Image, 'manifestDigest'>): string =>
  `plain-${manifestDigest}`;

/** An image whose objects, manifest and layer tars are on this machine. */
export interface Image {
  readonly name: string;
  readonly source: string;
  readonly contents: 'real' | 'synthetic';
  /** Flattened; payloads and digests are those of `objects`. */
  readonly tree: Tree;
  /** Distinct objects, sorted by digest. */
  readonly objects: readonly ImageObject[];
  readonly layers: readonly Layer[];
  /** The composefs image of `tree`. */
  readonly manifest: Uint8Array;
  /** The manifest without the whiteouts that hide the object store's folders, for a mount without a store. */
  bareManifest(): Uint8Array;
  readonly imageVersion: 0 | 1;
  readonly manifestDigest: string;
  readonly describedDigest: string;
  /** Uncompressed local file with the contents of all objects. Ingest reads it. */
  readonly packPath: string;
  /** Byte offset of each object in the pack, in the order of `objects`. */
  readonly packOffsets: readonly number[];
  /** The reason why unpacked layers cannot show this tree (it contains whiteouts or trusted.overlay.*), or null. */
  readonly notUnpackable: string | null;
}
