// Renders a run in one format or several: to standard output, to a file, or to one file for each format in a folder.

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ReportFormat } from '../../report/formats/format.ts';
import { makeFolder } from '../../results/files.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { type OpenedInput, openInput } from './format-option.ts';
import { openPage } from './open-page.ts';
import { namesOf } from './option-values.ts';
import { writeInRun, writeOut } from './write-out.ts';

export interface RenderOptions {
  readonly format?: readonly ReportFormat[];
  readonly out?: string;
  readonly long?: boolean;
  readonly claims?: readonly string[];
  readonly open?: boolean;
}

/** Before a run is read. The claims are loaded only if some are named. */
export const withKnownClaims = async <Options extends RenderOptions>(options: Options): Promise<Options> => {
  if (options.claims === undefined) return options;
  const registry = await import('../../report/claims/registry.ts');
  const known = registry.claims.map(({ id }) => id);
  const claims = options.claims.map((given) => {
    const id = given.toUpperCase();
    if (known.includes(id)) return id;
    throw new UserError(`unknown claim '${given}'${didYouMean(id, known)}`, {
      facts: [`claims: ${known.join(', ')}`],
      hint: '--claims C1,C13',
    });
  });
  return { ...options, claims };
};

/** The options that every command that renders a run has, beside --format. */
export const addRenderOptions = (command: Command): Command =>
  command
    .option('--out <PATH>', 'write to this file or folder instead of standard output or the run folder')
    .option('--long', 'print everything; mail and terminal are short by default')
    .option(
      '--claims <LIST>',
      'only these claims, with rule, objection and numbers (mail)',
      namesOf('--claims', 'C1,C13'),
    )
    .option('--open', 'open the page in a browser');

const isFolder = (path: string): boolean =>
  path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The format whose file has this name, else the one whose file ends like it: `x.html` is a page. `usual` decides between several. */
const formatOfFile = (
  known: readonly ReportFormat[],
  out: string,
  usual: ReportFormat,
): ReportFormat | undefined => {
  const end = extname(out);
  const found = known.filter(({ file }) => end !== '' && extname(file) === end);
  const named = found.find(({ file }) => file === basename(out)) ?? found.find((one) => one === usual);
  if (found.length < 2 || named !== undefined) return named ?? found[0];
  throw new UserError(`the files of several formats end in ${end}: ${visible(out)}`, {
    facts: [`formats: ${found.map(({ id }) => id).join(', ')}`],
    hint: shellLine(['--format', found[0]!.id, '--out', out]),
  });
};

/** Those of --format, else that of the file of --out, else the first one. */
export const formatsFor = (
  known: readonly ReportFormat[],
  { format, out, open }: RenderOptions,
): readonly ReportFormat[] => {
  if (format !== undefined) return format;
  const usual = known.find(({ id }) => open === true && id === 'html') ?? known[0]!;
  const isFile = out !== undefined && !isFolder(out);
  return [(isFile ? formatOfFile(known, out, usual) : undefined) ?? usual];
};

const checkOptions = (
  formats: readonly ReportFormat[],
  options: RenderOptions,
  folder: string | null,
): void => {
  const refuse = (option: string, knowing: 'long' | 'claims'): void => {
    if (formats.some((format) => format[knowing] === true)) return;
    throw new UserError(`${option} has no meaning for --format ${formats.map(({ id }) => id).join(',')}`, {
      hint: `--format mail ${option}`,
    });
  };
  if (options.long === true) refuse('--long', 'long');
  if (options.claims !== undefined) refuse('--claims', 'claims');
  if (options.open !== true) return;
  const hint = `--format html --open${folder === null ? ' --out FILE' : ''}`;
  if (!formats.some(({ id }) => id === 'html'))
    throw new UserError('--open opens the page, which is not among the formats', { hint });
  if (folder === null && options.out === undefined)
    throw new UserError('--open opens a file, and the page goes to standard output', { hint });
};

/** Null: standard output. `folder`: the run's; null: the run has none. */
const pathOf = (
  format: ReportFormat,
  {
    out,
    count,
    folder,
  }: { readonly out: string | undefined; readonly count: number; readonly folder: string | null },
): string | null => {
  if (out !== undefined) return count > 1 || isFolder(out) ? join(out, format.file) : out;
  if (count > 1 && folder === null)
    throw new UserError('several formats of several runs need a folder', { hint: '--out FOLDER' });
  return folder !== null && (count > 1 || format.inRunFolder === true) ? join(folder, format.file) : null;
};

/** The folder that --out names; its parent must exist, as that of a file. */
const makeOut = (out: string): void => {
  const parent = dirname(resolve(out));
  if (!existsSync(parent))
    throw new UserError(`no such folder: ${parent}`, {
      hint: `${shellLine(['mkdir', '-p', parent])}, or --out FOLDER`,
    });
  makeFolder(out);
};

/** Returns the ids of claims whose rule threw. */
export const renderFormats = async (
  run: LoadedRun,
  folder: string | null,
  options: RenderOptions,
  formats: readonly ReportFormat[],
): Promise<readonly string[]> => {
  checkOptions(formats, options, folder);
  const { out, long = false, claims = [], open = false } = options;
  const input: OpenedInput = openInput(run, { long, claims });
  const count = formats.length;
  if (out !== undefined && (count > 1 || out.endsWith('/'))) makeOut(out);
  for (const format of formats) {
    const path = pathOf(format, { out, count, folder });
    const pieces = format.pieces(path === null ? input : { ...input, color: false });
    if (path !== null && out === undefined) await writeInRun(path, pieces);
    else await writeOut(pieces, path ?? undefined);
    if (path !== null && (count > 1 || out === undefined)) process.stdout.write(`${visible(path)}\n`);
    if (open && format.id === 'html' && path !== null) await openPage(path);
  }
  return input.brokenRules();
};
