// Every table of the debate, in the order of their numbers.

import { table as t1 } from './t1.ts';
import { table as t2 } from './t2.ts';
import { table as t3 } from './t3.ts';
import { table as t4 } from './t4.ts';
import { table as t5 } from './t5.ts';
import { table as t6 } from './t6.ts';
import { table as t7 } from './t7.ts';
import { table as t8 } from './t8.ts';
import { table as t9 } from './t9.ts';
import type { PublishedTable } from './table.ts';

export const tables: readonly PublishedTable[] = [t1, t2, t3, t4, t5, t6, t7, t8, t9];
