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

/** Images that are alive at the same time: a common base and a layer of its own for each, or the tagged images of one layout. */
export interface SourceFamily {
  /** Number of members. The image with this family is member 0. */
  readonly count: number;
  /** The image on which all members are built, null if they have no declared one. Closed with the family. */
  readonly base: SourceImage | null;
  /** Mean part of a member beside the base. */
  readonly added: { readonly objectCount: number; readonly objectBytes: number };
  /** One member, as opened alone. The caller closes it. */
  open(index: number): Promise<SourceImage>;
  readonly part: OpenPart;
}

/** The part of one member beside the base; without a base it is the whole member. */
export interface MemberPart {
  readonly name: string;
  /** Opens this member alone. */
  readonly source: string;
  readonly contents: 'real' | 'synthetic';
  /** Its own layers, bottom first. */
  readonly layers: readonly Tree[];
  content(layer: Tree, index: number): ContentRef;
  /** The whole tree, given its own layers with their true objects, in the order of `layers`. */
  whole(layers: readonly Tree[]): Tree;
  /** Closes files. */
  close(): Promise<void>;
}

/** Opens parts of members in any thread, one at a time. `base`: the base's tree with its true objects. */
export type OpenPart = (index: number, base: Tree | null) => Promise<MemberPart>;

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
  /** Present if this image stands for several. */
  readonly family?: SourceFamily;
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
  /** The mark on its root hides all layers below. */
  readonly hidesBelow: boolean;
  readonly tree: Tree;
}

/** Name of the folder that holds the image's tree as plain files. */
export const plainFolder = ({ manifestDigest }: Pick<Image, 'manifestDigest'>): string =>
  `plain-${manifestDigest}`;

/** A prepared member of a family as plain data, which can be sent to another thread. */
export interface FamilyMember {
  readonly name: string;
  /** Opens this member alone, as on the command line. */
  readonly source: string;
  readonly contents: 'real' | 'synthetic';
  /** A folder of its own. */
  readonly dir: string;
  /** Local file with the composefs image. */
  readonly manifestPath: string;
  readonly manifestDigest: string;
  readonly imageVersion: 0 | 1;
  /** Sum of the sizes of its distinct objects. */
  readonly objectBytes: number;
  /** Bottom first; those of the base are the same files for every member. */
  readonly layers: readonly Omit<Layer, 'tree'>[];
  readonly notUnpackable: string | null;
}

/** The members of a family, prepared. */
export interface Family {
  readonly members: readonly FamilyMember[];
  /** Null if the members have none. */
  readonly base: Image | null;
  /** Folder of a full store that has the objects of all members and no others. */
  readonly storeDir: string;
  /**
   * One member as an image. Its manifest and tree are read from the file on access, and kept only while something else refers to
   * them.
   */
  image(index: number): Image;
}

/** The members of an image that stands for several; else none. */
export const membersOf = ({ family }: Pick<Image, 'family'>): readonly Image[] =>
  family === undefined ? [] : family.members.map((_, index) => family.image(index));

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
  /** Local file with the same bytes. Absent: they are in memory only. */
  readonly manifestPath?: string;
  /** The manifest without the whiteouts that hide the object store's folders, for a mount without a store. */
  bareManifest(): Uint8Array;
  readonly imageVersion: 0 | 1;
  readonly manifestDigest: string;
  readonly describedDigest: string;
  /** Folder for what backends make of the image once. */
  readonly dir: string;
  /** Uncompressed local file with the contents of all objects. Ingest reads it. */
  readonly packPath: string;
  /** Byte offset of each object in the pack, in the order of `objects`. */
  readonly packOffsets: readonly number[];
  /** The reason why the layers cannot be unpacked or cannot show this tree (it contains whiteouts or trusted.overlay.*), or null. */
  readonly notUnpackable: string | null;
  /** Of a family's member: the image whose contents are in transport form already, so that the member's form leaves them out. */
  readonly base?: Image;
  /** Present if this image stands for several: it is member 0. */
  readonly family?: Family;
}
