import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { recordedFolders } from '../../../harness/sys/folder-index.ts';
import { lockFolder } from '../../../harness/sys/folder-lock.ts';
import { inspectFolder, markKept, removeMarkedFolder } from '../../../harness/sys/marked-folder.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { listXattrs, setXattr } from '../../../harness/sys/xattrs.ts';
import { ownState } from '../../end-to-end/support.ts';
import { childrenOf } from '../../processes.ts';
import { makeWork, needsRoot, privateMounts, temporaryFolder, until } from './support.ts';

const NOBODY = 65534;
/** An ACL as the kernel takes it: rwx for the owner, a user, the group, the mask and others. */
const USER_MAY_ALL = Buffer.concat([
  Buffer.from([2, 0, 0, 0]),
  ...[1, 2, 4, 16, 32].map((tag) =>
    Buffer.from([tag, 0, 7, 0, ...(tag === 2 ? [0xd2, 4, 0, 0] : [255, 255, 255, 255])]),
  ),
]);
const MODULE = new URL('../../../harness/sys/marked-folder.js', import.meta.url).href;

before(ownState);

const isLocked = (path: string): boolean => {
  const folder = lockFolder(path);
  folder?.close();
  return folder === null;
};

/** Names of the programs of a process and of its children. */
const programsOf = (pid: number): readonly string[] => {
  const nameOf = (id: number): string => readFileSync(`/proc/${id}/comm`, 'utf8').trim();
  return [pid, ...childrenOf(pid)].map(nameOf);
};

/** A folder of somebody else with a file in it. */
const strangers = (path: string): string => {
  mkdirSync(path);
  writeFileSync(join(path, 'precious'), 'x');
  return join(path, 'precious');
};

test('the lock is held as long as a process has the descriptor, also in another PID namespace', async (t) => {
  const folder = makeWork(join(temporaryFolder(t), 'work'));
  const inside = needsRoot === false ? ['unshare', '--pid', '--fork', '--kill-child'] : [];
  const [program = '', ...args] = [...inside, 'sleep', '60'];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', folder.fd] });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  folder.close();
  // Killed earlier, unshare would leave a child that does not end with it yet.
  await until('sleep is running', () => programsOf(child.pid!).includes('sleep'));
  assert.ok(isLocked(folder.path));
  assert.equal(inspectFolder(folder.path).kind, 'live');
  child.kill('SIGKILL');
  await until('the lock is free', () => !isLocked(folder.path));
});

test('a marked folder inherits no group, no set-group-ID and no ACL', { skip: needsRoot }, (t) => {
  const home = temporaryFolder(t);
  const parent = Buffer.from(home);
  chownSync(home, 0, NOBODY);
  chmodSync(home, 0o2755);
  setXattr(parent, 'system.posix_acl_default', USER_MAY_ALL.toString('latin1'));
  const plain = join(home, 'plain');
  mkdirSync(plain);
  const inherited = statSync(plain);
  assert.deepEqual([inherited.gid, inherited.mode & 0o2000], [NOBODY, 0o2000]);
  assert.equal(listXattrs(Buffer.from(plain)).length, 2);
  const folder = makeWork(join(home, 'work'));
  t.after(() => folder.close());
  const inner = join(folder.path, 'inner');
  mkdirSync(inner);
  for (const [path, mode] of [
    [folder.path, 0o700],
    [inner, 0o777 & ~process.umask()],
  ] as const) {
    const seen = statSync(path);
    assert.deepEqual([seen.gid, seen.mode & 0o7777], [process.getegid?.(), mode], path);
    assert.deepEqual(listXattrs(Buffer.from(path)), [], path);
  }
});

test('a marked folder is private, and is not made where anything of its name exists', (t) => {
  const home = temporaryFolder(t);
  const folder = makeWork(join(home, 'work'));
  assert.equal(statSync(folder.path).mode & 0o777, 0o700);
  const precious = strangers(join(home, 'theirs'));
  symlinkSync(join(home, 'theirs'), join(home, 'link'));
  symlinkSync(join(home, 'nowhere'), join(home, 'dangling'));
  assert.throws(() => lockFolder(join(home, 'link')), /ENOTDIR|ELOOP/);
  for (const name of ['work', 'theirs', 'link', 'dangling'])
    assert.throws(() => makeWork(join(home, name)), { code: 'EEXIST' }, name);
  assert.deepEqual(readdirSync(join(home, 'theirs')), ['precious']);
  assert.ok(existsSync(precious));
  assert.equal(existsSync(join(home, 'nowhere')), false);
  folder.close();
});

