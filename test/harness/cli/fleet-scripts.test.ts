// The scripts that `cfsbench fleet` writes, with stand-ins for the programs of the engines.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FleetFile } from '../../../results/pool/replicates.ts';
import { diskFolder, type Owner, PROGRAM } from '../../end-to-end/support.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';

interface Scripted {
  readonly home: string;
  readonly results: string;
  /** Makes a stand-in. */
  program(name: string, text: string): void;
  start(env?: Readonly<Record<string, string>>): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
}

const scripted = (t: Owner, engine: string, ...args: string[]): Scripted => {
  const home = diskFolder(t);
  const [results, bin, script] = ['results', 'bin', 'fleet.sh'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(bin);
  const made = spawnSync(
    process.execPath,
    [PROGRAM, 'fleet', engine, '--results', results, ...args, '--', '--profile', 'quick'],
    { encoding: 'utf8', cwd: '/' },
  );
  assert.equal(made.status, 0, made.stderr);
  writeFileSync(script, made.stdout);
  return {
    home,
    results,
    program: (name, text) => writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 }),
    start: (env = {}) =>
      spawnSync('/bin/sh', [script], {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, PARALLEL_SSH: 'true', ...env },
      }),
  };
};

const HOSTS = ['--hosts', 'host-b'];
const GNU_PARALLEL = `[ "$1" != --version ] || { echo 'GNU parallel 20240222'; exit; }`;

test('a script whose programs are not installed says so and writes nothing', (t) => {
  const slurm = scripted(t, 'slurm');
  const parallel = scripted(t, 'parallel', ...HOSTS);
  for (const [{ start, results }, missing] of [
    [slurm, 'sbatch'],
    [parallel, 'GNU parallel'],
  ] as const) {
    const { status, stderr } = start({ PATH: '/nonexistent' });
    assert.equal(status, 1);
    assert.ok(stderr.endsWith(`${missing} is not in the PATH of this machine\n`), stderr);
    assert.ok(!existsSync(results));
  }
  parallel.program('parallel', 'exit 1');
  assert.match(parallel.start().stderr, /^GNU parallel is not in the PATH of this machine\n$/);
  assert.ok(!existsSync(parallel.results));
});

test('after a refused submission the script can be started again, after an accepted one it cannot', (t) => {
  const { results, program, start } = scripted(t, 'slurm', '--partition', 'fast');
  program('sbatch', 'echo "sbatch: error: invalid partition specified: fast" >&2; exit 1');
  const refused = start();
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /invalid partition/);
  assert.ok(!existsSync(join(results, 'fleet.json')));
  program('sbatch', 'case "$*" in *cfsbench-join*) echo 8 ;; *) echo "7;rack" ;; esac');
  const accepted = start();
  assert.equal(accepted.status, 0, accepted.stderr);
  assert.match(accepted.stdout, /^replicates: job 7; report: job 8, in /);
  const again = start();
  assert.equal(again.status, 1);
  assert.match(again.stderr, /this folder holds a fleet/);
});

test('if only the job of the report is refused, the fleet stays and the script says how to report it', (t) => {
  const { results, program, start } = scripted(t, 'slurm');
  program('sbatch', 'case "$*" in *cfsbench-join*) exit 1 ;; *) echo 7 ;; esac');
  const { status, stderr } = start();
  assert.equal(status, 1);
  assert.equal(
    stderr,
    `job 7 runs the replicates, but no job reports them. When it has ended: sh join.sh, in ${results}\n`,
  );
  assert.ok(existsSync(join(results, 'fleet.json')));
});

test('the script that reports ends with an error if the page alone cannot be made', (t) => {
  const program = join(diskFolder(t), 'cfsbench');
  writeFileSync(program, '#!/bin/sh\ncase "$*" in *html*) exit "$PAGE" ;; *) exit "$TEXT" ;; esac\n', {
    mode: 0o755,
  });
  const fleet = scripted(t, 'slurm', '--program', program);
  fleet.program('sbatch', 'echo 7');
  assert.equal(fleet.start().status, 0);
  const report = (PAGE: string, TEXT: string) =>
    spawnSync('sh', ['join.sh'], { cwd: fleet.results, env: { ...process.env, PAGE, TEXT } }).status;
  assert.deepEqual([report('0', '0'), report('1', '0'), report('5', '5'), report('1', '5')], [0, 1, 5, 5]);
});

