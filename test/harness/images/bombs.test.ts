import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./bombs-main.js', import.meta.url));

test('small inputs that expand without bound are refused or opened within 500 MB', () => {
  // Without the limits single inputs need minutes: the timeout ends a hang, it measures nothing.
  const out = execFileSync(process.execPath, [PROGRAM], { encoding: 'utf8', timeout: 200_000 });
  const { codes, peakBytes } = JSON.parse(out) as { codes: Record<string, string>; peakBytes: number };
  assert.deepEqual(codes, {
    'attributes of 90 MB': 'bad-dump',
    'a number of a million zeros': 'bad-dump',
    'a line of 3 MB': 'bad-dump',
    'a path of 70 KB': 'bad-dump',
    'hard links between long attributes': 'opened',
    'zstd with a history of 2 GB': 'bad-compression',
    'zstd of zeros': 'bad-dump',
    'sixty deep layers': 'opened',
    'long comments beside targets': 'opened',
    'long padding behind targets of GNU': 'opened',
    'a directory that is listed again and again': 'opened',
    'nested lists in place of a digest': 'bad-oci',
    '65 sparse files of 1 GiB': 'limit',
    'attributes of a member beyond the kernel': 'limit',
  });
  assert.ok(peakBytes < 500e6, `${peakBytes} bytes`);
});
