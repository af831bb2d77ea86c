// Which image of an OCI image layout is meant: by tag, name or digest, else the only one or the only tagged one.
//
// Source: OCI image specification, "Image Index" and "Annotations"; io.containerd.image.name is what Docker and containerd write.
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { badLayout, type Descriptor } from './oci-blobs.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
const DIGEST = /^sha(?:256|512):[0-9a-f]+$/;

/** A layout and what follows it on the command line: `:TAG`, `:NAME` or `@DIGEST`, without the separator. */
export interface Reference {
  readonly layout: string;
  /** Null: none was given. */
  readonly name: string | null;
}

export const refName = ({ annotations }: Descriptor): string | undefined => annotations[REF_NAME];

const described = (descriptor: Descriptor): string => {
  const { annotations, digest } = descriptor;
  const names = [refName(descriptor), annotations[CONTAINERD_NAME]].filter((name) => name !== undefined);
  return `${digest}${names.length === 0 ? '' : ` (${names.map(show).join(', ')})`}`;
};

const ambiguous = (found: readonly Descriptor[], { layout, name }: Reference, sentence: string): UserError =>
  new UserError(sentence, {
    code: 'bad-oci',
    facts: [
      `layout: ${layout}`,
      ...(name === null ? [] : [`tag: ${show(name)}`]),
      ...found.map((one) => `image: ${described(one)}`),
    ],
    hint: `oci:${layout}@${found[0]!.digest}`,
  });

const named = (all: readonly Descriptor[], reference: Reference, name: string): readonly Descriptor[] => {
  const found = all.filter((one) =>
    DIGEST.test(name) ? one.digest === name : [refName(one), one.annotations[CONTAINERD_NAME]].includes(name),
  );
  if (found.length > 0) return found;
  const tags = [...new Set(all.map(refName).filter((tag) => tag !== undefined))].map(show);
  throw new UserError(`the layout has no image with this ${DIGEST.test(name) ? 'digest' : 'tag'}`, {
    code: 'bad-oci',
    facts: [
      `layout: ${reference.layout}`,
      `wanted: ${show(name)}`,
      `known: ${tags.length === 0 ? 'no tags' : tags.join(', ')}`,
    ],
  });
};

/** The tagged images, or all if none is tagged. */
const unnamed = (all: readonly Descriptor[], reference: Reference): readonly Descriptor[] => {
  const tags = new Set(all.map(refName).filter((tag) => tag !== undefined));
  if (tags.size > 1)
    throw new UserError('the layout has several images, so a tag is needed', {
      code: 'bad-oci',
      facts: [`layout: ${reference.layout}`, `tags: ${[...tags].map(show).join(', ')}`],
      hint: `oci:${reference.layout}:${show([...tags][0]!)}`,
    });
  return tags.size === 1 ? all.filter((one) => refName(one) !== undefined) : all;
};

/** The image for this machine, out of those of several platforms. */
export const pickPlatform = (descriptors: readonly Descriptor[], where: string): Descriptor => {
  const only = descriptors[0];
  if (only === undefined) throw badLayout('an index is empty', `in: ${where}`);
  if (descriptors.length === 1) return only;
  const own = ARCHITECTURES[process.arch] ?? process.arch;
  const linux = descriptors.filter(({ platform }) => platform?.os === 'linux');
  const choice =
    linux.find(({ platform }) => platform?.architecture === own) ??
    (linux.length === 1 ? linux[0] : undefined);
  if (choice !== undefined) return choice;
  const platforms = descriptors.map(({ platform }) =>
    platform === null ? 'none stated' : show(`${platform.os}/${platform.architecture}`),
  );
  throw badLayout(
    'an index has no image for this machine',
    `in: ${where}`,
    `wanted: linux/${own}`,
    `found: ${platforms.join(', ')}`,
  );
};

/** Throws if the reference names several images, or none. */
export const chooseImage = (all: readonly Descriptor[], reference: Reference): Descriptor => {
  const { name } = reference;
  const found = name === null ? unnamed(all, reference) : named(all, reference, name);
  const distinct = [...new Map(found.map((one) => [one.digest, one])).values()];
  if (distinct.length > 1 && distinct.some(({ platform }) => platform === null))
    throw ambiguous(
      distinct,
      reference,
      name === null ? 'the layout has several images' : 'the tag names several images',
    );
  return pickPlatform(distinct, 'index.json');
};
