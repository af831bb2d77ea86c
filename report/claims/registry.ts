// Every claim on trial, in the order of their numbers.
import { claim as c01 } from './c01.ts';
import { claim as c02 } from './c02.ts';
import { claim as c03 } from './c03.ts';
import { claim as c04 } from './c04.ts';
import { claim as c05 } from './c05.ts';
import { claim as c06 } from './c06.ts';
import { claim as c07 } from './c07.ts';
import { claim as c08 } from './c08.ts';
import { claim as c09 } from './c09.ts';
import { claim as c10 } from './c10.ts';
import { claim as c11 } from './c11.ts';
import { claim as c12 } from './c12.ts';
import { claim as c13 } from './c13.ts';
import { claim as c14 } from './c14.ts';
import { claim as c15 } from './c15.ts';
import { claim as c16 } from './c16.ts';
import { claim as c17 } from './c17.ts';
import { claim as c18 } from './c18.ts';
import { claim as c19 } from './c19.ts';
import { claim as c20 } from './c20.ts';
import { claim as c21 } from './c21.ts';
import type { Claim } from './claim.ts';

export const claims: readonly Claim[] = [
  c01,
  c02,
  c03,
  c04,
  c05,
  c06,
  c07,
  c08,
  c09,
  c10,
  c11,
  c12,
  c13,
  c14,
  c15,
  c16,
  c17,
  c18,
  c19,
  c20,
  c21,
];
