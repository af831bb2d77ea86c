// Debian packages from other suites than the machine's own, without installing them: a private root of apt in the cache.
//
// Needs:  apt-get and dpkg-deb; a source of Debian among those of this machine, whose mirror is used.
// Does:   downloads the lists of all suites that have kernels, once a week and on request, and packages on request.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { VmCache } from './cache.ts';
import { runProgram } from './run-program.ts';

/** By their own names: mirrors refresh those first. A new release of Debian is added here. */
const RELEASES = ['bookworm', 'trixie'];
const SUITES = [...RELEASES.flatMap((name) => [name, `${name}-backports`]), 'forky', 'sid'];
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const WEEK_MS = 7 * 24 * 3_600_000;
/** Lists of this age are those of the mirror. */
const NEW_MS = 600_000;
/** Code of the error of a package that cannot be downloaded. */
export const NOT_DOWNLOADED = 'not-downloaded';

/** Of Debian itself among the sources of this machine; null: none. */
export const debianMirror = async (): Promise<string | null> => {
  const format = '$(ORIGIN) $(LABEL) $(REPO_URI)';
  const text = await runProgram('list the sources of apt', [
    'apt-get',
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]).catch(() => '');
  const found = text.split('\n').flatMap((line) => /^Debian Debian (\S+)$/.exec(line)?.[1] ?? []);
  return found[0] ?? null;
};

export interface Packages {
  /** Names of all packages that begin so. */
  names(prefix: string): Promise<readonly string[]>;
  /** Downloads the lists again: a mirror has no package that was replaced since. False: they are new. */
  refresh(): Promise<boolean>;
  /** Downloads packages and unpacks their files below a folder. */
  unpack(names: readonly string[], into: string): Promise<void>;
}

const configuration = (root: string): string =>
  [
    `Dir::Etc::sourcelist "${root}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    `Dir::State::lists "${root}/lists";`,
    'Dir::State::status "/dev/null";',
    `Dir::Cache "${root}/cache";`,
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages "none";',
    'APT::Sandbox::User "";',
    // Otherwise lists that cannot be downloaded are a warning.
    'APT::Update::Error-Mode "any";',
    '',
  ].join('\n');

/** Returns the list of sources. */
const writeRoot = (root: string, mirror: string): string => {
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(root, folder), { recursive: true });
  const signed = existsSync(KEYS) ? `[signed-by=${KEYS}] ` : '';
  const sources = SUITES.map((suite) => `deb ${signed}${mirror} ${suite} main\n`).join('');
  writeFileSync(join(root, 'sources.list'), sources);
  writeFileSync(join(root, 'apt.conf'), configuration(root));
  return sources;
};

/** The stamp holds the sources whose lists were downloaded. */
const isFresh = (stamp: string, sources: string, ageMs: number): boolean =>
  existsSync(stamp) &&
  Date.now() - statSync(stamp).mtimeMs < ageMs &&
  readFileSync(stamp, 'utf8') === sources;

export const openPackages = async (
  { path, scratch }: VmCache,
  say: (line: string) => void,
): Promise<Packages> => {
  const mirror = await debianMirror();
  if (mirror === null)
    throw new UserError('no Debian mirror among the sources of apt on this machine', {
      exit: 4,
      facts: ['kernels named deb:VERSION are packages of Debian'],
      hint: '--kernel PATH --modules DIR, with a local kernel',
    });
  const root = join(path, 'apt');
  const sources = writeRoot(root, mirror);
  const env = { APT_CONFIG: join(root, 'apt.conf') };
  const stamp = join(root, 'updated');
  const update = async (): Promise<void> => {
    say('downloading the lists of Debian packages');
    await runProgram('download the lists of Debian packages', ['apt-get', 'update', '-qq'], env);
    writeFileSync(stamp, sources);
  };
  if (!isFresh(stamp, sources, WEEK_MS)) await update();
  return {
    async names(prefix) {
      const text = await runProgram('list Debian packages', ['apt-cache', 'pkgnames', prefix], env);
      return text.split('\n').filter((name) => name !== '');
    },
    async refresh() {
      if (isFresh(stamp, sources, NEW_MS)) return false;
      await update();
      return true;
    },
    async unpack(names, into) {
      const folder = join(scratch, 'packages');
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const get = ['sh', '-c', 'cd "$1" && shift && exec apt-get download -qq "$@"', 'sh', folder, ...names];
      await runProgram(`download ${names.join(', ')}`, get, env).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        const { message, exit, facts } = error;
        throw new UserError(message, { exit, facts, code: NOT_DOWNLOADED });
      });
      for (const file of readdirSync(folder))
        await runProgram(`unpack ${file}`, ['dpkg-deb', '-x', join(folder, file), into]);
      rmSync(folder, { recursive: true });
    },
  };
};
