// `cfsbench vm --matrix`: one run under each kernel, then features, counts and claims side by side: a page, Markdown, and a table here.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { viewOf } from '../../report/load.ts';
import { matrixPage } from '../../report/matrix/html.ts';
import { matrixMarkdown, matrixText } from '../../report/matrix/text.ts';
import { type MatrixRun, matrixOf } from '../../report/matrix/view.ts';
import { brokenRules, writePage } from '../../report/render.ts';
import { ResultsError } from '../../results/errors.ts';
import { loadRun } from '../../results/gate/load.ts';
import { visible } from '../../results/visible.ts';
import { replaceFile } from '../../results/write-file.ts';
import { UserError } from '../model/errors.ts';
import { reportExitCode, worstOf } from './exit-code.ts';
import { runFoldersBelow } from './find-run.ts';
import { nameOf } from './guest-folders.ts';
import { holdResults } from './hold-folders.ts';
import { describeError } from './print-error.ts';
import { RUNS } from './runs-folder.ts';
import { terminalColumns } from './terminal-width.ts';
import { type AskedGuests, runGuests } from './vm.ts';

/** With modules in Debian's archive for years, or until the next release. */
const KERNELS = ['deb:6.1', 'deb:6.12', 'deb:6.18', 'deb:7.2', 'deb:7.3'];
const WORDS = [
  'run',
  ...['--count-only', '--count-passes', '1', '--images', 'fixture:debian-12-certs'],
  ...['--scenarios', 'churn,enable-verity,walk-warm,tamper,enforced'],
  '--backends',
  [
    ...['composefs-fuse', 'erofs-overlay', 'unpacked-overlay', 'erofs-metacopy-loop'],
    ...['erofs-overlay-verity', 'composefs-fuse-verity', 'erofs-full', 'erofs-blobs'],
    ...['erofs-full-inode-share', 'erofs-full-dmverity', 'squashfs-full-dmverity', 'erofs-overlay-dmverity'],
  ].join(','),
];
const PAGE = 'kernels.html';
const MARKDOWN = 'kernels.md';
const SOME_FAILED = 5;

const readOne = async (folder: string): Promise<MatrixRun> => {
  const loaded = await loadRun(folder);
  return { loaded, view: viewOf(loaded) };
};

/** The older kernel first. */
const byRelease = (a: MatrixRun, b: MatrixRun): number =>
  a.loaded.run.environment.kernel.localeCompare(b.loaded.run.environment.kernel, 'en', { numeric: true });

const sayFailed = (error: unknown): void => void process.stderr.write(describeError(error).text);

/** What a guest wrote can be unreadable, because it can be any kernel: null, and the others are shown. */
const readOrSay = async (folder: string): Promise<MatrixRun | null> => {
  try {
    return await readOne(folder);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    sayFailed(error);
    return null;
  }
};

/** Returns the exit code of the page. */
const show = async (folders: readonly string[], folder: string): Promise<number> => {
  const runs: MatrixRun[] = [];
  for (const one of folders) {
    const run = await readOrSay(one);
    if (run !== null) runs.push(run);
  }
  if (runs.length === 0)
    throw new UserError(`no run of this folder can be read: ${visible(folder)}`, { exit: SOME_FAILED });
  const view = matrixOf(runs.sort(byRelease));
  const [page, markdown] = [join(folder, PAGE), join(folder, MARKDOWN)];
  replaceFile(page, matrixPage(view));
  replaceFile(markdown, matrixMarkdown(view));
  process.stdout.write(matrixText(view, terminalColumns()));
  process.stdout.write(`\nPage:     ${visible(page)}\nMarkdown: ${visible(markdown)}\n`);
  const code = reportExitCode(runs.flatMap((run) => brokenRules(run.view)));
  return worstOf(runs.length < folders.length ? [code, SOME_FAILED] : [code]);
};

interface GuestRuns {
  readonly folders: readonly string[];
  /** Of the guests, and of kernels whose guests failed. */
  readonly exits: readonly number[];
}

const measure = async (asked: AskedGuests, folder: string): Promise<GuestRuns> => {
  const [folders, exits]: [string[], number[]] = [[], []];
  const failed = (error: unknown): void => {
    sayFailed(error);
    exits.push(SOME_FAILED);
  };
  await runGuests(
    asked,
    async ({ exit, runDir }) => {
      exits.push(exit);
      if (runDir === null) return;
      const run = await readOrSay(runDir);
      if (run === null) {
        exits.push(SOME_FAILED);
        return;
      }
      writePage(runDir, run.view);
      folders.push(runDir);
    },
    failed,
  );
  if (folders.length === 0)
    throw new UserError('no kernel produced a run', { exit: SOME_FAILED, facts: [`folder: ${folder}`] });
  return { folders, exits };
};

const foldersIn = (folder: string): readonly string[] => {
  const found = runFoldersBelow(folder);
  if (found.length > 0) return found;
  throw new UserError(`no run in this folder: ${visible(folder)}`, {
    facts: [`it has: ${readdirSync(folder).slice(0, 5).map(visible).join(', ') || 'nothing'}`],
    hint: 'cfsbench vm --matrix --out DIR',
  });
};

const inHeld = async (folder: string, work: () => Promise<number>): Promise<void> => {
  const held = await holdResults(folder);
  try {
    process.exitCode = await work();
  } finally {
    held.close();
  }
};

export const matrix = async ({ asked, words, options }: AskedGuests): Promise<void> => {
  if (options.from !== undefined) {
    const from = resolve(options.from);
    const found = foldersIn(options.from);
    return inHeld(from, () => show(found, from));
  }
  const folder = resolve(options.out ?? join(RUNS, nameOf('kernels')));
  const kernels = asked.length > 0 ? asked : KERNELS.map((from) => ({ from, modules: null }));
  // Each run has a folder of its own, also that of a single kernel.
  const out = kernels.length === 1 ? join(folder, 'run') : folder;
  const guests = { asked: kernels, words: words.length > 0 ? words : WORDS, options: { ...options, out } };
  await inHeld(folder, async () => {
    const { folders, exits } = await measure(guests, folder);
    return worstOf([...exits, await show(folders, folder)]);
  });
};
