// Reads a tar in memory as a layer.
import { createHash } from 'node:crypto';
import { type LayerContents, type LayerReading, NOWHERE } from '../../../harness/images/layer-node.ts';
import type { TarSource } from '../../../harness/images/tar-reader.ts';
import { fromBytes } from '../../../harness/model/bytes.ts';

/** Of a small file; a sparse one has zeros between its parts. */
const contentsOf = (bytes: Buffer, { offset, sizeBytes, segments }: LayerContents): Buffer => {
  if (segments === undefined) return bytes.subarray(offset, offset + sizeBytes);
  const whole = Buffer.alloc(sizeBytes);
  let stored = offset;
  for (const segment of segments) {
    bytes.copy(whole, segment.at, stored, stored + segment.bytes);
    stored += segment.bytes;
  }
  return whole;
};

export const layerReadingOf = (bytes: Buffer): LayerReading & { readonly tar: TarSource } => ({
  title: 'layer',
  below: undefined,
  contentsBelow: () => NOWHERE,
  size: { entries: 0, textBytes: 0 },
  addBytes() {},
  read: (at) => fromBytes(contentsOf(bytes, at)),
  // Different for different contents; their true digest does not matter here.
  digest: ({ offset, sizeBytes }) => createHash('sha256').update(`${offset} ${sizeBytes}`).digest('hex'),
  tar: {
    title: 'layer',
    sizeBytes: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  },
});
