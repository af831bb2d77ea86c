// Finds the manifest of an image in an OCI image layout.
//
// Source: OCI image specification, "Image Index" and "Image Manifest"; Docker's older media types are accepted.
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import {
  badLayout,
  type Descriptor,
  descriptorOf,
  type LayoutJson,
  list,
  member,
  readJsonBlob,
  readJsonFile,
  text,
} from './oci-blobs.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const NESTING_MAX = 4;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

export interface OciManifest {
  readonly tag: string | null;
  readonly layers: readonly Descriptor[];
  /** Digests of the uncompressed layers; empty if the configuration has none. */
  readonly diffIds: readonly string[];
}

const refName = (descriptor: Descriptor): string | undefined => descriptor.annotations[REF_NAME];

const pickTag = (descriptors: readonly Descriptor[], tag: string | null, layout: string): Descriptor[] => {
  const tags = [...new Set(descriptors.map(refName).filter((name) => name !== undefined))];
  const tagList = tags.length === 0 ? 'no tags' : tags.map(show).join(', ');
  if (tag !== null) {
    const tagged = descriptors.filter((descriptor) => refName(descriptor) === tag);
    if (tagged.length > 0) return tagged;
    throw new UserError('the layout has no image with this tag', {
      code: 'bad-oci',
      facts: [`layout: ${layout}`, `tag: ${show(tag)}`, `known: ${tagList}`],
    });
  }
  if (tags.length > 1)
    throw new UserError('the layout has several images, so a tag is needed', {
      code: 'bad-oci',
      facts: [`layout: ${layout}`, `tags: ${tagList}`],
      hint: `oci:${layout}:${show(tags[0]!)}`,
    });
  return [...descriptors];
};

const pickPlatform = (descriptors: readonly Descriptor[], where: string): Descriptor => {
  const only = descriptors[0];
  if (only === undefined) throw badLayout('an index is empty', `in: ${where}`);
  if (descriptors.length === 1) return only;
  const own = ARCHITECTURES[process.arch] ?? process.arch;
  const linux = descriptors.filter(({ platform }) => platform?.os === 'linux');
  const choice =
    linux.find(({ platform }) => platform?.architecture === own) ??
    (linux.length === 1 ? linux[0] : undefined);
  if (choice !== undefined) return choice;
  const named = descriptors.map(({ platform }) =>
    platform === null ? 'none stated' : show(`${platform.os}/${platform.architecture}`),
  );
  throw badLayout(
    'an index has no image for this machine',
    `in: ${where}`,
    `wanted: linux/${own}`,
    `found: ${named.join(', ')}`,
  );
};

const isIndex = (json: LayoutJson): boolean => member(json, 'manifests') !== undefined;

const descriptors = (json: LayoutJson, key: string, where: string): Descriptor[] =>
  list(member(json, key)).map((item) => descriptorOf(item, where));

export const readManifest = async (layout: string, tag: string | null): Promise<OciManifest> => {
  const version = member(readJsonFile(`${layout}/oci-layout`), 'imageLayoutVersion');
  if (version !== '1.0.0') throw badLayout('the version is not 1.0.0', `path: ${layout}/oci-layout`);
  const index = readJsonFile(`${layout}/index.json`);
  const choices = pickTag(descriptors(index, 'manifests', 'index.json'), tag, layout);
  let chosen = pickPlatform(choices, 'index.json');
  const named = refName(chosen) ?? null;
  let json = await readJsonBlob(layout, chosen);
  for (let depth = 0; isIndex(json); depth++) {
    if (depth === NESTING_MAX) throw badLayout(`indexes are nested more than ${NESTING_MAX} deep`);
    chosen = pickPlatform(descriptors(json, 'manifests', chosen.digest), chosen.digest);
    json = await readJsonBlob(layout, chosen);
  }
  const layers = descriptors(json, 'layers', chosen.digest);
  if (layers.length > LIMITS.layers)
    throw beyondLimit('layers', `the image has more than ${LIMITS.layers} layers`, [
      `manifest: ${chosen.digest}`,
    ]);
  if (layers.length === 0) throw badLayout('a manifest has no layers', `manifest: ${chosen.digest}`);
  const encrypted = layers.find(({ mediaType }) => mediaType.includes('encrypted'));
  if (encrypted !== undefined) throw badLayout('a layer is encrypted', `layer: ${encrypted.digest}`);
  const config = member(json, 'config');
  if (config === undefined) throw badLayout('a manifest has no configuration', `manifest: ${chosen.digest}`);
  const configJson = await readJsonBlob(layout, descriptorOf(config, chosen.digest));
  const diffIds = list(member(member(configJson, 'rootfs'), 'diff_ids')).map(text);
  if (diffIds.length > 0 && diffIds.length !== layers.length)
    throw badLayout(
      'manifest and configuration have different numbers of layers',
      `manifest: ${chosen.digest}`,
    );
  return { tag: named, layers, diffIds };
};
