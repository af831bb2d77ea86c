// Reads a tar in memory as a layer.

import type { LayerReading } from '../../../harness/images/layer-node.ts';
import type { TarSource } from '../../../harness/images/tar-reader.ts';
import { fromBytes } from '../../../harness/model/bytes.ts';
import { verityDigest } from '../../../harness/store/verity.ts';

export const layerReadingOf = (bytes: Buffer): LayerReading & { readonly tar: TarSource } => {
  const part = (offset: number, length: number): Buffer => bytes.subarray(offset, offset + length);
  return {
    title: 'layer',
    below: undefined,
    size: { entries: 0, textBytes: 0 },
    read: (offset, sizeBytes) => fromBytes(part(offset, sizeBytes)),
    digest: (offset, sizeBytes) => verityDigest(part(offset, sizeBytes)),
    tar: { title: 'layer', sizeBytes: bytes.length, read: part },
  };
};
