// Plants: changes of this machine after which a claim must get another verdict.
import type { ClaimVerdict } from '../../report/claims/claim.ts';
import { scenarios } from '../../scenarios/registry.ts';
import {
  changeBackends,
  changeCreate,
  changeLife,
  changeMount,
  copyObjects,
  holdManifest,
  keepNothing,
  oneFileSystem,
  replace,
  replacedBy,
  rewriteManifest,
  waitForServer,
  walkStore,
  writeFilePerEntry,
} from './mechanisms.ts';

const SUPPORTED: readonly ClaimVerdict[] = ['supported'];
const REFUTED: readonly ClaimVerdict[] = ['not supported'];
const OPEN: readonly ClaimVerdict[] = ['undecided'];

export interface Plant {
  readonly claim: string;
  readonly id: string;
  /** The mechanism. */
  readonly what: string;
  /** Options of both runs, with the plant and without. */
  readonly asks: readonly string[];
  /** Expected verdicts without the plant and with it. */
  readonly usual: readonly ClaimVerdict[];
  readonly planted: readonly ClaimVerdict[];
  /** Another plant for the run without this one; absent: the machine as it is. */
  readonly against?: string;
  plant(): void;
}

const SMALL = ['--images', 'synthetic:files=40,layers=2,seed=5'];
const LOOPS = 'erofs-overlay,erofs-overlay-loop,erofs-overlay-loop-dio';
const COUNTED = [...SMALL, '--count-only', '--count-passes', '3'];

export const plants: readonly Plant[] = [
  {
    claim: 'C1',
    id: 'file-per-entry',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'manifest backends write an empty file per entry in create and unlink it in destroy',
    asks: ['--scenarios', 'churn,churn-scale', ...COUNTED],
    plant: changeBackends(['erofs-overlay', 'composefs-fuse'], changeCreate(writeFilePerEntry)),
  },
  {
    claim: 'C3',
    id: 'reflinks-that-link',
    usual: SUPPORTED,
    planted: [...REFUTED, ...OPEN],
    what: 'a hardlink checkout under the name of the reflink checkout',
    asks: ['--scenarios', 'sharing-cache', ...COUNTED],
    plant: changeBackends(['reflink-checkout'], replacedBy('reflink-checkout', 'hardlink-checkout')),
  },
  {
    claim: 'C4',
    id: 'one-file-system',
    usual: SUPPORTED,
    planted: [...REFUTED, ...OPEN],
    what: 'the second file system is a folder on the first',
    asks: ['--scenarios', 'many-stores', ...COUNTED],
    plant: () => replace(scenarios, 'many-stores', oneFileSystem),
  },
  {
    claim: 'C8',
    id: 'walked-store',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'a walk of the object store follows the listing of the mount',
    asks: ['--scenarios', 'lookup-trace', ...COUNTED],
    plant: () => replace(scenarios, 'lookup-trace', walkStore),
  },
  {
    claim: 'C11',
    id: 'direct-loop',
    usual: [...SUPPORTED, ...OPEN],
    planted: REFUTED,
    what: 'a direct loop device under the name of the buffered one',
    asks: ['--scenarios', 'walk-cold', '--backends', LOOPS, ...SMALL, '--blocks', '8'],
    plant: changeBackends(['erofs-overlay-loop'], replacedBy('erofs-overlay-loop', 'erofs-overlay-loop-dio')),
  },
  {
    claim: 'C13',
    id: 'mended-manifest',
    usual: SUPPORTED,
    planted: OPEN,
    what: 'the manifest is written again before the mount, so that the mount shows no change',
    asks: ['--scenarios', 'tamper', ...COUNTED],
    plant: changeBackends(['erofs-overlay'], changeCreate(rewriteManifest)),
  },
  {
    claim: 'C14',
    id: 'copied-objects',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'the second version has copies of all objects in its own store',
    asks: ['--scenarios', 'sharing-cache,sharing-disk', ...COUNTED],
    plant: changeBackends(['erofs-overlay'], copyObjects()),
  },
  {
    claim: 'C15',
    id: 'nothing-kept',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'the later version finds no object of the earlier one',
    // Only the full profile has images of several layers.
    asks: ['--profile', 'full', '--scenarios', 'update', ...COUNTED],
    plant: changeBackends(['erofs-overlay'], changeLife(keepNothing)),
  },
  {
    claim: 'C19',
    id: 'waiting-unmount',
    usual: REFUTED,
    planted: [...SUPPORTED, ...OPEN],
    what: 'unmount of a FUSE mount waits until its server has ended',
    asks: ['--scenarios', 'live-mounts', ...SMALL, '--blocks', '8'],
    plant: changeBackends(['composefs-fuse'], changeMount(waitForServer)),
  },
  {
    claim: 'C19',
    id: 'held-manifest',
    usual: [...SUPPORTED, ...OPEN],
    planted: REFUTED,
    what: 'a process holds the manifest open when unmount returns; unmount waits for servers',
    against: 'waiting-unmount',
    asks: ['--scenarios', 'live-mounts', ...SMALL, '--blocks', '8'],
    plant() {
      changeBackends(['composefs-fuse'], changeMount(waitForServer))();
      changeBackends(['erofs-overlay'], changeMount(holdManifest))();
    },
  },
];
