// A client that pulls an image into a store until it is killed.
//
//   node pull-main.js URL KEYFILE OBJECTDIR

import { Digesters } from '../../../harness/remote/digesters.ts';
import { readPublicKey } from '../../../harness/remote/keys.ts';
import { DEFAULT_LIMITS } from '../../../harness/remote/limits.ts';
import { pullImage } from '../../../harness/remote/pull-image.ts';
import { baseUrl, Remote } from '../../../harness/remote/request.ts';
import { NAME } from './support.ts';

const [url, keyPath, dir] = process.argv.slice(2);
const remote = new Remote(baseUrl(url!), { ...DEFAULT_LIMITS, refusals: Number.POSITIVE_INFINITY });
process.stdout.write('ready\n');
const { refused } = await pullImage(
  { remote, key: readPublicKey(keyPath!) },
  {
    name: NAME,
    dir: dir!,
    digesters: new Digesters(),
    via: 'objects',
  },
);
process.exit(refused.length > 0 ? 5 : 0);
