// `cfsbench fleet parallel` with a real GNU parallel and a real sshd on this machine: one host answers, another does not.
//
// Needs:   root, parallel, rsync, ssh and sshd: npm run check:fleet installs them.
// Leaves:  nothing: keys and configuration are in the test's folder, and sshd is a child.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  afterwards,
  diskFolder,
  eventually,
  leftOf,
  type Owner,
  PROGRAM,
  start,
} from '../end-to-end/support.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { freePort, needsPrograms } from './support.ts';

const LIMIT_MS = 60_000;
const SSHD = '/usr/sbin/sshd';
const PRIVILEGE_FOLDER = '/run/sshd';

const keyIn = (home: string, name: string): string => {
  const path = join(home, name);
  const { status } = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  assert.equal(status, 0);
  return path;
};

/** The words of an ssh that knows the hosts `near` and `gone`. */
const startSshd = async (t: Owner, home: string): Promise<string> => {
  const port = await freePort();
  const [host, user] = [keyIn(home, 'host'), keyIn(home, 'user')];
  copyFileSync(`${user}.pub`, join(home, 'authorized'));
  const lines = [
    ...[
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${host}`,
      `AuthorizedKeysFile ${home}/authorized`,
    ],
    ...['StrictModes no', 'UsePAM no', 'PermitRootLogin yes', `PidFile ${home}/sshd.pid`],
  ];
  writeFileSync(join(home, 'sshd_config'), `${lines.join('\n')}\n`);
  if (!existsSync(PRIVILEGE_FOLDER)) {
    mkdirSync(PRIVILEGE_FOLDER);
    afterwards(t, () => rmdirSync(PRIVILEGE_FOLDER));
  }
  start(t, [SSHD, '-D', '-f', join(home, 'sshd_config'), '-E', join(home, 'sshd.log')]);
  const config = join(home, 'ssh_config');
  const client = [
    ...['Host gone', 'HostName 127.0.0.1', 'Port 1', 'Host *', 'HostName 127.0.0.1', `Port ${port}`],
    ...[
      `IdentityFile ${user}`,
      'IdentitiesOnly yes',
      'StrictHostKeyChecking no',
      `UserKnownHostsFile ${home}/known`,
    ],
    'LogLevel ERROR',
  ];
  writeFileSync(config, `${client.join('\n')}\n`);
  const answers = (): boolean => spawnSync('ssh', ['-F', config, 'near', 'true']).status === 0;
  await eventually('an answer of sshd', LIMIT_MS, answers);
  return `ssh -F ${config}`;
};

test('replicates run on the host that answers and leave nothing there; a failed one has its reason', {
  skip: needsRoot || needsPrograms('parallel', 'rsync', 'ssh', SSHD),
}, async (t) => {
  const home = diskFolder(t, 'cfsbench-ssh-');
  const ssh = await startSshd(t, home);
  const results = join(home, 'results');
  const wrapper = join(home, 'cfsbench');
  // The second replicate fails as a run on a full disk does.
  writeFileSync(
    wrapper,
    `#!/bin/sh\ncase $* in *--seed\\ desk-2*) echo 'cfsbench: not enough free disk space' >&2; exit 4 ;; esac\nCFSBENCH_LOCKS= exec ${process.execPath} ${PROGRAM} "$@"\n`,
    { mode: 0o755 },
  );
  const options = ['--profile', 'quick', '--count-only', '--count-passes', '1', '--scenarios', 'walk-warm'];
  const images = ['--images', 'synthetic:files=20', '--backends', 'erofs-overlay'];
  const fleet = ['--hosts', 'gone,near', '--replicates', '2', '--seed', 'desk', '--program', wrapper];
  const script = spawnSync(
    process.execPath,
    [PROGRAM, 'fleet', 'parallel', ...fleet, '--results', results, '--', ...options, ...images],
    { encoding: 'utf8' },
  ).stdout;
  writeFileSync(join(home, 'desk.sh'), script);
  const done = await start(t, ['sh', join(home, 'desk.sh')], {
    PARALLEL_SSH: ssh,
    PARALLEL_HOME: join(home, 'parallel'),
  }).done;
  assert.equal(done.code, 5, done.stderr);
  assert.match(done.stderr, /no answer from gone: it gets no replicate/);
  const text = done.stdout.replaceAll(/\s+/g, ' ');
  assert.match(
    text,
    /1 of 2 expected runs is missing\. Replicate 2 is missing: it ended with exit code 4: cfsbench: not enough free disk space\./,
  );
  assert.match(readFileSync(join(results, 'report.html'), 'utf8'), /1 of 2 expected runs is missing/);
  assert.ok(!readdirSync(join(results, '1')).includes('private.json'));
  assert.ok(!existsSync(join(homedir(), 'cfsbench-fleet-desk')));
  assert.deepEqual(leftOf(results), []);
});
