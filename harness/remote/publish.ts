// Writes the files for serving an image beside its objects, pack and layer tars: the manifest and the list of layers, each with
// its signature.
import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../model/image.ts';
import { verityDigest } from '../store/verity.ts';
import { layersText } from './pull-layers.ts';
import { layerPath, layersName, layersPath, manifestPath, packPath, signaturePath } from './served.ts';
import { sign } from './signature.ts';

interface Publication {
  readonly name: string;
  readonly sequence: number;
  readonly key: KeyObject;
  /** An existing folder for the files. */
  readonly dir: string;
}

/** Files by their path at the server. */
export const publish = (
  { manifest, layers, packPath: pack }: Pick<Image, 'manifest' | 'layers' | 'packPath'>,
  { name, sequence, key, dir }: Publication,
): Readonly<Record<string, string>> => {
  const files: Record<string, string> = { [packPath(name)]: pack };
  const write = (path: string, signedName: string, bytes: Uint8Array): void => {
    files[path] = join(dir, path);
    files[signaturePath(path)] = join(dir, signaturePath(path));
    writeFileSync(files[path], bytes);
    const text = { name: signedName, sequence, bytes: bytes.length, digest: verityDigest(bytes) };
    writeFileSync(files[signaturePath(path)]!, sign(key, text));
  };
  write(manifestPath(name), name, manifest);
  write(layersPath(name), layersName(name), Buffer.from(layersText(layers)));
  for (const { id, tarPath } of layers) files[layerPath(id)] = tarPath;
  return files;
};
