// Where the build puts the project's own FUSE server.
import { fileURLToPath } from 'node:url';

export const serverPath = fileURLToPath(new URL('../../daemon/cfs-fuse', import.meta.url));
