// The manifest on a device that the kernel verifies: loop device, dm-verity, EROFS, overlayfs. Objects are not verified.
//
// Needs:   root in the initial user namespace; dm-verity and veritysetup; loop devices; overlayfs with data-only lowers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { mountStack } from './data-overlay.ts';
import { manifestLifecycle, mountWith } from './manifest.ts';
import { DATA_LOWERS, DM_VERITY, EROFS_LOOP, ROOT, VERITYSETUP } from './needs.ts';
import { onVerityDevice, resealVerity, VERITY_PROGRAM, verityFile } from './verity-device.ts';

export const backend: Backend = {
  id: 'erofs-overlay-dmverity',
  title: 'EROFS over dm-verity + overlayfs',
  how: 'As erofs-overlay-loop, with dm-verity between the loop device and EROFS: the kernel verifies each block of the manifest by its hash tree. Objects are not verified.',
  answers:
    'What does the whole stack of the debate (loop device, dm-verity, EROFS, overlayfs) cost for each mount?',
  idle: [],
  starts: [VERITY_PROGRAM],
  needs: [ROOT, EROFS_LOOP, DATA_LOWERS, DM_VERITY, VERITYSETUP],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    const file = await verityFile(machine, join(image.dir, 'manifest.verity'), (path) =>
      writeFileSync(path, image.manifest),
    );
    const bytes = readFileSync(file.path);
    const mount = mountWith(image, machine, (manifest, store, at, writable) =>
      onVerityDevice(machine, { ...file, path: manifest }, (source) =>
        mountStack({ machine, manifest, store, at, writable, choice: { source }, data: 'data-only' }),
      ),
    );
    return {
      ...manifestLifecycle(image, machine, mount, () => bytes),
      async reseal(path) {
        await resealVerity(machine, path, file.dataBytes);
        return true;
      },
    };
  },
};
