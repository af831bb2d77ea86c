// The source `family:base=SOURCE,count=N,…`: N images on one base, each with an application layer of its own. With `member=I` it is one
// of them alone, the same bytes as in the family.
import type { ContentRef, MemberPart, OpenPart, SourceImage } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { type AppLayer, type AppPool, appLayer, poolOf } from './family-app.ts';
import { type FamilySpec, parseFamily } from './family-spec.ts';
import { tableName } from './inode.ts';
import { flatten } from './layers.ts';
import { meanSizes } from './synthetic-shape.ts';

type OpenBase = (source: string) => Promise<SourceImage>;

const nameOfFamily = ({ count, app, shared, seed }: FamilySpec, base: string): string =>
  tableName(`${base}-family-${count}-${app.join('-')}-${shared}-${seed}`);

/** The member's name and source from those of the family. */
const memberName = (family: string, member: number): string => `${family}-member-${member}`;
const memberSource = (source: string, member: number): string => `${source},member=${member}`;

const seedRef = ({ contents }: AppLayer, tree: Tree, index: number): ContentRef => ({
  kind: 'seed',
  seed: contents[index]!,
  sizeBytes: Number(tree.entry(index).size),
});

/** A member with all its layers; closing it leaves the base open. */
const memberOf = (base: SourceImage, app: AppLayer, named: { name: string; source: string }): SourceImage => {
  const layers = [...base.layers, app.tree];
  const flattened = flatten(layers);
  return {
    ...named,
    contents: 'synthetic',
    tree: flattened.tree,
    layers,
    content(tree, index): ContentRef {
      const at = tree === flattened.tree ? flattened.origin(index) : { layer: layers.indexOf(tree), index };
      return at.layer === base.layers.length
        ? seedRef(app, app.tree, at.index)
        : base.content(base.layers[at.layer]!, at.index);
    },
    async close() {},
  };
};

/** Mean size of a file, from as many shares of the distribution. */
const MEAN_SHARES = 100;
const addedBy = ({ app: [least, most] }: FamilySpec) => {
  const objectCount = (least + most) / 2;
  const sizes = meanSizes(MEAN_SHARES);
  return { objectCount, objectBytes: (objectCount * sizes.reduce((a, b) => a + b, 0)) / MEAN_SHARES };
};

/** Needs the base's tree only, so that no thread opens the base again. `baseName`: the base's short name. */
export const familyParts = (parameters: string, source: string, baseName: string): OpenPart => {
  const spec = parseFamily(parameters, source);
  const name = nameOfFamily(spec, baseName);
  let pool: AppPool | undefined;
  return async (index, base): Promise<MemberPart> => {
    if (base === null) throw new Error('a member of a family has a base');
    pool ??= poolOf(spec, base);
    const app = appLayer(spec, index, base, pool);
    return {
      name: memberName(name, index),
      source: memberSource(source, index),
      contents: 'synthetic',
      layers: [app.tree],
      content: (layer, at) => seedRef(app, layer, at),
      whole: ([exact]) => flatten([base, exact!]).tree,
      async close() {},
    };
  };
};

interface FamilyInput {
  readonly spec: FamilySpec;
  readonly parameters: string;
  readonly source: string;
}

/** Closing it closes the base. */
const familyOn = (base: SourceImage, { spec, parameters, source }: FamilyInput): SourceImage => {
  const pool = poolOf(spec, base.tree);
  const name = nameOfFamily(spec, base.name);
  const member = (index: number, named: { name: string; source: string }): SourceImage =>
    memberOf(base, appLayer(spec, index, base.tree, pool), named);
  const opened = {
    ...member(spec.member ?? 0, {
      name: spec.member === null ? name : memberName(name, spec.member),
      source,
    }),
    close: () => base.close(),
  };
  if (spec.member !== null) return opened;
  return {
    ...opened,
    family: {
      count: spec.count,
      base,
      added: addedBy(spec),
      open: async (index) =>
        member(index, { name: memberName(name, index), source: memberSource(source, index) }),
      part: familyParts(parameters, source, base.name),
    },
  };
};

export const openFamily = async (
  parameters: string,
  source: string,
  openBase: OpenBase,
): Promise<SourceImage> => {
  const spec = parseFamily(parameters, source);
  const base = await openBase(spec.base);
  try {
    return familyOn(base, { spec, parameters, source });
  } catch (error) {
    await base.close();
    throw error;
  }
};
