// The texts that `cfsbench fleet` writes: shells and YAML readers take them as meant, whatever the options of the runs are.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { FleetFile } from '../../../results/pool/replicates.ts';
import { diskFolder, type Owner, PROGRAM } from '../../end-to-end/support.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', cwd: '/' });

const fleet = (...args: string[]): string => {
  const { status, stdout, stderr } = cfsbench('fleet', ...args);
  assert.equal(status, 0, stderr);
  return stdout;
};

/** The text between the marks of a here-document, as the shell would write it. */
const documentIn = (script: string, name: string): string => {
  const [, text] = new RegExp(
    `^cat >${name} <<'END_OF_CFSBENCH_TEXT'\\n(.*?)^END_OF_CFSBENCH_TEXT$`,
    'ms',
  ).exec(script)!;
  return text!;
};

const checkShell = (script: string): void => {
  const syntax = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  assert.equal(syntax.status, 0, syntax.stderr);
  // SC2016: a dollar sign in single quotes is a typed one.
  const check = spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2016', '-'], {
    input: script,
    encoding: 'utf8',
  });
  if (check.error === undefined) assert.equal(check.stdout, '');
};

const HOSTILE = `dir:/srv/it's "here" $(touch /tmp/cfsbench-evil) \`id\` \${HOME} \\ * ;& #`;
const RUN = ['--', '--profile', 'quick', '--images', HOSTILE, '--scenarios', 'walk-warm'];

/** Runs a replicate with a program that prints its words. */
const wordsOf = (t: Owner, script: string, number: string): readonly string[] => {
  const folder = diskFolder(t);
  const program = join(folder, "it's a program");
  writeFileSync(program, '#!/bin/sh\nfor word in "$@"; do printf "<%s>\\n" "$word"; done\n');
  chmodSync(program, 0o755);
  const { status } = spawnSync('sh', ['-c', script.replaceAll('@PROGRAM@', program), 'sh', number], {
    cwd: folder,
  });
  assert.equal(status, 0);
  assert.match(readFileSync(join(folder, `${number}.state`), 'utf8'), /^started \S+ \S+\nended \S+ 0\n$/);
  return readFileSync(join(folder, `${number}.log`), 'utf8').match(/(?<=^<).*(?=>$)/gm) ?? [];
};

test('the script for Slurm is valid shell, and its replicates get the typed options', (t) => {
  const program = "/opt/it's a/cfsbench";
  const script = fleet(
    ...['slurm', '--replicates', '4', '--nodes', '2', '--seed', 's', '--program', program],
    ...['--results', "/shared/it's here", '--partition', 'fast', '--time', '01:00:00', ...RUN],
  );
  checkShell(script);
  checkShell(documentIn(script, 'replicate.sh'));
  checkShell(documentIn(script, 'join.sh'));
  assert.match(script, /--array=1-4%2 --nodes=1 --ntasks=1 --exclusive/);
  assert.match(script, /--partition=fast --time=01:00:00 --wrap=/);
  assert.match(script, /--dependency=afterany:"\$array"/);
  assert.match(script, /--no-requeue/);
  assert.deepEqual(JSON.parse(documentIn(script, 'fleet.json')), {
    schema: 1,
    replicates: ['1', '2', '3', '4'],
  });
  const replicate = documentIn(script, 'replicate.sh').replace(
    `'/opt/it'\\''s a/cfsbench'`,
    '"$PWD/it\'s a program"',
  );
  const words = wordsOf(t, replicate, '3');
  assert.deepEqual(words.slice(0, -1), [
    'run',
    ...RUN.slice(1),
    '--work',
    '/var/tmp',
    '--seed',
    's-3',
    '--out',
  ]);
  assert.match(words.at(-1)!, /\/3$/);
  assert.ok(!existsSync('/tmp/cfsbench-evil'));
});

