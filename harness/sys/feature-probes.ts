// Finds what this machine can do by doing it, once each.
//
// Needs:   private mount and PID namespaces around it: what it mounts must not be seen outside.
// Does:    mounts and unmounts small things below one folder, opens devices, starts `true`, `tar --version` and the like.
// Error:   a feature that works here may still fail under another file system or mount option.
// Cost:    about 100 ms in all.
// Leaves:  nothing: every descriptor is closed, the rest goes with the namespace and the folder.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  readSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { MountOption } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { FeatureId } from '../model/machine.ts';
import { openBpfCounter } from './bpf-counter.ts';
import { files, O_RDWR, O_WRONLY } from './files.ts';
import { makeMemoryGroup } from './memory-group.ts';
import { mountOf, readMounts } from './mountinfo.ts';
import { mounts } from './mounts.ts';
import { isRealRoot } from './namespace-probe.ts';
import { pageFrames } from './page-frames.ts';
import { residency } from './residency.ts';
import { findProgram } from './spawn.ts';
import { library, libraryPath } from './timed.ts';
import { enableVerity } from './verity.ts';

export interface ProbeSetting {
  readonly workDir: string;
  /** An empty folder on the work file system. */
  readonly folder: string;
  readonly imagePath: string;
  readonly serverPath: string;
  readonly subordinateIds: boolean;
}

/** What was seen; throws where the feature is missing. */
type Try = (setting: ProbeSetting) => string;

const COMMAND_LIMIT_MS = 2000;
const MEMORY_FILE_SYSTEMS = ['tmpfs', 'ramfs'];

const missing = (reason: string, ...facts: string[]): never => {
  throw new UserError(reason, { exit: 4, facts });
};

const run = (name: string, ...args: string[]): string => {
  const path = findProgram(name) ?? missing('not installed');
  const done = spawnSync(path, args, { timeout: COMMAND_LIMIT_MS, env: { ...process.env, LC_ALL: 'C' } });
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n')[0] ?? '';
  return done.status === 0 ? said : missing(said === '' ? `exit ${done.status}` : said);
};

const folder = ({ folder: parent }: ProbeSetting, name: string): string => {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** Paths of the folder may be longer than a mount option can be. */
const throughDescriptor = <T>(path: string, use: (short: string) => T): T => {
  const fd = files.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return use(`/proc/self/fd/${fd}`);
  } finally {
    files.close(fd);
  }
};

const canMount = (type: string, options: readonly MountOption[]): void =>
  files.close(mounts.create(type, options, ['ro', 'nosuid', 'nodev']));

const overlayOf = (options: (lower: string, data: string) => readonly MountOption[]): Try => {
  return (setting) =>
    throughDescriptor(folder(setting, 'lower'), (lower) =>
      throughDescriptor(folder(setting, 'data'), (data) => {
        canMount('overlay', options(lower, data));
        return 'mounted';
      }),
    );
};

const REDIRECTS: readonly MountOption[] = [
  ['metacopy', 'on'],
  ['redirect_dir', 'on'],
];

const erofsFile: Try = ({ imagePath }) =>
  throughDescriptor(join(imagePath, '..'), (dir) => {
    canMount('erofs', [['source', `${dir}/image`]]);
    return 'mounted from a file';
  });

const erofsLoop: Try = ({ imagePath }) => {
  const loop = mounts.loop(imagePath, { directIo: false });
  try {
    // A read-only device refuses a superblock that might be written to.
    canMount('erofs', [['source', loop.device], ['ro']]);
    return `mounted from ${loop.device}`;
  } finally {
    files.close(loop.fd);
  }
};

const overlayLayerFds: Try = (setting) => {
  const detached = mounts.create('tmpfs', [], ['ro']);
  try {
    return throughDescriptor(folder(setting, 'data'), (data) => {
      canMount('overlay', [['lowerdir+', detached], ['datadir+', data], ...REDIRECTS]);
      return 'a detached mount is taken as a layer';
    });
  } finally {
    files.close(detached);
  }
};

const fuse: Try = () => {
  const fd = files.open('/dev/fuse', O_RDWR);
  try {
    canMount('fuse', [
      ['fd', String(fd)],
      ['rootmode', '40000'],
      ['user_id', '0'],
      ['group_id', '0'],
    ]);
    return '/dev/fuse opens and mounts';
  } finally {
    files.close(fd);
  }
};

const INIT_FLAGS_AT = 40 + 12;
const INIT_FLAGS2_AT = 40 + 16;
const INIT_EXT = 1 << 30;
const REQUEST_BYTES = 8256;

