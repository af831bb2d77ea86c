// A run as the harness would leave it, drawn from a seeded generator: for tests only.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type {
  ImageInfo,
  Ledger,
  Metric,
  Params,
  Pass,
  Phase,
  RunFile,
  Sample,
  Slot,
  Values,
} from '../../../results/schema/run.ts';
import { PHASES } from '../../../results/schema/run.ts';

export const BASELINE = 'erofs-overlay';
export const ARMS = ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay', 'null'] as const;

export interface ExampleOptions {
  readonly seed?: number;
  readonly blocks?: number;
  readonly images?: readonly string[];
  readonly countPasses?: number;
}

/** Nanoseconds per phase on the smallest image, store empty; what a store that is full leaves out is listed below. */
const PHASE_NS: Readonly<Record<string, Readonly<Record<Phase, number>>>> = {
  'erofs-overlay': {
    ingest: 180e6,
    create: 0.9e6,
    mount: 110e3,
    use: 1.9e6,
    unmount: 240e3,
    settle: 30e3,
    destroy: 160e3,
    collect: 95e6,
  },
  'composefs-fuse': {
    ingest: 181e6,
    create: 0.9e6,
    mount: 1.1e6,
    use: 2.2e6,
    unmount: 90e3,
    settle: 1.6e6,
    destroy: 160e3,
    collect: 95e6,
  },
  'unpacked-overlay': {
    ingest: 600,
    create: 640e6,
    mount: 62e3,
    use: 1.8e6,
    unmount: 70e3,
    settle: 9e3,
    destroy: 310e6,
    collect: 500,
  },
};
const WALK_NS: Readonly<Record<string, readonly [warm: number, cold: number]>> = {
  'erofs-overlay': [62e6, 140e6],
  'composefs-fuse': [58e6, 165e6],
  'unpacked-overlay': [70e6, 260e6],
};

const metric = (
  title: string,
  noise: Metric['noise'] = 'noisy',
  better: Metric['better'] = 'lower',
): Metric => ({ title, better, noise });

const METRICS: Readonly<Record<string, Metric>> = {
  ...Object.fromEntries(
    PHASES.flatMap((phase) => [
      [`${phase}WallNs`, metric(`${phase}: wall time`)],
      [`${phase}UserNs`, metric(`${phase}: user CPU of harness and commands`)],
      [`${phase}SystemNs`, metric(`${phase}: system CPU of harness and commands`)],
      [`${phase}ServerCpuNs`, metric(`${phase}: CPU of the FUSE server`)],
    ]),
  ),
  arriveWallNs: metric('ingest + create: the image is here'),
  removeWallNs: metric('destroy + collect: the image is gone'),
  imagesPerSecond: metric('images per second, one after another', 'noisy', 'higher'),
  createDurableWallNs: metric('ingest + create + syncfs'),
  destroyDurableWallNs: metric('destroy + collect + syncfs'),
  destroyFreshWallNs: metric('destroy of files never written back'),
  commandStartWallNs: metric('null: starting a command that does nothing'),
  walkWallNs: metric('ls -lR of the whole image'),
  createdFileCount: metric('files on disk', 'exact'),
  createdInodeCount: metric('inodes on disk', 'exact'),
  createdDiskBytes: metric('bytes on disk', 'exact'),
  fuseLookupCount: metric('FUSE LOOKUP requests', 'quasi'),
  fuseReaddirplusCount: metric('FUSE READDIRPLUS requests', 'quasi'),
  fuseRequestCount: metric('FUSE requests, all opcodes', 'quasi'),
  leftMountCount: metric('mounts left behind', 'exact'),
  leftLoopCount: metric('loop devices left behind', 'exact'),
  leftProcessCount: metric('processes left behind', 'exact'),
  leftFileCount: metric('files left behind', 'exact'),
};

const image = (name: string, scale: number): ImageInfo => ({
  name,
  source: `fixture:${name}`,
  contents: 'synthetic',
  entryCount: Math.round(9214 * scale),
  fileCount: Math.round(6620 * scale),
  directoryCount: Math.round(1480 * scale),
  symlinkCount: Math.round(1114 * scale),
  layerCount: 1 + Math.round(scale),
  fileBytes: Math.round(118_405_221 * scale),
  objectCount: Math.round(5930 * scale),
  objectBytes: Math.round(112_004_310 * scale),
  manifestBytes: Math.round(1_437_696 * scale),
  imageVersion: 0,
  describedDigest: 'a'.repeat(64),
  manifestDigest: 'b'.repeat(64),
  treeDigest: 'c'.repeat(64),
});

