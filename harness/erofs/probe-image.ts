// The image with which the features of a machine are tried: a root, and one small file that carries the digest of its contents.
import { createHash } from 'node:crypto';
import { newTreeBuilder } from '../model/columns.ts';
import { DIGEST_KEY, digestValue } from '../model/inode-digests.ts';
import { PLAIN_DIRECTORY, S_IFREG } from '../model/tree.ts';
import { imageBytes } from './writer.ts';

const CONTENT = 'cfsbench\n';

export const probeImage = (): Uint8Array => {
  const builder = newTreeBuilder();
  const root = builder.add(-1, '', PLAIN_DIRECTORY);
  builder.add(root, 'file', {
    ...PLAIN_DIRECTORY,
    mode: S_IFREG | 0o644,
    nlink: 1,
    size: BigInt(CONTENT.length),
    content: CONTENT,
    xattrs: [[DIGEST_KEY, digestValue(createHash('sha256').update(CONTENT).digest())]],
  });
  return imageBytes(builder.finish(), { hidesStore: false });
};
