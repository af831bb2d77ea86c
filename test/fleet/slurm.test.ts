// `cfsbench fleet slurm` with a real Slurm: two nodes on this machine, four replicates, a killed task and a killed node.
//
// Needs:   root, slurm-wlm and munge: npm run check:fleet installs them.
// Leaves:  nothing: daemons run in the foreground as children, with keys, sockets, spools and logs in the test's folder.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  afterwards,
  diskFolder,
  eventually,
  leftOf,
  type Owner,
  PROGRAM,
  processesWith,
  samplesSoFar,
  start,
} from '../end-to-end/support.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { freePort, killTree, needsPrograms } from './support.ts';

const LIMIT_MS = 120_000;
const REPLICATES = ['1', '2', '3', '4'];
const PASSES = '30';
const DOWN_SECONDS = 6;

const configOf = (home: string, ports: readonly number[]): string => `ClusterName=cfsbench
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${home}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
SlurmdParameters=config_overrides
StateSaveLocation=${home}/state
SlurmdSpoolDir=${home}/spool.%n
SlurmctldPidFile=${home}/slurmctld.pid
SlurmdPidFile=${home}/slurmd.%n.pid
SlurmctldLogFile=${home}/slurmctld.log
SlurmdLogFile=${home}/slurmd.%n.log
ReturnToService=2
SlurmdTimeout=${DOWN_SECONDS}
KillWait=2
MpiDefault=none
NodeName=n1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
`;

interface Rack {
  readonly home: string;
  /** Runs a command of Slurm. */
  slurm(...argv: string[]): string;
  killNode(name: 'n2'): void;
}

const startRack = async (t: Owner): Promise<Rack> => {
  const home = diskFolder(t, 'cfsbench-rack-');
  const config = join(home, 'slurm.conf');
  const env = { ...process.env, SLURM_CONF: config };
  mkdirSync(join(home, 'state'));
  writeFileSync(join(home, 'munge.key'), randomBytes(64), { mode: 0o600 });
  writeFileSync(config, configOf(home, [await freePort(), await freePort(), await freePort()]));
  const slurm = (...argv: string[]): string => {
    const [program = '', ...words] = argv;
    const { stdout, stderr, status } = spawnSync(program, words, { encoding: 'utf8', env });
    assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const daemon = (...argv: string[]) => start(t, argv, { SLURM_CONF: config });
  const files = [
    'key-file=munge.key',
    'socket=munge.socket',
    'pid-file=munged.pid',
    'log-file=munged.log',
    'seed-file=munge.seed',
  ];
  daemon('munged', '--foreground', '--force', ...files.map((file) => `--${file.replace('=', `=${home}/`)}`));
  await eventually('the socket of munge', LIMIT_MS, () => existsSync(join(home, 'munge.socket')));
  const controller = daemon('slurmctld', '-D', '-f', config);
  const nodes = {
    n1: daemon('slurmd', '-D', '-N', 'n1', '-f', config),
    n2: daemon('slurmd', '-D', '-N', 'n2', '-f', config),
  };
  // Registered last, so undone first: no task outlives the daemons.
  afterwards(t, async () => {
    spawnSync('scancel', ['--partition=all'], { env });
    await eventually(
      'the end of all jobs',
      LIMIT_MS,
      () => spawnSync('squeue', ['-h'], { env }).stdout.length === 0,
    );
    // Killed, it would leave a child that nobody waits for.
    spawnSync('scontrol', ['shutdown'], { env });
    await controller.done;
  });
  await eventually('two idle nodes', LIMIT_MS, () => {
    const { stdout } = spawnSync('sinfo', ['-h', '-N', '-o', '%T'], { encoding: 'utf8', env });
    return stdout === 'idle\nidle\n';
  });
  return {
    home,
    slurm,
    killNode(name) {
      const tasks = processesWith(join(home, `spool.${name}`)).filter(({ words }) => words[0] !== 'slurmd');
      nodes[name].child.kill('SIGKILL');
      for (const { pid } of tasks) killTree(pid, { withParent: true });
    },
  };
};

test('of four replicates one is killed and one loses its node: the report has two and names the others', {
  skip: needsRoot || needsPrograms('munged', 'slurmctld', 'slurmd', 'sbatch'),
}, async (t) => {
  const { home, slurm, killNode } = await startRack(t);
  const results = join(home, 'results');
  const wrapper = join(home, 'cfsbench');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, { mode: 0o755 });
  const options = [
    ...['--profile', 'quick', '--count-only', '--count-passes', PASSES, '--scenarios', 'walk-warm'],
    ...['--images', 'synthetic:files=20', '--backends', 'erofs-overlay,unpacked-overlay'],
    // Both nodes are this machine.
    '--allow-parallel',
  ];
  const fleet = [
    '--replicates',
    '4',
    '--nodes',
    '2',
    '--seed',
    'rack',
    '--program',
    wrapper,
    '--results',
    results,
  ];
  const script = slurm(process.execPath, PROGRAM, 'fleet', 'slurm', ...fleet, '--', ...options);
  writeFileSync(join(home, 'fleet.sh'), script);
  const said = slurm('sh', join(home, 'fleet.sh'));
  const [, array = '', joined = ''] = /^replicates: job (\d+); report: job (\d+),/.exec(said)!;
  const measures = (name: string): boolean => samplesSoFar(join(results, name)) > 0;
  const replicateOn = (node: string): string =>
    slurm('squeue', '-h', '-t', 'R', '-w', node, '-o', '%K').trim();

  await eventually('two replicates that measure', LIMIT_MS, () => measures('1') && measures('2'));
  const killed = replicateOn('n1');
  slurm('scancel', `${array}_${killed}`);
  const lost = replicateOn('n2');
  killNode('n2');
  await eventually('the end of the report', LIMIT_MS, () => slurm('squeue', '-h') === '');

  const [text, page] = ['join.log', 'report.html'].map((name) => readFileSync(join(results, name), 'utf8'));
  const flat = text!.replaceAll(/\s+/g, ' ');
  assert.match(flat, /2 of 4 expected runs are missing\./);
  for (const name of REPLICATES)
    assert.equal(
      flat.includes(`Replicate ${name} is missing: `),
      [killed, lost].includes(name),
      `${name}\n${text}`,
    );
  assert.match(
    flat,
    new RegExp(
      `Replicate ${lost} is missing: .*it began at \\S+ on ${hostname()} and never ended: it was killed, or its machine failed`,
    ),
  );
  assert.match(page!, /2 of 4 expected runs are missing/);
  assert.match(slurm('scontrol', 'show', 'job', joined), /ExitCode=5:0/);
  assert.deepEqual(leftOf(results), []);
});
