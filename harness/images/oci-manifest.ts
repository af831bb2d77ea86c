// Finds the manifest of an image in an OCI image layout, and checks what its layers are.
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
import { chooseImage, pickPlatform, type Reference, refName } from './oci-choice.ts';

const NESTING_MAX = 4;

export interface OciManifest {
  readonly tag: string | null;
  readonly layers: readonly Descriptor[];
  /** Digests of the uncompressed layers; empty if the configuration has none. */
  readonly diffIds: readonly string[];
}

/** A tar, uncompressed or by gzip or zstd, as OCI and Docker name it. */
const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?)$/;

const checkLayerType = ({ mediaType, digest }: Descriptor): void => {
  if (mediaType.includes('encrypted')) throw badLayout('a layer is encrypted', `layer: ${digest}`);
  // A layer without a media type is judged by its bytes.
  if (mediaType === '' || LAYER_TYPE.test(mediaType)) return;
  throw new UserError(`a layer is no tar: ${show(mediaType)}`, {
    code: 'bad-oci',
    facts: [`layer: ${digest}`, 'layers may be tar, tar+gzip or tar+zstd'],
  });
};

const isIndex = (json: LayoutJson): boolean => member(json, 'manifests') !== undefined;

/** Throws unless the member is a list: what is missing or of another form is not the same as no items. */
const descriptors = (json: LayoutJson, key: string, where: string): Descriptor[] => {
  const items = member(json, key);
  if (!Array.isArray(items)) throw badLayout(`'${key}' is not a list`, `in: ${where}`);
  return list(items).map((item) => descriptorOf(item, where));
};

/** A configuration may lack them, and Go writes null for no items. */
const diffIdsOf = (config: LayoutJson, where: string): readonly string[] => {
  const ids = member(member(config, 'rootfs'), 'diff_ids') ?? [];
  if (!Array.isArray(ids)) throw badLayout("'diff_ids' is not a list", `in: ${where}`);
  return list(ids).map(text);
};

const readIndex = (layout: string): LayoutJson => {
  const version = member(readJsonFile(`${layout}/oci-layout`), 'imageLayoutVersion');
  if (version !== '1.0.0') throw badLayout('the version is not 1.0.0', `path: ${layout}/oci-layout`);
  return readJsonFile(`${layout}/index.json`);
};

/** All tags of a layout, sorted. Throws if there is none. */
export const readTags = (layout: string): readonly string[] => {
  const tagged = descriptors(readIndex(layout), 'manifests', 'index.json').map(refName);
  const tags = [...new Set(tagged.filter((tag) => tag !== undefined))].sort();
  if (tags.length > 0) return tags;
  throw new UserError('the layout has no tagged images', {
    code: 'bad-oci',
    facts: [`layout: ${layout}`],
    hint: `oci:${layout}`,
  });
};

export const readManifest = async (reference: Reference): Promise<OciManifest> => {
  const { layout } = reference;
  const index = readIndex(layout);
  let chosen = chooseImage(descriptors(index, 'manifests', 'index.json'), reference);
  const tag = refName(chosen) ?? null;
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
  layers.forEach(checkLayerType);
  const config = member(json, 'config');
  if (config === undefined) throw badLayout('a manifest has no configuration', `manifest: ${chosen.digest}`);
  const configBlob = descriptorOf(config, chosen.digest);
  const diffIds = diffIdsOf(await readJsonBlob(layout, configBlob), configBlob.digest);
  if (diffIds.length > 0 && diffIds.length !== layers.length)
    throw badLayout(
      'manifest and configuration have different numbers of layers',
      `manifest: ${chosen.digest}`,
    );
  return { tag, layers, diffIds };
};