/** What the kernel offers in its first request to a server, which then goes away without an answer. */
const offeredByFuse = (bit: number, what: string): string => {
  const device = files.open('/dev/fuse', O_RDWR);
  const options: readonly MountOption[] = [
    ['fd', String(device)],
    ['rootmode', '40000'],
    ['user_id', '0'],
    ['group_id', '0'],
  ];
  let mount: number;
  const request = Buffer.alloc(REQUEST_BYTES);
  try {
    mount = mounts.create('fuse', options, ['ro', 'nosuid', 'nodev']);
    readSync(device, request, 0, request.length, null);
  } finally {
    files.close(device);
  }
  files.close(mount);
  const extended = (request.readUInt32LE(INIT_FLAGS_AT) & INIT_EXT) !== 0;
  const offered = extended && ((request.readUInt32LE(INIT_FLAGS2_AT) >>> (bit - 32)) & 1) === 1;
  return offered ? `the kernel offers ${what}` : missing(`the kernel does not offer ${what}`);
};

const bpfLedger: Try = () => {
  const counter = openBpfCounter();
  try {
    const { pid } = spawnSync(findProgram('true') ?? missing('no command to count'));
    const execs = counter.snapshot().get(pid)?.main.get('execve') ?? 0;
    return execs === 1 ? 'counts system calls' : missing(`counted ${execs} execve of one`);
  } finally {
    counter.close();
  }
};

const dropCaches: Try = () => {
  // Opened, not written to: that the kernel lets us is all there is to know.
  files.close(files.open('/proc/sys/vm/drop_caches', O_WRONLY));
  return '/proc/sys/vm/drop_caches may be written';
};

const workFileSystem: Try = ({ workDir }) => {
  const mount = mountOf(readMounts(), realpathSync(workDir)) ?? missing('no mount holds the work folder');
  const seen = `${mount.type} on ${mount.source}`;
  return MEMORY_FILE_SYSTEMS.includes(mount.type) ? missing(`${seen}: that is memory, not a disk`) : seen;
};

const mountComposefs: Try = (setting) => {
  const at = folder(setting, 'composefs');
  run('mount.composefs', '-o', `basedir=${folder(setting, 'data')}`, setting.imagePath, at);
  mounts.unmount(at);
  return `${findProgram('mount.composefs')} mounts`;
};

const gnuTar: Try = () => {
  const version = run('tar', '--version');
  return version.includes('GNU tar') ? version : missing(`not GNU tar: ${version}`);
};

const fsVerity: Try = (setting) => {
  const path = join(folder(setting, 'verity'), 'file');
  writeFileSync(path, 'x');
  const fd = files.open(path, constants.O_RDONLY);
  try {
    enableVerity(fd);
    return 'can be enabled on a file of the work file system';
  } finally {
    files.close(fd);
  }
};

const LARGE_ENOUGH_BYTES = 2 ** 30;
const BLOCK_BYTES = 4096;

