// Kills runs between `veritysetup open` and its deferred close in a guest, whose kernel has a device mapper: what `cfsbench clean` and the
// next run do with the device, and what they leave alone.
//
// Usage: node build/test/project/killed-in-guest-main.js [KERNEL]. KERNEL is that of `cfsbench vm --kernel`, by default deb:6.12.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCache } from '../../harness/vm/cache.ts';
import { runInGuest } from '../../harness/vm/guest.ts';
import { openGuestProgram } from '../../harness/vm/guest-program.ts';
import { GUEST_OUT, GUEST_WORK, guestCommand } from '../../harness/vm/guest-scripts.ts';
import { openGuestTree } from '../../harness/vm/guest-tree.ts';
import { openKernel } from '../../harness/vm/kernel.ts';

const LIMIT_MS = 1_800_000;
const MEMORY_MB = 1024;

const run = (out: string): string =>
  guestCommand([
    ...[
      'run',
      '--count-only',
      '--count-passes',
      '1',
      '--scenarios',
      'churn',
      '--images',
      'synthetic:files=20',
    ],
    ...['--backends', 'erofs-full-dmverity', '--work', GUEST_WORK, '--out', out],
  ]);

/** Devices of others: without a loop device, with a name like ours, and a verified one of somebody's own. */
const OTHERS = ['cfsbench-0123456789abcdef-0123456789abcdef', 'cfsbench-theirs', 'theirs'];

/** `devices NAME`: what is there now. `killed`: a run that was killed when the device was open. */
const SCRIPT = `(
devices() {
  dmsetup ls | cut -f 1 | sort >${GUEST_OUT}/$1-devices
  ls /dev/mapper | sort >${GUEST_OUT}/$1-names
  cat /sys/block/loop*/loop/backing_file >${GUEST_OUT}/$1-loops 2>/dev/null
}
killed() {
  rm -rf /run/opened /tmp/killed
  PATH=/run/bin:$PATH ${run('/tmp/killed')} >${GUEST_OUT}/killed-log 2>&1 &
  waited=0
  while [ ! -e /run/opened ] && [ $waited -lt 600 ]; do
    sleep 1
    waited=$((waited + 1))
  done
  kill -9 $!
  wait $!
  sleep 2
}
mkdir -p /run/bin
cat >/run/bin/veritysetup <<'END'
#!/bin/sh
/usr/sbin/veritysetup "$@" || exit
[ "$1" != open ] || { echo >/run/opened; exec sleep 600; }
END
chmod +x /run/bin/veritysetup
truncate -s 1M /work/theirs
hash=$(veritysetup format /work/theirs /work/their-hashes | sed -n 's/^Root hash:[[:space:]]*//p')
veritysetup open /work/theirs theirs /work/their-hashes $hash
dmsetup create cfsbench-theirs --table '0 8 error'
dmsetup create ${OTHERS[0]} --uuid CRYPT-VERITY-0-${OTHERS[0]} --table '0 8 error'
devices before
killed
devices killed
${guestCommand(['clean', GUEST_WORK])} >${GUEST_OUT}/clean-log 2>&1
devices cleaned
killed
devices killed-again
${run('/tmp/next')} >${GUEST_OUT}/next-log 2>&1
echo $? >${GUEST_OUT}/next-exit
devices next
ls -A /work >${GUEST_OUT}/work
)`;

const openAll = async (kernel: string) => {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const cache = openCache();
  const tree = await openGuestTree(cache, say);
  const asked = { from: kernel, modules: null };
  return {
    cache,
    tree,
    say,
    program: await openGuestProgram(cache),
    kernel: await openKernel(asked, { cache, busybox: tree.busybox, say }),
  };
};

const { say, ...parts } = await openAll(process.argv[2] ?? 'deb:6.12');
try {
  const { folder } = await runInGuest({
    ...parts,
    ...{ say, onLine: say, command: SCRIPT, environment: () => ({}), memoryMb: MEMORY_MB, limitMs: LIMIT_MS },
  });
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const lines = (name: string): readonly string[] =>
    text(name)
      .split('\n')
      .filter((line) => line !== '');
  const left = (moment: string): readonly string[] =>
    lines(`${moment}-devices`).filter((name) => !OTHERS.includes(name));
  const loopsOfRuns = (moment: string): readonly string[] =>
    lines(`${moment}-loops`).filter((file) => file.includes('.cfsbench-work-'));
  assert.deepEqual(lines('before-devices'), OTHERS);
  for (const moment of ['killed', 'killed-again']) {
    assert.equal(left(moment).length, 1, text('killed-log'));
    assert.match(left(moment)[0]!, /^cfsbench-[0-9a-f]{16}-[0-9a-f]{16}$/);
    assert.equal(loopsOfRuns(moment).length, 1);
  }
  assert.notDeepEqual(left('killed'), left('killed-again'));
  for (const [moment, log] of [
    ['cleaned', 'clean-log'],
    ['next', 'next-log'],
  ] as const) {
    assert.deepEqual(lines(`${moment}-devices`), OTHERS, text(log));
    assert.deepEqual(lines(`${moment}-names`), lines('before-names'), text(log));
    assert.deepEqual(loopsOfRuns(moment), [], text(log));
  }
  assert.match(text('clean-log'), /^removed: \/work\/\.cfsbench-work-/m);
  assert.match(text('next-log'), /^removing a leftover of a killed run: \/work\/\.cfsbench-work-/m);
  assert.equal(text('next-exit'), '0\n', text('next-log'));
  assert.deepEqual(
    lines('work').filter((name) => name.startsWith('.cfsbench-work-')),
    [],
  );
  process.stdout.write(
    `${parts.kernel.name}: clean and the next run removed ${left('killed')[0]} and ${left('killed-again')[0]}, and none of ${OTHERS.join(', ')}\n`,
  );
} finally {
  parts.cache.close();
}
