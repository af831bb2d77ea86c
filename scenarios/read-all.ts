// Reads every byte of an image cold, then once warm.
//
// Uses find and cat: GNU tar reads no contents if it writes to /dev/null.
import type { Scenario, Values } from '../harness/model/scenario.ts';
import { fileBytesOf } from './image-files.ts';
import { coldMount, elapsed } from './in-mount.ts';
import { DROPPED_CACHES } from './needs.ts';

const derive = ({ useWallNs, ...values }: Values): Values =>
  useWallNs === undefined ? values : { ...values, readAllWallNs: useWallNs };

export const scenario: Scenario = {
  id: 'read-all',
  question: 'How long does it take to read every file from end to end?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount; find MOUNT -type f -exec cat -- {} + > /dev/null',
  headline: ['readAllWallNs'],
  ownSection: true,
  needs: [{ title: 'find', anyOf: ['find'] }, DROPPED_CACHES],
  params: [{}],
  passes: ['time'],
  placed: true,
  variants: ['erofs-overlay-loop'],
  metrics: {
    readAllWallNs: { title: 'find and cat of every file, cold', better: 'lower', noise: 'noisy' },
    readAllWarmWallNs: { title: 'find and cat of every file, warm', better: 'lower', noise: 'noisy' },
    readAllBytes: { title: 'bytes of all files', better: 'higher', noise: 'exact' },
  },
  cycles: () => 1,
  roughNs: (size) => 1.2e8 + size.entryCount * 6e4 + size.objectBytes * 3,
  async run(stage) {
    const read = (root: string) =>
      stage.command('find', ['find', root, '-type', 'f', '-exec', 'cat', '--', '{}', '+']);
    return coldMount(
      stage,
      () => stage.command('find', ['find', '/dev/null', '-exec', 'cat', '--', '{}', '+']),
      async ({ root }) => {
        await stage.phase('use', () => read(root));
        const readAllWarmWallNs = await elapsed(() => read(root));
        return { readAllWarmWallNs, readAllBytes: fileBytesOf(stage.image.tree) };
      },
    );
  },
  derive,
};
