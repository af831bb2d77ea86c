// User and group ids that are mapped in this user namespace.
//
// Reads:   /proc/self/uid_map, /proc/self/gid_map.
// Source:  user_namespaces(7): first id inside, first id outside, count.
import { readFileSync } from 'node:fs';

export interface IdMap {
  hasUid(id: number): boolean;
  hasGid(id: number): boolean;
}

/** Parses the text of a map file. */
export const parseIdMap = (text: string): ((id: number) => boolean) => {
  const ranges = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [inside = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
      return { inside, count };
    });
  return (id) => ranges.some(({ inside, count }) => id >= inside && id < inside + count);
};

export const readIdMap = (): IdMap => ({
  hasUid: parseIdMap(readFileSync('/proc/self/uid_map', 'latin1')),
  hasGid: parseIdMap(readFileSync('/proc/self/gid_map', 'latin1')),
});
