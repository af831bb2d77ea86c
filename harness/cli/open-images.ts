// The images of a run, opened; those whose owners this user namespace does not map, or whose paths are too long, are skipped.
import { skippedSubject } from '../../results/not-measured.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { SourceImage } from '../model/image.ts';
import { sizeOf } from '../model/image-size.ts';
import { S_IFMT, S_IFREG } from '../model/tree.ts';
import { tooLongPath } from '../runner/longest-path.ts';
import { foreignOwner } from '../runner/owners.ts';
import { type IdMap, readIdMap } from '../sys/id-map.ts';
import type { ImageSelection } from './options.ts';
import { formatBytes } from './size.ts';
import { openAnySource } from './sources.ts';
import type { NeededSpace } from './work-folder.ts';

const NEED = 'owners that are mapped here';
const SHORT_PATHS = 'paths short enough for a system call';
const MORE_IDS =
  'run as root, or as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER';
/** Every entry belongs to user 0, which every user namespace maps. */
const ROOT_OWNED_IMAGE = 'synthetic:files=800,layers=3,seed=1';
/** The pack, the tree as plain files, and the objects of one slot. */
const TREE_COPIES = 3;
/** Objects, layer tars, unpacked layers, and those of one slot: they have files that upper layers hide, too. */
const LAYER_COPIES = 4;
const COPIES = TREE_COPIES + LAYER_COPIES;
const INODE_BYTES = 4096;
const MANIFEST_ENTRY_BYTES = 256;
/** Packs and tars have no inodes of their own. */
const TREE_INODE_COPIES = TREE_COPIES - 1;
const LAYER_INODE_COPIES = LAYER_COPIES - 1;
const INODE_COPIES = TREE_INODE_COPIES + LAYER_INODE_COPIES;

interface MappedImages {
  readonly usable: readonly SourceImage[];
  readonly skipped: RunFile['skipped'];
}

const mappedImages = (
  sources: readonly SourceImage[],
  workFolder: string,
  ids: IdMap = readIdMap(),
): MappedImages => {
  const usable: SourceImage[] = [];
  const skipped: RunFile['skipped'][number][] = [];
  for (const source of sources) {
    const owner = foreignOwner(source, ids);
    const path = owner === null ? tooLongPath(source, workFolder) : null;
    if (owner !== null) skipped.push({ kind: 'image', image: source.name, need: NEED, reason: owner });
    else if (path !== null)
      skipped.push({ kind: 'image', image: source.name, need: SHORT_PATHS, reason: path });
    else usable.push(source);
  }
  return { usable, skipped };
};

const noneMapped = (skipped: RunFile['skipped']): UserError =>
  new UserError('none of the chosen images can be mounted here', {
    exit: 4,
    facts: skipped.map((one) => `${skippedSubject(one)}: ${one.reason}`),
    hint: `${skipped.some(({ need }) => need === NEED) ? `${MORE_IDS}; or ` : ''}--images ${ROOT_OWNED_IMAGE}`,
  });

export interface OpenImages {
  /** The images of the command line or of the profile. */
  ofRun(selection: ImageSelection): Promise<MappedImages>;
  /** Images that scenarios name themselves. */
  ofScenarios(specs: readonly string[]): Promise<MappedImages>;
  close(): Promise<void>;
}

/** `onOpen` is called before an image is read, which takes minutes for a large folder. */
export const openImages = (spoolDir: string, onOpen: (spec: string) => void): OpenImages => {
  const sources: SourceImage[] = [];
  const open = async (spec: string): Promise<SourceImage> => {
    const known = sources.find(({ source }) => source === spec);
    if (known !== undefined) return known;
    onOpen(spec);
    const source = await openAnySource(spec, spoolDir);
    const isTaken = sources.some(({ name }) => name === source.name);
    sources.push(source);
    if (isTaken)
      throw new UserError(`two images have the name ${source.name}`, {
        facts: [spec],
        hint: 'rename the file or folder of one of them',
      });
    return source;
  };
  const openAll = async (specs: readonly string[]): Promise<readonly SourceImage[]> => {
    const opened: SourceImage[] = [];
    for (const spec of specs) opened.push(await open(spec));
    return opened;
  };
  return {
    async ofRun({ specs, isTyped }) {
      const mapped = mappedImages(await openAll(specs), spoolDir);
      if (mapped.usable.length > 0) return mapped;
      if (isTyped) throw noneMapped(mapped.skipped);
      return { usable: [await open(ROOT_OWNED_IMAGE)], skipped: mapped.skipped };
    },
    ofScenarios: async (specs) => mappedImages(await openAll(specs), spoolDir),
    async close() {
      for (const source of sources) await source.close();
    },
  };
};

/** `/var/lib/disk of dir:/srv, 1.1 TB`; null without files. */
const largestFile = (sources: readonly SourceImage[]): string | null => {
  let largest: { readonly text: () => string; readonly sizeBytes: bigint } | null = null;
  for (const { tree, layers, source } of sources)
    for (const part of new Set([tree, ...layers]))
      for (let index = 0; index < part.count; index++) {
        const { mode, size } = part.entry(index);
        if ((mode & S_IFMT) !== S_IFREG || size <= (largest?.sizeBytes ?? 0n)) continue;
        const text = () => `${show(part.path(index))} of ${source}, ${formatBytes(Number(size))}`;
        largest = { text, sizeBytes: size };
      }
  return largest === null ? null : largest.text();
};

/** Space in the work folder for all images of a run, estimated. */
export const neededSpace = (sources: readonly SourceImage[]): NeededSpace => {
  let [bytes, inodes] = [0, 0];
  for (const source of sources) {
    const { objectBytes, entryCount, further } = sizeOf(source);
    bytes += TREE_COPIES * (objectBytes + entryCount * INODE_BYTES);
    inodes += TREE_INODE_COPIES * entryCount;
    for (const layer of source.layers) {
      const inLayer = sizeOf({ tree: layer });
      bytes += LAYER_COPIES * (inLayer.objectBytes + inLayer.entryCount * INODE_BYTES);
      inodes += LAYER_INODE_COPIES * inLayer.entryCount;
    }
    if (further === undefined) continue;
    bytes += COPIES * further.objectBytes + further.imageCount * entryCount * MANIFEST_ENTRY_BYTES;
    inodes += INODE_COPIES * further.objectCount;
  }
  return { bytes, inodes, largestFile: () => largestFile(sources) };
};
