// The image with which the features of a machine are tried: a root, and one small file that carries the digest of its contents.
import { newTreeBuilder } from '../model/columns.ts';
import { DIGEST_KEY, digestValue } from '../model/inode-digests.ts';
import { PLAIN_DIRECTORY, S_IFREG } from '../model/tree.ts';
import { imageBytes } from './writer.ts';

const CONTENT = 'cfsbench\n';
const CONTENT_SHA256 = '3628cb0ba3e08975b71ebd0fd6467750603f2066404f399020b709389955ba7b';

export const probeImage = (): Uint8Array => {
  const builder = newTreeBuilder();
  const root = builder.add(-1, '', PLAIN_DIRECTORY);
  builder.add(root, 'file', {
    ...PLAIN_DIRECTORY,
    mode: S_IFREG | 0o644,
    nlink: 1,
    size: BigInt(CONTENT.length),
    content: CONTENT,
    xattrs: [[DIGEST_KEY, digestValue(CONTENT_SHA256)]],
  });
  return imageBytes(builder.finish(), { hidesStore: false });
};