const backendOf = (arm: string): string => (arm === 'null' ? BASELINE : arm);

const ledgerOf = (arm: string, scenario: string, params: Params, files: number): Ledger => {
  const backend = backendOf(arm);
  const full = params['store'] === 'full';
  const runtime = { runtime: { futex: 3, epoll_wait: 2 } };
  if (scenario !== 'churn')
    return {
      use: {
        ...runtime,
        ls: { execve: 1, openat: 1500, getdents64: 3000, statx: files, lstat: 12 },
        ...(backend === 'composefs-fuse' ? { 'cfs-fuse': { read: 3200, writev: 3199 } } : {}),
      },
    };
  const use = {
    ...runtime,
    harness: { clone3: 1 },
    cat: { execve: 1, openat: 4, read: 5, write: 1, close: 6 },
  };
  if (backend === 'unpacked-overlay')
    return {
      ingest: runtime,
      create: full
        ? runtime
        : {
            ...runtime,
            harness: { mkdir: 2 },
            tar: {
              execve: 2,
              openat: files,
              write: files + 811,
              close: files,
              utimensat: files,
              fchmod: files,
              fchown: files,
              mkdirat: 1480,
            },
          },
      mount: { ...runtime, harness: { fsopen: 1, fsconfig: 4, fsmount: 1, move_mount: 1, close: 2 } },
      use,
      unmount: { harness: { umount2: 1 } },
      settle: runtime,
      destroy: full
        ? runtime
        : {
            ...runtime,
            rm: { execve: 1, openat: 1480, getdents64: 2960, unlinkat: files + 1480, newfstatat: 1490 },
          },
      collect: runtime,
    };
  const objects = full ? { access: files } : { openat: files, write: files, close: files, rename: files };
  return {
    ingest: { ...runtime, harness: objects },
    create: { harness: { openat: 1, write: 1, close: 1 } },
    mount:
      backend === 'composefs-fuse'
        ? {
            harness: { clone3: 1, pipe2: 1, read: 1 },
            'cfs-fuse': { execve: 1, openat: 3, mmap: 9, mount: 1, write: 1 },
          }
        : { harness: { fsopen: 2, fsconfig: 7, fsmount: 2, move_mount: 1, close: 5 } },
    use: backend === 'composefs-fuse' ? { ...use, 'cfs-fuse': { read: 9, writev: 8, pread64: 1 } } : use,
    unmount: { harness: { umount2: 1 } },
    settle: runtime,
    destroy: { harness: { unlink: 1 } },
    collect: { harness: full ? { openat: 1 } : { unlink: files, openat: 257 } },
  };
};

const noSum = (values: Record<string, number>, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (values[name] ?? 0), 0);

