// Facts about an image for run.json.
import type { ImageInfo } from '../../results/schema/run.ts';
import type { Image } from '../model/image.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../model/tree.ts';
import { publishedArgument } from './published-path.ts';

export const describeImage = (image: Image, treeDigest: string): ImageInfo => {
  const counts = { fileCount: 0, directoryCount: 0, symlinkCount: 0 };
  let fileBytes = 0;
  for (let index = 0; index < image.tree.count; index++) {
    const entry = image.tree.entry(index);
    const type = entry.mode & S_IFMT;
    if (type === S_IFREG) counts.fileCount++;
    else if (type === S_IFDIR) counts.directoryCount++;
    else if (type === S_IFLNK) counts.symlinkCount++;
    if (type === S_IFREG && entry.link === null) fileBytes += Number(entry.size);
  }
  return {
    name: image.name,
    source: publishedArgument(image.source, process.cwd()),
    contents: image.contents,
    entryCount: image.tree.count,
    ...counts,
    layerCount: image.layers.length,
    fileBytes,
    objectCount: image.objects.length,
    objectBytes: image.objects.reduce((sum, object) => sum + object.sizeBytes, 0),
    manifestBytes: image.manifest.length,
    imageVersion: image.imageVersion,
    describedDigest: image.describedDigest,
    manifestDigest: image.manifestDigest,
    treeDigest,
  };
};
