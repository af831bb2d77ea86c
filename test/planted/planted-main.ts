// cfsbench as it ships, on a machine in which something is planted: PLANTED names it. Both halves of a run begin here.
import { plants } from './plants.ts';

const wanted = process.env['PLANTED'];
if (wanted !== undefined) plants.find(({ id }) => id === wanted)!.plant();
await import('../../harness/cli/main.ts');
