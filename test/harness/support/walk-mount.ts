// The walk of a mount by a child of its own.
import { openWalker, type WalkMount } from '../../../harness/digest/of-mount.ts';

/** One walk by a child of its own. */
export const walkMount: WalkMount = async (root, options) => {
  const walker = openWalker();
  try {
    return await walker.walk(root, options);
  } finally {
    await walker.close();
  }
};