test('the script for GNU parallel is valid shell, and starts one run at a time on a host', () => {
  const script = fleet('parallel', '--hosts', 'a,root@b.example', '--seed', 's', '--results', '/r', ...RUN);
  checkShell(script);
  for (const name of ['packs/replicate.sh', 'packs/on-host.sh', 'join.sh'])
    checkShell(documentIn(script, name));
  assert.match(script, /^for host in a root@b\.example; do$/m);
  assert.match(script, /parallel --will-cite --jobs 1 --sshlogin "\$logins" --joblog \.\.\/parallel\.log/);
  assert.doesNotMatch(
    /\| parallel (.*\n)*?.*\|\|/.exec(script)![0],
    /it's/,
    'no typed text passes through parallel',
  );
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('a written script can be started by those who may read it; a fifo keeps its mode', async (t) => {
  const folder = diskFolder(t);
  const words = ['fleet', 'slurm', '--results', '/r', '--out'];
  const script = join(folder, 'private.sh');
  const shell = `umask 077; exec "$0" "$@"`;
  const made = spawnSync('sh', ['-c', shell, process.execPath, PROGRAM, ...words, script]);
  assert.equal(made.status, 0, String(made.stderr));
  assert.equal(modeOf(script), 0o700);
  const fifo = join(folder, 'fifo');
  assert.equal(spawnSync('mkfifo', ['-m', '600', fifo]).status, 0);
  const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
  const read = text(reader.stdout);
  assert.equal(cfsbench(...words, fifo).status, 0);
  assert.match(await read, /^#!\/bin\/sh\n/);
  assert.equal(modeOf(fifo), 0o600);
});

interface Workflow {
  readonly jobs: Readonly<
    Record<
      'replicate' | 'join',
      {
        readonly if?: string;
        readonly needs?: string;
        readonly strategy?: {
          readonly 'fail-fast': boolean;
          readonly matrix: {
            readonly include: readonly { readonly number: number; readonly runner: string }[];
          };
        };
        readonly steps: readonly {
          readonly uses?: string;
          readonly if?: string;
          readonly run?: string;
          readonly with?: Readonly<Record<string, unknown>>;
        }[];
      }
    >
  >;
}

test('a workflow is YAML with a job for each replicate, and a job that pools also after failures', (t) => {
  const text = fleet(
    ...['matrix', '--replicates', '2', '--runners', 'ubuntu-24.04,ubuntu-24.04-arm', '--seed', 's'],
    ...['--repository', 'owner/cfsbench', '--ref', 'v1', ...RUN],
  );
  const { jobs } = parse(text, { strict: true }) as Workflow;
  assert.deepEqual(jobs.replicate.strategy, {
    'fail-fast': false,
    matrix: {
      include: [1, 2, 3, 4].map((number) => ({
        number,
        runner: number < 3 ? 'ubuntu-24.04' : 'ubuntu-24.04-arm',
      })),
    },
  });
  assert.equal(jobs.join.if, 'always()');
  assert.equal(jobs.join.needs, 'replicate');
  const steps = [...jobs.replicate.steps, ...jobs.join.steps];
  for (const { run, uses } of steps) {
    if (run !== undefined) checkShell(`set -e\n${run}`);
    if (run !== undefined) assert.doesNotMatch(run, /\$\{\{/, 'values reach scripts through the environment');
    if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
  }
  const uploads = steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact'));
  assert.ok(uploads.length === 2 && uploads.every((step) => step.if === 'always()'));
  assert.match(String(uploads[0]!.with!['path']), /^!fleet\/\*\/private\.json$/m);
  const run = jobs.replicate.steps.find((step) => step.run?.includes('replicate.sh'))!.run!;
  const script = documentIn(run, 'replicate.sh').replace(/^sudo env .*main\.js"/m, '"$PWD/it\'s a program"');
  assert.deepEqual(wordsOf(t, script, '2').slice(1, -1), [
    ...RUN.slice(1),
    '--work',
    '/var/tmp',
    '--seed',
    's-2',
    '--out',
  ]);
  const pooled = jobs.join.steps.find((step) => step.run?.includes('--expect'))!.run!;
  assert.equal((JSON.parse(documentIn(pooled, 'fleet.json')) as FleetFile).replicates.length, 4);
});

test('fleet refuses values that it cannot write safely, in one sentence', () => {
  const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['slurm', '--replicates', '0'], /--replicates must be a whole number from 1 to 1000/],
    [['slurm', '--seed', 'a/b'], /--seed must be a name/],
    [['slurm', '--partition', 'a b'], /--partition must be a plain name/],
    [['slurm', '--nodelist', '--wrap=id'], /--nodelist must be a plain name/],
    [
      ['slurm', '--program', 'build/cfsbench'],
      /--program must be an absolute path, or a name in the PATH: build\/cfsbench\n {2}try: --program \/build\/cfsbench\n/,
    ],
    [['slurm', '--results', '/a\nb'], /--results is empty, or has a line break/],
    [['slurm', '--', '--images', 'dir:/a\nid'], /has a line break or a control character/],
    [['slurm', '--', '--out', '/x'], /--out is set by the fleet, not in the options of its runs/],
    [['slurm', '--', '--profile', 'evidence'], /profile evidence is a pool of runs itself/],
    [['slurm', '--', '--profile', 'slow'], /unknown profile 'slow'/],
    [['slurm', '--', '--bogus'], /unknown option '--bogus'/],
    [['slurm', '--', 'run', '--profile', 'quick'], /not an option of cfsbench run: run/],
    [['parallel'], /required option '--hosts <LIST>' not specified/],
    [['parallel', '--hosts', '-oProxyCommand=id'], /--hosts: not a login/],
    [['parallel', '--hosts', 'a,a'], /--hosts names a twice/],
    [['parallel', '--hosts', 'a', '--seed', '-x'], /--seed must be a name/],
    [['matrix', '--', '--images', `dir:/$${'{{'} secrets.X }}`], /GitHub would evaluate this/],
    [['matrix', '--replicates', '200', '--runners', 'a,b'], /400 jobs: GitHub makes at most 256/],
    [['matrix', '--runners', ','], /--runners names no runner\n {2}try: --runners ubuntu-24\.04\n/],
    [['matrix', '--repository', 'x; id'], /--repository must be OWNER\/NAME/],
    [['matrix', '--program', '/x'], /--program has no meaning for a matrix/],
    [['kubernetes'], /unknown command 'kubernetes'/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr, stdout } = cfsbench('fleet', ...args);
    assert.equal(status, 1, args.join(' '));
    assert.match(stderr, message, args.join(' '));
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /^ {4}at /m);
  }
});

const STATES: Readonly<Record<string, string>> = {
  '2.state': 'started 2026-01-15T10:00:00Z n1\nended 2026-01-15T10:00:09Z 4\n',
  '2.log': 'Work folder: x\ncfsbench: not enough free disk space\n  try: a larger disk\n',
  '3.state': 'started 2026-01-15T10:00:00Z n2\n',
  'slurm-3.log': 'slurmstepd: error: *** JOB 3 ON n2 CANCELLED AT 2026-01-15T10:01:00 ***\n',
  '4.state': 'started 2026-01-15T10:00:00Z n2\n',
  '5.state': 'lost host-b 255 0\n',
};

test('pool reports every replicate that is missing, with its reason, and exits 5', (t) => {
  const folder = diskFolder(t);
  const names = ['1', '2', '3', '4', '5', '6', '7'];
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ schema: 1, replicates: names }));
  for (const [name, text] of Object.entries(STATES)) writeFileSync(join(folder, name), text);
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  storeRun(join(folder, '1'), { run, samples });
  storeRun(join(folder, '4'), {
    run: { ...run, id: 'four', status: 'running' },
    samples: samples.slice(0, 5),
  });
  mkdirSync(join(folder, '7'));
  writeFileSync(join(folder, '7', 'run.json'), '{');
  const { status, stdout, stderr } = cfsbench('pool', '--expect', folder);
  assert.equal(status, 5, stderr);
  const text = stdout.replaceAll(/\s+/g, ' ');
  for (const sentence of [
    '6 of 7 expected runs are missing.',
    'Replicate 2 is missing: it ended with exit code 4: cfsbench: not enough free disk space.',
    'Replicate 3 is missing: it began at 2026-01-15T10:00:00Z on n2 and never ended: it was killed, or its machine failed: slurmstepd: error: *** JOB 3 ON n2 CANCELLED',
    'Replicate 4 is missing: it is not complete: running; it began at 2026-01-15T10:00:00Z on n2 and never ended',
    'Replicate 5 is missing: nothing came back from host-b, where it ended with exit code 255.',
    'Replicate 6 is missing: it never began.',
    `Replicate 7 is missing: ${join(folder, '7', 'run.json')}: not JSON; it never began.`,
  ])
    assert.ok(text.includes(sentence), `${sentence}\n${text}`);
  const all = cfsbench('pool', '--expect', '1', join(folder, '1'));
  assert.equal(all.status, 0, all.stderr);
  const more = cfsbench('pool', '--expect', '3', join(folder, '1'));
  assert.equal(more.status, 5);
  assert.match(
    more.stdout.replaceAll(/\s+/g, ' '),
    /2 of 3 expected runs are missing\. Run 2 of 3 is missing: it has no run folder here/,
  );
  const fewer = cfsbench('pool', '--expect', '1', join(folder, '1'), join(folder, '4'));
  assert.equal(fewer.status, 1);
  assert.match(fewer.stderr, /more runs than --expect says: 2, expected 1/);
  assert.match(cfsbench('pool').stderr, /no run to pool/);
  assert.match(
    cfsbench('pool', '--expect', folder, join(folder, '1')).stderr,
    /--expect FILE names the runs itself/,
  );
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ schema: 1, replicates: ['../1'] }));
  assert.match(cfsbench('pool', '--expect', folder).stderr, /names no replicates/);
});
