// Damaged images: inspected, dumped, mounted.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import type { Random } from '../../harness/model/random.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { start } from '../end-to-end/support.ts';
import { damaged } from '../harness/properties/mutations.ts';
import { endWithin, finding, when } from './checks.ts';
import { COMMAND_LIMIT_MS, dumpText, hasControls, inputTrial, READ, sampleOf, tryCommand } from './input.ts';

const imageOf = (random: Random): Buffer => Buffer.from(imageBytes(parseDump(dumpText(random))));

export const imageTrial = inputTrial(
  'images',
  '`image inspect` and `image dump` of damaged images',
  (random) => sampleOf(random, damaged([imageOf(random)])),
  async ({ bytes, at, run, attempt }) => {
    const path = join(run.home, `image-${at}`);
    writeFileSync(path, bytes);
    const commands = [
      ['image', 'inspect', path],
      ['image', 'dump', path],
    ];
    const found = [];
    for (const args of commands) found.push(await tryCommand(attempt, run, { args, codes: READ }));
    return found.flat();
  },
);

/** Serves "$1" on "$2", lists and reads everything, unmounts, and prints the server's exit code. */
const SERVE = `
"$0" --objects "$3" --ready-fd 3 "$1" "$2" 3>"$3/ready" 2>"$3/log" & server=$!
while kill -0 $server 2>/dev/null && [ ! -s "$3/ready" ]; do sleep 0.01; done
if [ -s "$3/ready" ]; then
  timeout -s KILL 20 ls -lR "$2" >/dev/null 2>&1
  timeout -s KILL 20 find "$2" -type f -exec cat {} + >/dev/null 2>&1
  umount "$2"
fi
wait $server
echo "exit code $?"
cat "$3/log" >&2
`;

export const serverTrial = inputTrial(
  'served',
  'damaged images mounted by cfs-fuse, listed and read',
  (random) => sampleOf(random, damaged([imageOf(random)])),
  async ({ bytes, at, run, attempt }) => {
    const [path, mount, objects] = ['served', 'mount', 'objects'].map((name) =>
      join(run.home, `${name}-${at}`),
    );
    for (const folder of [mount!, objects!]) mkdirSync(folder);
    writeFileSync(path!, bytes);
    const argv = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    const command = ['sh', '-c', SERVE, serverPath, path!, mount!, objects!];
    const end = await endWithin(start(attempt.owner, [...argv, ...command]).done, COMMAND_LIMIT_MS);
    if (end === null) return [finding('hang', 'cfs-fuse: no end')];
    const code = Number(/^exit code (\d+)$/m.exec(end.stdout)?.[1]);
    attempt.note(`${end.stdout}${end.stderr}`);
    return [
      ...when(!READ.includes(code), 'crash', `cfs-fuse ended with ${end.stdout}`),
      ...when(hasControls(end.stderr), 'crash', 'the log of cfs-fuse has control characters'),
    ];
  },
);
