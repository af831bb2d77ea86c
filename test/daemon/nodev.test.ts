// An object store on a file system that is mounted with nodev.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { privateMounts } from '../harness/sys/support.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { newLab, noServer, notRoot, whileServed } from './support.ts';

describe('an object store without devices', { skip: notRoot || noServer }, () => {
  privateMounts();

  test('a device in the place of an object, which the kernel does not open, is not a regular file', async (t) => {
    const lab = newLab();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nodev', 'objects', lab.objects]);
    t.after(() => {
      execFileSync('umount', ['-l', lab.objects]);
      lab.remove();
    });
    mkdirSync(join(lab.objects, 'aa'));
    execFileSync('mknod', [join(lab.objects, 'aa/device'), 'c', '1', '5']);
    const image = lab.image(
      'nodev.cfs',
      dumpOf([rootLine, line('/device', '100644', { size: 5, payload: 'aa/device' })]),
    );
    await whileServed(lab, image, async (served) => {
      assert.throws(() => readFileSync(join(served.root, 'device')), { code: 'EIO' });
      assert.match(served.log(), /object aa\/device is not a regular file/);
    });
  });
});
