// Trust in a run folder: its owner, and which of its programs and folders are used with the privileges of this process.

import { fstatSync, lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import { sudoUser } from '../sys/give-back.ts';

/** Compiled files lie three folders below. */
const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const WRITABLE_BY_ALL = 0o002;
const SERVER = /(?:^|[@;,])server=([^;,]+)/g;

/** `command`: the refused command, such as `cfsbench run --resume runs/x`. */
export interface TrustQuestion {
  readonly command: string;
  readonly folder: string;
}

const refuseOwner = ({ command, folder }: TrustQuestion, path: string, { uid, mode, nlink }: Stats): void => {
  const me = process.geteuid?.();
  if (uid !== me && uid !== sudoUser()?.uid)
    throw new UserError(`cannot use ${visible(folder)}: another user may have written it`, {
      facts: [`${visible(path)} belongs to user ${uid}, this process runs as user ${me}`],
      hint: `as user ${uid}: ${command}; or, if you trust its contents: ${shellLine(['chown', '-R', String(me), folder])}`,
    });
  if ((mode & WRITABLE_BY_ALL) === 0 && nlink > 0) return;
  throw new UserError(`cannot use ${visible(folder)}: any user may have written it`, {
    facts: [`everybody may write to ${visible(path)}`],
    hint: `if you trust its contents: ${shellLine(['chmod', '-R', 'o-w', folder])}`,
  });
};

/** Refuses a folder that is not this user's, or in which one of these files is not. Missing files are not checked. */
export const refuseForeign = (
  question: TrustQuestion,
  { fd, at }: OpenFolder,
  names: readonly string[],
): void => {
  refuseOwner(question, question.folder, fstatSync(fd));
  for (const name of names) {
    const stat = lstatSync(join(at, name), { throwIfNoEntry: false });
    if (stat !== undefined) refuseOwner(question, join(question.folder, name), stat);
  }
};

/** Options that a folder records, and the working directory in which they were typed. */
export interface RecordedChoice {
  readonly cwd: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const isInCheckout = (path: string): boolean => {
  try {
    return realpathSync(path).startsWith(`${realpathSync(CHECKOUT)}${sep}`);
  } catch {
    return false;
  }
};

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().filter((one): one is string => typeof one === 'string');

/** Programs of other checkouts, by absolute path. */
export const foreignPrograms = ({ cwd, options }: RecordedChoice): readonly string[] => {
  const specs = [...textsOf(options['backends']), ...textsOf(options['ab'])];
  const paths = specs.flatMap((spec) => [...spec.matchAll(SERVER)].map(([, path]) => resolve(cwd, path!)));
  return [...new Set(paths)].filter((path) => !isInCheckout(path));
};

const isHere = (cwd: string): boolean => {
  try {
    return realpathSync(cwd) === process.cwd();
  } catch {
    return false;
  }
};

interface Given {
  /** `--trust-run` */
  readonly trustRun?: boolean;
  /** `--work` of this command line, which replaces the recorded one. */
  readonly work?: string;
}

/** Prints the programs and folders that the run names, and refuses them without `--trust-run`. */
export const refuseUntrusted = (
  { command, folder }: TrustQuestion,
  recorded: RecordedChoice,
  { trustRun = false, work }: Given,
): void => {
  const { cwd, options } = recorded;
  const [recordedWork] = textsOf(options['work']);
  const used = [
    ...foreignPrograms(recorded).map((path) => `it would run: ${visible(path)}`),
    ...(recordedWork === undefined || work !== undefined
      ? []
      : [`it would make its work folder in: ${visible(resolve(cwd, recordedWork))}`]),
  ];
  const facts = [...used, ...(isHere(cwd) ? [] : [`it would work in the directory: ${visible(cwd)}`])];
  if (facts.length === 0) return;
  if (trustRun) {
    process.stderr.write(`trusted: ${visible(folder)}\n${facts.map((fact) => `  ${fact}\n`).join('')}`);
    return;
  }
  throw new UserError(`${visible(folder)} names programs or folders without confirmation`, {
    facts,
    hint: `${used.length === 0 ? `${shellLine(['cd', cwd])}, or ` : ''}if you trust these: ${command} --trust-run`,
  });
};
