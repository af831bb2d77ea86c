// All scenarios, in the order of the report.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as build } from './build.ts';
import { scenario as churn } from './churn.ts';
import { scenario as churnFresh } from './churn-fresh.ts';
import { scenario as churnScale } from './churn-scale.ts';
import { scenario as churnSharedBase } from './churn-shared-base.ts';
import { scenario as cleanup } from './cleanup.ts';
import { scenario as collectAlive } from './collect-alive.ts';
import { scenario as collectAlive1000 } from './collect-alive-1000.ts';
import { scenario as containerChurn } from './container-churn.ts';
import { scenario as enableVerity } from './enable-verity.ts';
import { scenario as enforced } from './enforced.ts';
import { scenario as liveMounts } from './live-mounts.ts';
import { scenario as liveMounts10000 } from './live-mounts-10000.ts';
import { scenario as lookupTrace } from './lookup-trace.ts';
import { scenario as manyStores } from './many-stores.ts';
import { scenario as memory } from './memory.ts';
import { scenario as microGetdents } from './micro-getdents.ts';
import { scenario as microGetxattr } from './micro-getxattr.ts';
import { scenario as microOpen } from './micro-open.ts';
import { scenario as microRead } from './micro-read.ts';
import { scenario as microReadlink } from './micro-readlink.ts';
import { scenario as microStat } from './micro-stat.ts';
import { scenario as occupancy } from './occupancy.ts';
import { scenario as parallelCreate } from './parallel-create.ts';
import { scenario as prefetch } from './prefetch.ts';
import { scenario as pull } from './pull.ts';
import { scenario as randomStat } from './random-stat.ts';
import { scenario as readAll } from './read-all.ts';
import { scenario as serverless } from './serverless.ts';
import { scenario as serverlessOpen } from './serverless-open.ts';
import { scenario as sharingCache } from './sharing-cache.ts';
import { scenario as sharingDisk } from './sharing-disk.ts';
import { scenario as startTrace } from './start-trace.ts';
import { scenario as tamper } from './tamper.ts';
import { scenario as update } from './update.ts';
import { scenario as walkCold } from './walk-cold.ts';
import { scenario as walkServersCold } from './walk-servers-cold.ts';
import { scenario as walkServersWarm } from './walk-servers-warm.ts';
import { scenario as walkWarm } from './walk-warm.ts';
import { scenario as walkWritable } from './walk-writable.ts';

export const scenarios: readonly Scenario[] = [
  churn,
  churnFresh,
  churnScale,
  churnSharedBase,
  containerChurn,
  parallelCreate,
  serverless,
  serverlessOpen,
  cleanup,
  update,
  pull,
  enableVerity,
  walkWarm,
  walkCold,
  walkWritable,
  walkServersWarm,
  walkServersCold,
  prefetch,
  randomStat,
  startTrace,
  readAll,
  microStat,
  microOpen,
  microRead,
  microReadlink,
  microGetxattr,
  microGetdents,
  sharingCache,
  sharingDisk,
  manyStores,
  lookupTrace,
  tamper,
  enforced,
  collectAlive,
  collectAlive1000,
  occupancy,
  liveMounts,
  liveMounts10000,
  memory,
  build,
];