/** Two files of the work folder that share a block. */
const workReflink: Try = (setting) => {
  const dir = folder(setting, 'reflink');
  const [from, to] = [join(dir, 'from'), join(dir, 'to')];
  writeFileSync(from, Buffer.alloc(BLOCK_BYTES, 'x'));
  try {
    run('cp', '--reflink=always', from, to);
    return 'files of the work folder can share blocks';
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** mkfs and a mount through a loop device, on a sparse file that goes at once. */
const onLoopFile =
  (type: 'xfs' | 'ext4', ...mkfs: readonly [program: string, ...options: string[]]): Try =>
  (setting) => {
    const file = join(folder(setting, type), 'disk');
    writeFileSync(file, '');
    try {
      truncateSync(file, LARGE_ENOUGH_BYTES);
      run(...mkfs, file);
      const loop = mounts.loop(file, { directIo: false });
      try {
        canMount(type, [['source', loop.device], ['ro'], [type === 'xfs' ? 'norecovery' : 'noload']]);
        return 'made and mounted from a loop device';
      } finally {
        files.close(loop.fd);
      }
    } finally {
      rmSync(file);
    }
  };

const xfsLoop = onLoopFile('xfs', 'mkfs.xfs', '-q', '-K', '-m', 'reflink=1');
const ext4Loop = onLoopFile('ext4', 'mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=1,nodiscard');

const squashfsLoop: Try = (setting) => {
  const dir = folder(setting, 'squashfs');
  const file = join(dir, '..', 'squashfs.image');
  run('mksquashfs', dir, file, '-quiet', '-no-progress', '-noappend');
  const loop = mounts.loop(file, { directIo: false });
  try {
    canMount('squashfs', [['source', loop.device], ['ro']]);
    return 'made and mounted from a loop device';
  } finally {
    files.close(loop.fd);
  }
};

/** The driver has to know the target; nothing is set up. */
const dmVerity: Try = () => {
  const targets = run('dmsetup', 'targets');
  const path = findProgram('dmsetup') ?? missing('dmsetup is not installed');
  const listed = spawnSync(path, ['targets'], { timeout: COMMAND_LIMIT_MS, encoding: 'utf8' }).stdout;
  return (
    listed.split('\n').find((line) => line.startsWith('verity')) ?? missing(`no target verity: ${targets}`)
  );
};

/** `mount-namespace` and `pid-namespace` hold because this runs inside them. */
export const TRIES: Readonly<Record<FeatureId, Try>> = {
  root: () =>
    isRealRoot()
      ? 'root in the initial user namespace'
      : missing(`user ${process.getuid?.()} of a user namespace`),
  'mount-namespace': () => {
    canMount('tmpfs', []);
    return 'private, mounts allowed';
  },
  'pid-namespace': () => 'private',
  'user-namespace': () => {
    run('unshare', '--user', '--map-root-user', 'true');
    return 'can be made';
  },
  'sub-ids': ({ subordinateIds }) => (subordinateIds ? 'mapped' : missing('one id only')),
  'erofs-file': erofsFile,
  'erofs-loop': erofsLoop,
  overlay: overlayOf((lower, data) => [['lowerdir', `${lower}:${data}`]]),
  'overlay-data-layers': overlayOf((lower, data) => [['lowerdir+', lower], ['datadir+', data], ...REDIRECTS]),
  'overlay-double-colon': overlayOf((lower, data) => [['lowerdir', `${lower}::${data}`], ...REDIRECTS]),
  'overlay-layer-fds': overlayLayerFds,
  'overlay-single-layers': overlayOf((lower, data) => [
    ['lowerdir+', lower],
    ['lowerdir+', data],
  ]),
  'overlay-user-xattr': overlayOf((lower, data) => [['lowerdir', `${lower}:${data}`], ['userxattr']]),
  'overlay-user-data-layers': overlayOf((lower, data) => [
    ['lowerdir+', lower],
    ['datadir+', data],
    ['userxattr'],
  ]),
  fuse,
  'fuse-passthrough': () => offeredByFuse(37, 'passthrough'),
  'fuse-uring': () => offeredByFuse(41, 'FUSE over io_uring'),
  'cfs-fuse': ({ serverPath }) => {
    accessSync(serverPath, constants.X_OK);
    return serverPath;
  },
  'timed-calls': () =>
    library === null ? missing('not built, or set aside by CFSBENCH_WINDOW') : libraryPath,
  'bpf-ledger': bpfLedger,
  strace: () => {
    run('strace', '-f', '-c', '-o', '/dev/null', 'true');
    return findProgram('strace') ?? '';
  },
  'drop-caches': dropCaches,
  residency: ({ imagePath }) => {
    const { residentPages, pages } = residency(imagePath);
    return `${residentPages} of ${pages} pages of a test file are cached`;
  },
  'page-frames': ({ imagePath }) => {
    const { frames, pages } = pageFrames(imagePath);
    return frames.some((frame) => frame > 0)
      ? `${frames.length} of ${pages} pages of a test file have a frame number`
      : missing('every frame number reads as zero');
  },
  'fs-verity': fsVerity,
  'work-reflink': workReflink,
  'xfs-loop': xfsLoop,
  'ext4-loop': ext4Loop,
  'mkfs-erofs': () => findProgram('mkfs.erofs') ?? missing('not installed'),
  mkcomposefs: () => findProgram('mkcomposefs') ?? missing('not installed'),
  'gnu-time': () => {
    const said = run('time', '-f', '%M', 'true');
    return /^\d+$/.test(said) ? (findProgram('time') ?? '') : missing('not GNU time');
  },
  mksquashfs: () => findProgram('mksquashfs') ?? missing('not installed'),
  'squashfs-loop': squashfsLoop,
  'dm-verity': dmVerity,
  'memory-group': () => {
    const group = makeMemoryGroup();
    const { members } = group;
    group.remove();
    return `a group can be made: ${dirname(members)}`;
  },
  tar: gnuTar,
  rm: () => findProgram('rm') ?? missing('not installed'),
  sha256sum: () => findProgram('sha256sum') ?? missing('not installed'),
  cp: () => findProgram('cp') ?? missing('not installed'),
  stat: () => run('stat', '--printf=found', '/'),
  find: () => findProgram('find') ?? missing('not installed'),
  ls: () => findProgram('ls') ?? missing('not installed'),
  'work-file-system': workFileSystem,
  'mount-composefs': mountComposefs,
  'composefs-fuse': () => run('composefs-fuse', '--version'),
};

export const FEATURE_IDS = Object.keys(TRIES) as readonly FeatureId[];
