// Attacks on images and levels of protection, as tables name them.

interface AttackWords {
  readonly id: string;
  /** Short: the head of a row. */
  readonly label: string;
  readonly what: string;
  /** The same change where digests are computed. */
  readonly computed?: string;
}

/** Rows, in reading order. */
export const ATTACKS: readonly AttackWords[] = [
  {
    id: 'written',
    label: 'byte of a file',
    what: 'a byte of a file is changed in place',
    computed: 'content',
  },
  { id: 'exchanged', label: 'object replaced', what: 'an object is replaced by other contents' },
  {
    id: 'sealed',
    label: 'object replaced, sealed',
    what: 'an object is replaced by other contents that have fs-verity, too',
  },
  {
    id: 'replaced',
    label: 'redirect swapped',
    what: 'the manifest redirects a file to another object',
    computed: 'replaced',
  },
  {
    id: 'redigested',
    label: 'redirect and its digest',
    what: 'the manifest redirects a file to another object and has the digest of that object',
    computed: 'redigested',
  },
  { id: 'mode', label: 'set-user-id bit', what: 'a mode gets the set-user-id bit', computed: 'mode' },
  { id: 'owner', label: 'owner', what: 'a file gets another owner', computed: 'owner' },
  {
    id: 'attribute',
    label: 'extended attribute',
    what: 'a file gets an extended attribute',
    computed: 'attribute',
  },
  { id: 'rename', label: 'name', what: 'a file gets another name', computed: 'rename' },
  { id: 'added', label: 'file added', what: 'the image gets a further file', computed: 'added' },
  { id: 'removed', label: 'file removed', what: 'the image loses a file', computed: 'removed' },
  { id: 'truncated', label: 'cut off', what: 'the manifest, or the image, is cut in half' },
  {
    id: 'forged',
    label: 'forged as a whole',
    what: 'a changed manifest or image has digests of its own, all of them right: fs-verity, hash tree or signature',
  },
  { id: 'rollback', label: 'older version', what: 'an older manifest or image, right when it was made' },
  {
    id: 'device',
    label: 'byte of the device',
    what: 'a byte is changed on the device below the file system',
  },
];

export interface LevelWords {
  readonly id: string;
  readonly title: string;
  /** Who checks what, one sentence. */
  readonly by: string;
  /** The scenario computes which digests would differ; nothing refuses the change. */
  readonly isComputed?: true;
}

export const LEVELS: readonly LevelWords[] = [
  { id: 'nothing', title: 'nothing', by: 'Nobody checks anything.' },
  {
    id: 'files',
    title: 'fs-verity of objects',
    by: 'The kernel refuses to change an object, and to read one that was changed below it.',
  },
  {
    id: 'reference',
    title: 'fs-verity, objects by digest',
    by: 'As before, and each object that is opened must have the digest that the manifest has for it, which overlayfs (verity=require) or the FUSE server compares.',
  },
  {
    id: 'manifest',
    title: 'fs-verity, manifest by digest',
    by: 'As before, and the manifest is mounted only if the kernel enforces the expected digest for it; the program that mounts compares.',
  },
  { id: 'device', title: 'dm-verity', by: 'The kernel refuses to read a changed block of the image.' },
  {
    id: 'signature',
    title: 'signature, at pull',
    by: 'User space alone: a client checks signature and digests of what it fetches, once; nothing is checked afterwards.',
  },
];

/** By the level that a kernel would enforce. */
export const COMPUTED: readonly (LevelWords & { readonly of: string; readonly metric: string })[] = [
  {
    id: 'files-computed',
    of: 'files',
    metric: 'File',
    title: 'digests of files, computed',
    by: 'User space computes the digest of each file, as fs-verity does; nothing refuses a file.',
    isComputed: true,
  },
  {
    id: 'reference-computed',
    of: 'reference',
    metric: 'Reference',
    title: 'digests in the manifest, computed',
    by: 'User space compares each object with the digest that the manifest has for it; nothing refuses it.',
    isComputed: true,
  },
  {
    id: 'manifest-computed',
    of: 'manifest',
    metric: 'Manifest',
    title: 'digest of the manifest, computed',
    by: 'User space computes the digest of the manifest, as cfsbench image verify does; nothing refuses it.',
    isComputed: true,
  },
];

export type RefusedAt = 'pull' | 'change' | 'mount' | 'open' | 'read';

/** Ends of metrics of attacks. */
export const ENDINGS: Readonly<Record<string, RefusedAt | 'served' | 'unseen'>> = {
  AtPull: 'pull',
  AtChange: 'change',
  AtMount: 'mount',
  AtOpen: 'open',
  AtRead: 'read',
  Served: 'served',
  Unseen: 'unseen',
};

/** One of the metrics that say where an attack ended: the table of attacks shows them. */
export const isEnding = (metric: string): boolean =>
  ATTACKS.some(({ id }) => Object.keys(ENDINGS).some((ending) => metric === `${id}${ending}Count`));
