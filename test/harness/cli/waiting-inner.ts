// Program of the test of waiting: the inner process mounts an image, stops its server and lists the mount, which no process can
// interrupt; the outer one attends it. Prints how the call and the inner process ended.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { attend } from '../../../harness/cli/attend.ts';
import { INNER } from '../../../harness/sys/inner.ts';
import { listenToOuter, startInNamespace } from '../../../harness/sys/namespace.ts';
import { openSetting } from '../backends/setting.ts';

const [, , folder = '', workDir = ''] = process.argv;
const LIMIT_MS = 60_000;
const WAIT_MS = 300;

const inner = async (): Promise<void> => {
  const outer = await listenToOuter(() => {});
  const setting = await openSetting('synthetic:files=5,layers=1,seed=1');
  const prepared = await setting.backend('composefs-fuse').prepare(setting.image, setting.machine, {});
  const created = await prepared.create(setting.store, setting.folder('image'));
  const mounted = await created.mount(setting.folder('at'));
  process.kill(mounted.servers[0]!, 'SIGSTOP');
  outer.tell({ kind: 'limit', ms: WAIT_MS });
  try {
    readdirSync(mounted.root);
    process.stdout.write('listed\n');
  } catch (error) {
    process.stdout.write(`${(error as NodeJS.ErrnoException).code}\n`);
  }
  process.exit(0);
};

if (process.env[INNER] === undefined) {
  const { end } = await attend({
    start: (onMessage) =>
      startInNamespace({
        argv: [process.execPath, fileURLToPath(import.meta.url), folder],
        env: { ...process.env, TMPDIR: folder },
        onMessage,
      }),
    limitMs: LIMIT_MS,
    workDir,
    onFirstInterrupt() {},
  });
  process.stdout.write(`${JSON.stringify(end)}\n`);
} else await inner();
