// Metrics, scenarios, backends, machine and images of the example run.

import type { Environment } from '../../../results/schema/machine.ts';
import { type Catalogue, type ImageInfo, type Metric, PHASES } from '../../../results/schema/run.ts';

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

export const EXAMPLE_CATALOGUE: Catalogue = {
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
};

export const EXAMPLE_ENVIRONMENT: Environment = {
  kernel: '6.18.0',
  kernelCommandLine: 'mitigations=off',
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
};

/** `scale` 1 is the smallest image. */
export const exampleImage = (name: string, scale: number): ImageInfo => ({
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