/** Files of a pack by their paths. */
type Contents = (folder: string) => void;

const packed = (folder: string, name: string, fill: Contents): void => {
  const source = join(folder, `${name}.source`);
  mkdirSync(source);
  fill(source);
  const { status, stderr } = spawnSync('tar', ['-cf', join(folder, `${name}.tar`), '-C', source, '.'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
};

const writeReplicate = (folder: string, name: string): void => {
  const { run, samples } = exampleRun({ seed: Number(name), images: ['debian-12-base'] });
  storeRun(join(folder, name), { run: { ...run, id: `run-${name}` }, samples });
  writeFileSync(
    join(folder, `${name}.state`),
    'started 2026-01-15T10:00:00Z b\nended 2026-01-15T10:00:09Z 0\n',
  );
};

/** Copies what the hosts send, and notes that every job ended with 0. */
const SENDING = `${GNU_PARALLEL}
cp -a "$SENT"/. .
echo Seq >../parallel.log
while read -r n; do printf '%s\\thost-b\\t0\\t0\\t0\\t0\\t0\\t0\\tx\\n' "$n" >>../parallel.log; done`;

test('a host can return the files of its replicate, and can neither replace other files nor write elsewhere', (t) => {
  const { home, results, program, start } = scripted(t, 'parallel', ...HOSTS, '--replicates', '7');
  const [sent, evil, elsewhere] = ['sent', 'evil', 'elsewhere'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(sent);
  program('rsync', '');
  program('parallel', SENDING);
  packed(sent, '1', (folder) => writeReplicate(folder, '1'));
  packed(sent, '2', (folder) => {
    writeReplicate(folder, '2');
    writeFileSync(join(folder, 'join.sh'), `touch ${evil}\n`);
    writeFileSync(join(folder, 'fleet.json'), '{}');
    mkdirSync(join(folder, '1'));
    writeFileSync(join(folder, '1', 'run.json'), '{}');
  });
  packed(sent, '3', (folder) => {
    writeReplicate(folder, '3');
    symlinkSync(elsewhere, join(folder, '4.state'));
  });
  copyFileSync(join(sent, '1.tar'), join(home, 'own.tar'));
  symlinkSync(join(home, 'own.tar'), join(sent, '5.tar'));
  packed(sent, '6', (folder) => {
    mkdirSync(join(folder, '6'));
    symlinkSync(join(home, 'own.json'), join(folder, '6', 'run.json'));
  });
  writeFileSync(join(sent, '7.tar'), 'no archive');
  const { status, stdout, stderr } = start({ SENT: sent });
  assert.equal(status, 5, stderr);
  assert.ok(!existsSync(evil) && !existsSync(elsewhere));
  const text = stdout.replaceAll(/\s+/g, ' ');
  assert.match(text, /5 of 7 expected runs are missing/);
  for (const name of ['3', '5', '6', '7'])
    assert.ok(
      text.includes(
        `Replicate ${name} is missing: nothing came back from host-b, where it ended with exit code 0: cfsbench: its pack has links or cannot be unpacked: packs/${name}.tar.`,
      ),
      `${name}\n${text}`,
    );
  const { replicates } = JSON.parse(readFileSync(join(results, 'fleet.json'), 'utf8')) as FleetFile;
  assert.equal(replicates.length, 7);
  assert.match(readFileSync(join(results, '1', 'run.json'), 'utf8'), /"id": "run-1"/);
  assert.match(readFileSync(join(results, '4.state'), 'utf8'), /^lost host-b 0 0$/m);
  assert.deepEqual(
    readdirSync(results).filter((name) => !/^\d\.(state|log)$/.test(name)),
    ['1', '2', 'fleet.json', 'join.sh', 'packs', 'parallel.log', 'report.html'],
  );
});
