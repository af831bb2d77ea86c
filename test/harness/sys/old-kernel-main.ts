// One call of the harness that has a fallback for older kernels. The parent injects the errors of such a kernel.
//
//   node old-kernel-main.js residency|mount-type|loop PATH
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { files } from '../../../harness/sys/files.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { residency } from '../../../harness/sys/residency.ts';

const backingFile = (path: string): string => {
  const { device, fd } = mounts.loop(path, { directIo: false });
  const backing = readFileSync(`/sys/block/${basename(device)}/loop/backing_file`, 'utf8').trim();
  files.close(fd);
  return backing;
};

const [subject, path = ''] = process.argv.slice(2);
const result =
  subject === 'residency'
    ? residency(path)
    : subject === 'mount-type'
      ? mounts.typeAt(path)
      : backingFile(path);
process.stdout.write(`${JSON.stringify(result)}\n`);
