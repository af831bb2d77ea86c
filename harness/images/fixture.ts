// The source `fixture:NAME`: descriptions of real images that ship with the project, one gzipped dump text per layer.
//
// Reads:  `fixtures/images.json` in the project's folder, and the dumps in the folder CFSBENCH_FIXTURES.
// Cost:   tens of milliseconds per image.
// Leaves: nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { didYouMean } from '../model/nearest-name.ts';
import type { Tree } from '../model/tree.ts';
import { openDump } from './dump.ts';
import { flatten } from './layers.ts';

export interface Fixture {
  readonly name: string;
  readonly title: string;
  /** How the fixture was made, in one sentence. */
  readonly made: string;
  /** Files of the layers, bottom first. */
  readonly layers: readonly string[];
  readonly entryCount: number;
  readonly fileBytes: number;
  /** `name version`, sorted. */
  readonly packages: readonly string[];
}

/** The nearest `fixtures` folder above; build and sources lie at different depths. */
export const fixtureFolder = (): string => {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let at = start; ; at = dirname(at)) {
    const folder = join(at, 'fixtures');
    if (existsSync(join(folder, 'images.json'))) return folder;
    if (at === dirname(at)) throw new Error(`no fixtures/images.json above ${start}`);
  }
};

export const shippedFixtures = (): readonly Fixture[] =>
  (JSON.parse(readFileSync(join(fixtureFolder(), 'images.json'), 'utf8')) as { images: Fixture[] }).images;

const DUMP_SUFFIX = /\.dump(\.gz|\.zst)?$/;

/** The dumps in CFSBENCH_FIXTURES, by name without suffix. */
const foreignDumps = (): Map<string, string> => {
  const folder = process.env['CFSBENCH_FIXTURES'];
  if (folder === undefined || folder === '' || !existsSync(folder)) return new Map();
  const dumps = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => DUMP_SUFFIX.test(entry.name) && (entry.isFile() || entry.isSymbolicLink()),
  );
  return new Map(dumps.map(({ name }) => [name.replace(DUMP_SUFFIX, ''), join(folder, name)]));
};

/** All names that `fixture:NAME` accepts. */
export const fixtureNames = (): { readonly name: string; readonly title: string }[] => [
  ...shippedFixtures().map(({ name, title }) => ({ name, title })),
  ...[...foreignDumps()].map(([name, path]) => ({ name, title: `composefs dump ${path}` })),
];

const openLayers = async (fixture: Fixture, folder: string, source: string): Promise<SourceImage> => {
  const opened: SourceImage[] = [];
  for (const file of fixture.layers) opened.push(await openDump(join(folder, file), source));
  const [only] = opened;
  const base = { name: fixture.name, source, contents: 'synthetic' as const, close: async () => {} };
  if (only !== undefined && opened.length === 1)
    return { ...base, tree: only.tree, layers: [only.tree], content: only.content.bind(only) };
  const layers: readonly Tree[] = opened.map(({ tree }) => tree);
  const flattened = flatten(layers);
  return {
    ...base,
    tree: flattened.tree,
    layers,
    content(tree, index): ContentRef {
      const at = tree === flattened.tree ? flattened.origin(index) : { layer: layers.indexOf(tree), index };
      return opened[at.layer]!.content(layers[at.layer]!, at.index);
    },
  };
};

export const openFixture = async (name: string, source: string): Promise<SourceImage> => {
  const fixture = shippedFixtures().find((image) => image.name === name);
  if (fixture !== undefined) return openLayers(fixture, fixtureFolder(), source);
  const dump = foreignDumps().get(name.replace(DUMP_SUFFIX, ''));
  if (dump !== undefined) return { ...(await openDump(dump, source)), source };
  const known = fixtureNames().map((fixture) => fixture.name);
  throw new UserError(`unknown fixture '${name}'${didYouMean(name, known)}`, {
    code: 'ENOENT',
    facts: [`known: ${known.join(', ')}`],
  });
};
