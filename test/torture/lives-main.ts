// Lives of one small image in private namespaces, for long runs. Prints a JSON line per reading.
//
//   lives-main.js lives SECONDS     mounts, lists and unmounts by one shared server until the time is over
//   lives-main.js mounts N BACKEND  keeps N mounts alive, then unmounts all
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Created, Mounted } from '../../harness/model/backend.ts';
import { waitForFreed } from '../../harness/sys/freed.ts';
import { openSetting, type Setting } from '../harness/backends/setting.ts';

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

interface Live {
  readonly created: Created;
  readonly mounted: Mounted;
}

/** The cost of a mount is the mean of as many: the first ones, and the last ones. */
const HUNDRED = 100;

const mountsOf = async (setting: Setting, count: number, id: string): Promise<void> => {
  const { machine, image, store } = setting;
  const prepared = await setting.backend(id).prepare(image, machine, {});
  const folder = setting.folder('mounts');
  const before = machine.meters.kernelMemory();
  const live: Live[] = [];
  const mountNs: number[] = [];
  for (let i = 0; i < count; i++) {
    const [dir, at] = [join(folder, `image-${i}`), join(folder, `at-${i}`)];
    for (const path of [dir, at]) mkdirSync(path);
    const created = await prepared.create(store, dir);
    const startNs = process.hrtime.bigint();
    live.push({ created, mounted: await created.mount(at) });
    mountNs.push(Number(process.hrtime.bigint() - startNs));
  }
  const alive = machine.meters.kernelMemory();
  const startNs = process.hrtime.bigint();
  for (const { mounted } of [...live].reverse()) {
    await mounted.unmount();
    await mounted.settle();
  }
  const unmountNs = Number(process.hrtime.bigint() - startNs);
  for (const { created } of live) await created.destroy();
  await prepared.close?.();
  waitForFreed();
  const after = machine.meters.kernelMemory();
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  print({
    mountCount: count,
    leftCount: live.filter(({ mounted }) => machine.mounts.typeAt(mounted.root) !== null).length,
    firstMs: sum(mountNs.slice(0, HUNDRED)) / HUNDRED / NS_PER_MS,
    lastMs: sum(mountNs.slice(-HUNDRED)) / HUNDRED / NS_PER_MS,
    unmountMs: unmountNs / count / NS_PER_MS,
    slabPerMountBytes: (alive.slabObjectBytes - before.slabObjectBytes) / count,
    slabLeftPerMountBytes: (after.slabObjectBytes - before.slabObjectBytes) / count,
  });
};

const [, , what = '', amount = '', id = ''] = process.argv;
const setting = await openSetting(IMAGE);
try {
  await (what === 'lives' ? lives(setting, Number(amount)) : mountsOf(setting, Number(amount), id));
} finally {
  await setting.remove();
}