test('only a folder with a mark of cfsbench, or an empty one, counts as left', (t) => {
  const home = temporaryFolder(t);
  const reasonOf = (name: string): string => {
    const found = inspectFolder(join(home, name));
    if (found.kind === 'left') found.folder.close();
    return found.kind === 'strange' ? found.reason : found.kind;
  };
  makeWork(join(home, 'dead')).close();
  const kept = makeWork(join(home, 'kept'));
  markKept(kept);
  kept.close();
  makeWork(join(home, 'live'));
  strangers(join(home, 'unmarked'));
  mkdirSync(join(home, 'empty'));
  symlinkSync(join(home, 'dead'), join(home, 'link'));
  writeFileSync(join(home, 'file'), '');
  for (const [name, mark] of [
    ['no-json', '{'],
    ['no-run', '{"results":null}'],
    ['null', 'null'],
    ['large', `{"run":"${'x'.repeat(70_000)}","results":null}`],
  ] as const) {
    mkdirSync(join(home, name));
    writeFileSync(join(home, name, 'cfsbench.json'), mark);
  }
  mkdirSync(join(home, 'folder-as-mark', 'cfsbench.json'), { recursive: true });
  mkdirSync(join(home, 'link-as-mark'));
  symlinkSync(join(home, 'dead', 'cfsbench.json'), join(home, 'link-as-mark', 'cfsbench.json'));
  const kinds = Object.fromEntries(readdirSync(home).map((name) => [name, reasonOf(name)]));
  const unmarked = 'it has no mark of cfsbench';
  assert.deepEqual(kinds, {
    dead: 'left',
    kept: 'left',
    empty: 'left',
    live: 'live',
    link: 'a symbolic link',
    file: 'not a folder',
    ...Object.fromEntries(
      ['unmarked', 'no-json', 'no-run', 'null', 'large', 'folder-as-mark', 'link-as-mark'].map((name) => [
        name,
        unmarked,
      ]),
    ),
  });
  assert.equal(reasonOf('none'), 'gone');
});

test('a folder or mark of another user does not count as left', { skip: needsRoot }, (t) => {
  const home = temporaryFolder(t);
  for (const name of ['folder', 'mark']) makeWork(join(home, name)).close();
  chownSync(join(home, 'folder'), NOBODY, NOBODY);
  chownSync(join(home, 'mark', 'cfsbench.json'), NOBODY, NOBODY);
  assert.deepEqual(inspectFolder(join(home, 'folder')), {
    kind: 'strange',
    reason: `it belongs to user ${NOBODY}`,
  });
  assert.equal(inspectFolder(join(home, 'mark')).kind, 'strange');
});

test('removal follows no link, and stays in the folder that was made', async (t) => {
  const home = temporaryFolder(t);
  const precious = strangers(join(home, 'theirs'));
  const folder = makeWork(join(home, 'work'));
  symlinkSync(join(home, 'theirs'), join(folder.path, 'link'));
  mkdirSync(join(folder.path, 'a', 'b'), { recursive: true });
  symlinkSync(join(home, 'theirs'), join(folder.path, 'a', 'b', 'link'));
  // More parts than one process removes.
  for (let i = 0; i < 70; i++) mkdirSync(join(folder.path, 'store', String(i)), { recursive: true });
  await removeMarkedFolder(folder);
  assert.deepEqual(readdirSync(home), ['theirs']);
  assert.ok(existsSync(precious));

  const moved = makeWork(join(home, 'work'));
  writeFileSync(join(moved.path, 'file'), '');
  renameSync(moved.path, join(home, 'elsewhere'));
  symlinkSync(join(home, 'theirs'), moved.path);
  await assert.rejects(removeMarkedFolder(moved), /cannot remove .*work/);
  assert.ok(existsSync(precious));
  assert.ok(existsSync(join(home, 'elsewhere', 'file')));
});

