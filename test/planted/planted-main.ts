// cfsbench as shipped, with one plant: PLANTED is its id. Both processes of a run start here.
import { plants } from './plants.ts';

const wanted = process.env['PLANTED'];
if (wanted !== undefined) plants.find(({ id }) => id === wanted)!.plant();
await import('../../harness/cli/main.ts');
