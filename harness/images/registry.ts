// Where an image can come from. A source is one file and one line here.
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { SourceImage } from '../model/image.ts';
import { openDir } from './dir.ts';
import { openDump } from './dump.ts';
import { openFixture } from './fixture.ts';
import { openOci } from './oci.ts';
import { openSynthetic } from './synthetic.ts';

export interface SourceOptions {
  /** Folder for decompressed layers; the system's folder for temporary files by default. */
  readonly spoolDir?: string;
}

interface SourceKind {
  readonly form: string;
  readonly title: string;
  /** `rest` is what follows the colon, `source` all that was typed. */
  open(rest: string, source: string, options: SourceOptions): Promise<SourceImage>;
}

const kinds: ReadonlyMap<string, SourceKind> = new Map([
  [
    'fixture',
    { form: 'fixture:NAME', title: 'a description that ships with the project', open: openFixture },
  ],
  ['dump', { form: 'dump:FILE[.gz|.zst]', title: 'composefs dump text', open: openDump }],
  ['dir', { form: 'dir:PATH', title: 'a directory tree and its contents', open: openDir }],
  [
    'oci',
    { form: 'oci:LAYOUT[:TAG]', title: 'an image in an OCI image layout, its contents', open: openOci },
  ],
  [
    'synthetic',
    {
      form: 'synthetic:files=N,layers=L,seed=S[,mix=M][,upto=U]',
      title: "a made-up tree shaped like a distribution's",
      open: openSynthetic,
    },
  ],
]);

/** What can be typed, and what it means. */
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
  const meant = guess(spec);
  throw new UserError('an image is named by its kind and where it is', {
    code: 'usage',
    facts: [`given: ${spec}`, ...sourceForms.map(([form, title]) => `${form}: ${title}`)],
    hint: meant ?? 'cfsbench list',
  });
};
