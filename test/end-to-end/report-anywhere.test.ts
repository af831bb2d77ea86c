// `cfsbench report` as an ordinary user, without a network, from a read-only folder.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { reportFormats } from '../../report/formats/registry.ts';
import { machineFormats } from '../../results/exports/registry.ts';
import { exampleRun } from '../report/support/example.ts';
import { withRunFolder } from '../report/support/folder.ts';

const PROGRAM = fileURLToPath(new URL('../../harness/cli/main.js', import.meta.url));
const NOBODY = 65534;
const WITHOUT_NETWORK = [
  ...['unshare', '--net', 'setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
  '--bounding-set=-all',
];

const asNobody = (...words: readonly string[]) => {
  const [command = '', ...rest] = [...WITHOUT_NETWORK, ...words];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/no/such/home' };
  return spawnSync(command, rest, { encoding: 'utf8', maxBuffer: 1 << 28, env });
};

/** Of the user nobody. */
const ownFolder = (t: TestContext): string => {
  const own = mkdtempSync(join(tmpdir(), 'cfsbench-own-'));
  t.after(() => rmSync(own, { recursive: true }));
  chownSync(own, NOBODY, NOBODY);
  return own;
};

const skipReason = (): string | false => {
  if (process.getuid?.() !== 0) return 'needs root, to switch to another user';
  return asNobody(process.execPath, PROGRAM, '--version').status === 0
    ? false
    : 'the user nobody cannot read the program';
};

test(
  'every format renders to the same bytes twice, for the user nobody and without a network',
  { skip: skipReason() },
  (t) =>
    withRunFolder(exampleRun(), async (folder) => {
      chmodSync(folder, 0o555);
      const own = ownFolder(t);
      const formats = reportFormats.map(({ id }) => id);
      const [first, second] = ['first', 'second'].map((name) => {
        const out = join(own, name);
        const words = ['report', folder, '--format', formats.join(), '--out', out];
        const { status, stderr } = asNobody(process.execPath, PROGRAM, ...words);
        assert.equal(status, 0, stderr);
        return new Map(reportFormats.map(({ id, file }) => [id, readFileSync(join(out, file), 'utf8')]));
      });
      assert.equal(first!.size, formats.length);
      for (const [format, text] of first!) {
        assert.ok(text.length > 500 || format === 'tampering-csv', format);
        assert.ok(text === second!.get(format), `${format} differs the second time`);
      }
      const printed = asNobody(process.execPath, PROGRAM, 'report', folder);
      assert.equal(printed.status, 0, printed.stderr);
      assert.ok(printed.stdout === first!.get('terminal'));
    }),
);

test(
  'a user without privileges and without a home reports, compares and keeps a run of root, and builds and reads images',
  {
    skip: skipReason(),
  },
  (t) =>
    withRunFolder(exampleRun(), async (folder) => {
      chmodSync(folder, 0o755);
      const own = ownFolder(t);
      const history = join(own, 'history');
      mkdirSync(history);
      chownSync(history, NOBODY, NOBODY);
      const image = join(own, 'image');
      const commands = [
        ...['terminal', 'html', 'csv'].map((format) => [
          'report',
          folder,
          '--format',
          format,
          '--out',
          join(own, format),
        ]),
        ['compare', folder, folder, '--out', join(own, 'compared')],
        ['history', 'add', folder, '--store', history],
        ['history', 'show', '--store', history],
        ['pool', folder],
        ['image', 'build', 'synthetic:files=20', image],
        ['image', 'inspect', image],
        ['image', 'dump', image],
        ['list'],
        ['clean', own],
      ];
      const before = readdirSync(folder);
      for (const words of commands) {
        const { status, stdout, stderr } = asNobody(process.execPath, PROGRAM, ...words);
        assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
        assert.equal(stderr, '');
        assert.ok(words.includes('--out') || stdout.length > 0, words.join(' '));
      }
      assert.deepEqual(readdirSync(own).sort(), ['compared', 'csv', 'history', 'html', 'image', 'terminal']);
      assert.deepEqual(readdirSync(folder), before);
    }),
);

test('an unknown format is refused with a list of the known ones', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [PROGRAM, 'report', '/nowhere', '--format', 'tabloid'],
    { encoding: 'utf8' },
  );
  assert.equal(status, 1);
  for (const name of ['terminal', 'html', 'mail', 'markdown', ...machineFormats.map(({ id }) => id)])
    assert.ok(stderr.includes(name), name);
});

test('the help has a line for each format', () => {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'report', '--help'], { encoding: 'utf8' });
  for (const { id, title } of machineFormats)
    assert.match(stdout, new RegExp(`^ {2}${id}\\s+${title.slice(0, 12)}`, 'm'));
});

test('--out writes the text that would be printed, and a reader may close the pipe early', () =>
  withRunFolder(exampleRun(), async (folder) => {
    const out = `${folder}/out.txt`;
    const run = (...words: string[]) =>
      spawnSync(process.execPath, [PROGRAM, 'report', folder, '--format', 'go', ...words], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
    const printed = run();
    assert.equal(run('--out', out).status, 0);
    assert.ok(readFileSync(out, 'utf8') === printed.stdout);
    const { status, stderr } = spawnSync(
      'bash',
      [
        '-o',
        'pipefail',
        '-c',
        `"${process.execPath}" "${PROGRAM}" report "${folder}" --format go | head -n 1`,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
  }));
