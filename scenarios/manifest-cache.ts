// Page cache of a manifest: pages of its file and of a loop device over it.
import type { Mounted } from '../harness/model/backend.ts';
import type { Machine } from '../harness/model/machine.ts';
import type { Metric } from '../results/schema/run.ts';
import type { Values } from '../results/schema/shared.ts';

export const cacheMetrics: Readonly<Record<string, Metric>> = {
  manifestCachedBytes: {
    title: 'page cache of the manifest file after the walk',
    better: 'lower',
    noise: 'quasi',
  },
  deviceCachedBytes: {
    title: 'page cache of loop devices over the manifest after the walk',
    better: 'lower',
    noise: 'quasi',
  },
  metadataCachedBytes: { title: 'both together', better: 'lower', noise: 'quasi' },
};

/** Empty if the backend has no manifest, or the kernel does not tell (cachestat of a device, Linux 6.5). */
export const manifestCache = (
  { files, meters }: Machine,
  { devices = [] }: Mounted,
  manifest: string,
): Values => {
  if (!files.exists(manifest)) return {};
  try {
    const manifestCachedBytes = meters.cachedBytes(manifest);
    const deviceCachedBytes = devices.reduce((sum, device) => sum + meters.cachedBytes(device), 0);
    return {
      manifestCachedBytes,
      deviceCachedBytes,
      metadataCachedBytes: manifestCachedBytes + deviceCachedBytes,
    };
  } catch {
    return {};
  }
};
