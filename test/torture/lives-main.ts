// Lives of one small image in private namespaces, for long runs. Prints a JSON line per reading.
//
//   lives-main.js lives SECONDS     mounts, lists and unmounts by one shared server until the time is over
//   lives-main.js mounts N BACKEND GROUP
//                                   keeps N mounts alive, then unmounts all; GROUP: its control group, in which memory is read
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Created, Mounted } from '../../harness/model/backend.ts';
import { waitForFreed } from '../../harness/sys/freed.ts';
import { openSetting, type Setting } from '../harness/backends/setting.ts';
import { kernelBytesOf } from './memory-limit.ts';

const IMAGE = 'synthetic:files=40,layers=1,seed=1';
const SHARED = 'composefs-fuse-shared';
const READING_MS = 5000;
const NS_PER_MS = 1e6;

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const lives = async (setting: Setting, seconds: number): Promise<void> => {
  const { machine, image, store } = setting;
  const prepared = await setting.backend(SHARED).prepare(image, machine, {});
  const at = setting.folder('at');
  const startMs = Date.now();
  let lifeCount = 0;
  for (let readMs = startMs; Date.now() - startMs < seconds * 1000; lifeCount++) {
    const dir = setting.folder(`image-${lifeCount}`);
    const created = await prepared.create(store, dir);
    const mounted = await created.mount(at);
    await machine.command('ls', ['ls', '-lR', at]);
    if (Date.now() - readMs >= READING_MS) {
      readMs = Date.now();
      const serverBytes = machine.meters.processMemory(mounted.servers[0]!)!.shareBytes;
      print({ atSeconds: (readMs - startMs) / 1000, serverBytes, lifeCount });
    }
    await mounted.unmount();
    await mounted.settle();
    await created.destroy();
    machine.files.rmdir(dir);
  }
  await prepared.close?.();
};

/** The cost of a mount is the mean of as many: the first ones, and the last ones. */
const HUNDRED = 100;

interface Crowd {
  readonly count: number;
  readonly id: string;
  /** The control group of this process. */
  readonly group: string;
}

const mountsOf = async (setting: Setting, { count, id, group }: Crowd): Promise<void> => {
  const { machine, image, store } = setting;
  const prepared = await setting.backend(id).prepare(image, machine, {});
  const folder = setting.folder('mounts');
  const images: { readonly at: string; readonly created: Created }[] = [];
  for (let i = 0; i < count; i++) {
    const [dir, at] = [join(folder, `image-${i}`), join(folder, `at-${i}`)];
    for (const path of [dir, at]) mkdirSync(path);
    images.push({ at, created: await prepared.create(store, dir) });
  }
  // Folders and images are in memory before and after, so that the difference is that of the mounts.
  const before = kernelBytesOf(group);
  const live: Mounted[] = [];
  const mountNs: number[] = [];
  for (const { at, created } of images) {
    const startNs = process.hrtime.bigint();
    live.push(await created.mount(at));
    mountNs.push(Number(process.hrtime.bigint() - startNs));
  }
  const alive = kernelBytesOf(group);
  const startNs = process.hrtime.bigint();
  for (const mounted of [...live].reverse()) {
    await mounted.unmount();
    await mounted.settle();
  }
  const unmountNs = Number(process.hrtime.bigint() - startNs);
  waitForFreed();
  const after = kernelBytesOf(group);
  for (const { created } of images) await created.destroy();
  await prepared.close?.();
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  print({
    mountCount: count,
    leftCount: live.filter((mounted) => machine.mounts.typeAt(mounted.root) !== null).length,
    firstMs: sum(mountNs.slice(0, HUNDRED)) / HUNDRED / NS_PER_MS,
    lastMs: sum(mountNs.slice(-HUNDRED)) / HUNDRED / NS_PER_MS,
    unmountMs: unmountNs / count / NS_PER_MS,
    kernelPerMountBytes: (alive - before) / count,
    kernelLeftPerMountBytes: (after - before) / count,
  });
};

const [, , what = '', amount = '', id = '', group = ''] = process.argv;
const setting = await openSetting(IMAGE);
try {
  const count = Number(amount);
  await (what === 'lives' ? lives(setting, count) : mountsOf(setting, { count, id, group }));
} catch (error) {
  // Mounts that are left keep the folder from being removed, and the namespace ends them.
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
}
await setting.remove();