test('an interrupted removal can be repeated, because it removes the mark last', async (t) => {
  const folder = makeWork(join(temporaryFolder(t), 'work'));
  const { path } = folder;
  for (let i = 0; i < 5000; i++) writeFileSync(join(path, String(i)), '');
  folder.close();
  const program = `import { inspectFolder, removeMarkedFolder } from ${JSON.stringify(MODULE)};
await removeMarkedFolder(inspectFolder(process.argv[1]).folder);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, path]);
  const ended = once(child, 'close');
  await until('the removal has begun', () => !existsSync(path) || readdirSync(path).length < 5001);
  child.kill('SIGKILL');
  await ended;
  t.diagnostic(existsSync(path) ? `${readdirSync(path).length} files are left` : 'it was not cut off');
  const found = inspectFolder(path);
  assert.ok(found.kind === 'left' || found.kind === 'gone', found.kind);
  if (found.kind === 'left') await removeMarkedFolder(found.folder);
  assert.equal(existsSync(path), false);
});

test('removal includes a path that is too long for Node.js', async (t) => {
  const folder = makeWork(join(temporaryFolder(t), 'work'));
  const deep = spawn('sh', ['-c', `for i in $(seq 30); do mkdir ${'x'.repeat(200)} && cd x*; done`], {
    cwd: folder.path,
  });
  await once(deep, 'close');
  await removeMarkedFolder(folder);
  assert.equal(existsSync(folder.path), false);
});

describe('with a mount in it', { skip: needsRoot }, () => {
  test('a folder is not removed, and the mount keeps its files', async (t) => {
    privateMounts();
    const home = temporaryFolder(t);
    const folder = makeWork(join(home, 'work'));
    const at = join(folder.path, 'mount');
    mkdirSync(at);
    mounts.attach(mounts.create('tmpfs', [], []), at);
    writeFileSync(join(at, 'precious'), '');
    await assert.rejects(
      removeMarkedFolder(folder),
      (error: { facts?: readonly string[]; hint?: string }) => {
        assert.deepEqual(error.facts, [`a file system is mounted in it: ${at}`]);
        return error.hint === `umount ${at}`;
      },
    );
    assert.ok(existsSync(join(at, 'precious')));
    mounts.unmount(at);
  });
});

test('the index names each folder until it is removed', async (t) => {
  const home = temporaryFolder(t);
  const folder = makeWork(join(home, 'work'));
  assert.ok(recordedFolders().includes(folder.path));
  const inside = makeWork(join(folder.path, 'inside'));
  assert.ok(!recordedFolders().includes(inside.path), 'it goes with the folder around it');
  inside.close();
  assert.throws(() => makeWork(join(home, 'none', 'work')), { code: 'ENOENT' });
  assert.ok(!recordedFolders().includes(join(home, 'none', 'work')));
  await removeMarkedFolder(folder);
  assert.ok(!recordedFolders().includes(folder.path));
});

test('an XDG_STATE_HOME of another user is not used; the index lies below HOME instead', {
  skip: needsRoot,
}, async (t) => {
  const home = temporaryFolder(t);
  const { XDG_STATE_HOME: state, HOME: root } = process.env;
  t.after(() => {
    process.env['XDG_STATE_HOME'] = state;
    process.env['HOME'] = root;
  });
  const theirs = join(home, 'theirs');
  mkdirSync(theirs);
  chownSync(theirs, NOBODY, NOBODY);
  process.env['XDG_STATE_HOME'] = theirs;
  process.env['HOME'] = home;
  const folder = makeWork(join(home, 'work'));
  assert.deepEqual(readdirSync(theirs), []);
  const links = join(home, '.local', 'state', 'cfsbench', 'folders');
  assert.deepEqual(
    readdirSync(links).map((name) => readlinkSync(join(links, name))),
    [folder.path],
  );
  assert.equal(statSync(links).mode & 0o777, 0o700);
  await removeMarkedFolder(folder);
  assert.deepEqual(readdirSync(join(home, '.local', 'state')), []);
});