export const exampleRun = (
  options: ExampleOptions = {},
): { readonly run: RunFile; readonly samples: readonly Sample[] } => {
  const { seed = 7, blocks = 8, images = ['debian-12-base', 'debian-12-python'], countPasses = 3 } = options;
  const generator = xoroshiro128plus(seed);
  const noise = (spread: number): number =>
    Math.exp((uniformFloat64(generator) + uniformFloat64(generator) - 1) * spread) *
    (uniformFloat64(generator) < 0.05 ? 1.15 : 1);
  const infos = images.map((name, index) => image(name, 1 + index * 0.7));

  const timed = (arm: string, scenario: string, params: Params, scale: number): Values => {
    const backend = backendOf(arm);
    const values: Record<string, number> = { commandStartWallNs: Math.round(1.1e6 * noise(0.1)) };
    if (scenario !== 'churn') {
      values['walkWallNs'] = Math.round(
        WALK_NS[backend]![scenario === 'walk-warm' ? 0 : 1] * scale * noise(0.03),
      );
      if (backend === 'composefs-fuse') values['useServerCpuNs'] = Math.round(21e6 * scale * noise(0.05));
      return {
        ...values,
        useUserNs: Math.round(18e6 * scale * noise(0.05)),
        useSystemNs: Math.round(35e6 * scale * noise(0.05)),
      };
    }
    for (const phase of PHASES) {
      const big = PHASE_NS[backend]![phase] > 50e6;
      const left = params['store'] === 'full' && big ? 0.004 : 1;
      const idle = params['store'] === 'full' && backend === 'unpacked-overlay' && big;
      values[`${phase}WallNs`] = Math.round(
        (idle ? 700 : PHASE_NS[backend]![phase] * left * (big ? scale : 1)) * noise(big ? 0.04 : 0.08),
      );
      values[`${phase}UserNs`] = Math.round(values[`${phase}WallNs`]! * 0.2);
      values[`${phase}SystemNs`] = Math.round(values[`${phase}WallNs`]! * 0.6);
    }
    if (backend === 'composefs-fuse') values['useServerCpuNs'] = Math.round(3.2e5 * noise(0.1));
    const life = noSum(
      values,
      PHASES.map((phase) => `${phase}WallNs`),
    );
    const arrive = noSum(values, ['ingestWallNs', 'createWallNs']);
    const remove = noSum(values, ['destroyWallNs', 'collectWallNs']);
    return {
      ...values,
      arriveWallNs: arrive,
      removeWallNs: remove,
      imagesPerSecond: 1e9 / life,
      createDurableWallNs: Math.round(arrive + 41e6 * noise(0.2)),
      destroyDurableWallNs: Math.round(remove + 12e6 * noise(0.2)),
    };
  };

  const counted = (arm: string, scenario: string, scale: number, pass: number): Values => {
    const backend = backendOf(arm);
    const disk =
      scenario !== 'churn'
        ? {}
        : backend === 'unpacked-overlay'
          ? {
              createdFileCount: Math.round(7734 * scale),
              createdInodeCount: Math.round(9214 * scale),
              createdDiskBytes: Math.round(141e6 * scale),
            }
          : {
              createdFileCount: Math.round(5931 * scale),
              createdInodeCount: Math.round(6188 * scale),
              createdDiskBytes: Math.round(127e6 * scale),
            };
    const readdirplus = scenario === 'churn' ? 0 : Math.round(3000 * scale) + (pass === 1 ? 2 : 0);
    const lookup = scenario === 'churn' ? 4 : 0;
    const fuse =
      backend === 'composefs-fuse'
        ? {
            fuseLookupCount: lookup,
            fuseReaddirplusCount: readdirplus,
            fuseRequestCount: lookup + readdirplus,
          }
        : {};
    return { ...disk, ...fuse };
  };

  const groups: { scenario: string; params: Params; cache: Slot['cache'] }[] = [
    { scenario: 'churn', params: { store: 'empty' }, cache: 'warm' },
    { scenario: 'churn', params: { store: 'full' }, cache: 'warm' },
    { scenario: 'walk-warm', params: {}, cache: 'warm' },
    { scenario: 'walk-cold', params: {}, cache: 'cold' },
  ];
  const samples: Sample[] = [];
  const slots: Slot[] = [];
  let seq = 0;
  const pass = (kind: Pass, count: number): void => {
    for (let block = 0; block < count; block++)
      for (const info of infos)
        for (const group of groups) {
          const arms = kind === 'time' ? ARMS : ARMS.filter((arm) => arm !== 'null');
          arms.forEach((arm, order) => {
            const slot: Slot = {
              seq: seq++,
              block,
              order,
              pass: kind,
              ...group,
              arm,
              backend: backendOf(arm),
              image: info.name,
            };
            slots.push(slot);
            const scale = info.entryCount / 9214;
            const values =
              kind === 'time'
                ? timed(arm, group.scenario, group.params, scale)
                : counted(arm, group.scenario, scale, block);
            samples.push({
              ...slot,
              schema: 1,
              startedAt: '2026-01-15T10:00:00.000Z',
              slotNs: 5e8,
              took:
                backendOf(arm) === BASELINE
                  ? { erofs: 'file', layers: 'fd' }
                  : backendOf(arm) === 'composefs-fuse'
                    ? { transport: 'read/write' }
                    : { layers: 'path', layerCount: String(info.layerCount) },
              notes: [],
              outcome: 'ok',
              values: {
                ...values,
                leftMountCount: 0,
                leftLoopCount: 0,
                leftProcessCount: 0,
                leftFileCount: 0,
              },
              ...(kind === 'count'
                ? { ledger: ledgerOf(arm, group.scenario, group.params, info.fileCount) }
                : {}),
            });
          });
        }
  };
  pass('time', blocks);
  pass('count', countPasses);

  const run: RunFile = {
    schema: 1,
    id: '2026-01-15-example-7',
    startedAt: '2026-01-15T10:00:00.000Z',
    host: 'example',
    cfsbench: { version: '0.1.0', commit: '0123456789abcdef0123456789abcdef01234567' },
    commandLine: ['cfsbench', 'run', '--profile', 'default', '--seed', String(seed)],
    environment: {
      kernel: '6.18.0',
      kernelCommandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet',
      architecture: 'x86_64',
      distribution: 'Debian GNU/Linux 12 (bookworm)',
      cpuModel: 'Example CPU @ 2.60GHz',
      cpuCount: 2,
      memoryBytes: 8_350_000_000,
      governor: null,
      mitigations: { spectre_v2: 'Mitigation: Retpolines', meltdown: 'Not affected' },
      virtualization: 'kvm',
      workFileSystem: { type: 'ext4', device: '/dev/vda1', options: 'rw,relatime' },
      tools: { tar: 'tar (GNU tar) 1.34', rm: 'rm (GNU coreutils) 9.1', ls: 'ls (GNU coreutils) 9.1' },
      loadAverage: [0.21, 0.4, 0.35],
      privilege: 'root',
      features: {
        'erofs-file': { ok: true, detail: 'mounted' },
        'bpf-ledger': { ok: true, detail: 'loaded' },
        fuse: { ok: true, detail: '7.45' },
      },
    },
    catalogue: {
      metrics: METRICS,
      scenarios: {
        churn: {
          question: 'What does it cost to bring an image in, mount it, use it once and take it away again?',
          cache: 'warm',
          reproduce: 'ingest, create, mount, cat one file, unmount, settle, destroy, collect',
          headline: [
            'ingestWallNs',
            'createWallNs',
            'arriveWallNs',
            'mountWallNs',
            'unmountWallNs',
            'settleWallNs',
            'destroyWallNs',
            'collectWallNs',
            'removeWallNs',
            'imagesPerSecond',
          ],
        },
        'walk-warm': {
          question: 'How long does it take to list every entry when everything was listed before?',
          cache: 'warm',
          reproduce: 'ls -lR MOUNT > /dev/null, the second time after the mount',
          headline: ['walkWallNs'],
        },
        'walk-cold': {
          question: 'How long does it take to list every entry when nothing is cached?',
          cache: 'cold',
          reproduce: 'sync; echo 3 > /proc/sys/vm/drop_caches; mount; ls -lR MOUNT > /dev/null',
          headline: ['walkWallNs'],
        },
      },
      backends: {
        'erofs-overlay': {
          title: 'EROFS + overlayfs',
          how: 'EROFS metadata below a read-only overlayfs whose data-only lower is the object store.',
        },
        'composefs-fuse': {
          title: 'composefs over FUSE',
          how: 'cfs-fuse serves the manifest, metadata and contents alike.',
        },
        'unpacked-overlay': {
          title: 'unpacked layers + overlayfs',
          how: 'Every layer unpacked to files, all of them stacked by overlayfs.',
        },
      },
      phases: Object.fromEntries(PHASES.map((phase) => [phase, `what ${phase} does`])),
    },
    images: infos,
    proofs: infos.flatMap((info) =>
      ARMS.filter((arm) => arm !== 'null').map((arm) => ({
        image: info.name,
        arm,
        treeDigest: info.treeDigest,
        equal: true,
        difference: null,
        fsType: arm === 'composefs-fuse' ? 'fuse.cfs-fuse' : 'overlay',
        took: {},
      })),
    ),
    skipped: [{ what: 'probe memory', need: 'cgroup v2 memory controller', reason: 'not mounted' }],
    plan: {
      seed: String(seed),
      profile: 'default',
      budgetNs: 90e9,
      blocks,
      baseline: BASELINE,
      arms: [...ARMS],
      scenarios: ['churn', 'walk-warm', 'walk-cold'],
      images: [...images],
      dropped: ['image debian-12-nginx: 8 blocks do not fit into 90 s'],
      slots,
    },
    status: 'complete',
    finishedAt: '2026-01-15T10:01:22.000Z',
    wallNs: 82e9,
    ledgerSource: 'bpf',
    warnings: [],
  };
  return { run, samples };
};
