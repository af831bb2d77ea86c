// The kinds of image sources. A new source is one file and one entry here.
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { OpenPart, SourceImage } from '../model/image.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { openDir } from './dir.ts';
import { openDump } from './dump.ts';
import { familyParts, openFamily } from './family.ts';
import { openFixture } from './fixture.ts';
import { ociParts, openOci } from './oci.ts';
import { openRemote } from './remote.ts';
import { openSynthetic } from './synthetic.ts';

interface SourceOptions {
  /** Folder for decompressed layers; default: the system's temporary folder. */
  readonly spoolDir?: string;
}

interface SourceKind {
  readonly form: string;
  readonly title: string;
  /** `rest`: the text after the colon. `source`: the whole text as typed. */
  open(rest: string, source: string, options: SourceOptions): Promise<SourceImage>;
}

const kinds: ReadonlyMap<string, SourceKind> = new Map([
  ['fixture', { form: 'fixture:NAME', title: 'a description that ships with cfsbench', open: openFixture }],
  ['dump', { form: 'dump:FILE[.gz|.zst]', title: 'composefs dump text', open: openDump }],
  ['dir', { form: 'dir:PATH', title: 'a directory tree with its contents', open: openDir }],
  [
    'oci',
    {
      form: 'oci:LAYOUT[:TAG|@DIGEST|:*]',
      title: 'an image in an OCI image layout, with its contents; :* is the family of all tagged images',
      open: openOci,
    },
  ],
  [
    'remote',
    {
      form: 'remote:URL,key=PUBLIC.pem[,least=N]',
      title: 'a signed image from an untrusted server, with its contents',
      open: openRemote,
    },
  ],
  [
    'synthetic',
    {
      form: 'synthetic:files=N,layers=L,seed=S[,mix=M][,upto=U]',
      title: "a generated tree shaped like a distribution's",
      open: openSynthetic,
    },
  ],
  [
    'family',
    {
      form: 'family:base=SOURCE,count=N[,app=20..200][,shared=0.5][,seed=S][,member=I]',
      title:
        'N images on one base of any source, each with a layer of A..B files, a share of them common to other members; member=I: that member alone',
      open: (rest, source, options) => openFamily(rest, source, (base) => openSource(base, options)),
    },
  ],
]);

/** All forms that `openSource` accepts, with their titles. */
export const sourceForms: readonly (readonly [form: string, title: string])[] = [...kinds.values()].map(
  ({ form, title }) => [form, title],
);

const guess = (spec: string): string | null => {
  if (!existsSync(spec)) return null;
  if (!statSync(spec).isDirectory()) return `dump:${spec}`;
  return existsSync(`${spec}/oci-layout`) ? `oci:${spec}` : `dir:${spec}`;
};

export const openSource = async (spec: string, options: SourceOptions = {}): Promise<SourceImage> => {
  const colon = spec.indexOf(':');
  const kind = kinds.get(spec.slice(0, Math.max(0, colon)));
  if (kind !== undefined) return kind.open(spec.slice(colon + 1), spec, options);
  throw new UserError(
    `unknown image source '${spec}'${didYouMean(spec.slice(0, Math.max(0, colon)), [...kinds.keys()])}`,
    {
      code: 'usage',
      facts: [...sourceForms.map(([form, title]) => `${form}: ${title}`)],
      hint: guess(spec) ?? 'cfsbench list',
    },
  );
};

/** Opens the members of a family in a thread, without its base. `baseName`: the base's short name. */
export const openParts = (spec: string, baseName: string, options: SourceOptions): OpenPart => {
  const rest = spec.slice(spec.indexOf(':') + 1);
  return spec.startsWith('oci:') ? ociParts(rest, options) : familyParts(rest, spec, baseName);
};
