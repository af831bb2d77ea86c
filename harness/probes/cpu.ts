// User and system CPU time of each phase: harness with commands, and servers behind the mount.
//
// Reads:  getrusage(2) of this process and its reaped children; the scheduler's run time of each server.
// Error:  the kernel estimates the split into user and system; the sum is exact. A server's time is not split. The harness's
//         time includes its runtime (garbage collection, event loop).
// Cost:   two system calls and one small read per server, outside the wall clock's window.
import { notJudged, perPhase } from '../model/metrics.ts';
import { medians, type Recorded, record } from '../model/repeated.ts';
import type { Probe } from '../model/scenario.ts';

/** Works beside the measured arm, for none of its mounts. */
const NEIGHBOUR = 'neighbour';

export const probe: Probe = {
  id: 'cpu',
  title: 'CPU time',
  needs: [],
  passes: ['time'],
  metrics: {
    ...perPhase('CpuNs', 'CPU of harness and commands', 'noisy'),
    // The kernel books a tick on either half, for whole slots at a time: only the sum is judged.
    ...notJudged(perPhase('UserNs', 'part in user mode', 'noisy')),
    ...notJudged(perPhase('SystemNs', 'part in the kernel', 'noisy')),
    ...perPhase('ServerCpuNs', 'CPU of the FUSE server', 'noisy'),
  },
  async arm({ machine }) {
    const sum: Recorded = {};
    const user: Recorded = {};
    const system: Recorded = {};
    const server: Recorded = {};
    const servers = new Map<number, number>();
    let before = { userNs: 0, systemNs: 0 };
    return {
      start() {
        for (const pid of servers.keys()) servers.set(pid, machine.meters.processCpuNs(pid) ?? 0);
        before = machine.meters.cpu();
      },
      stop(phase) {
        const after = machine.meters.cpu();
        let spentNs = 0;
        let reapedNs = 0;
        let seen = false;
        for (const [pid, earlierNs] of servers) {
          const nowNs = machine.meters.processCpuNs(pid);
          if (nowNs === null) {
            // Reaped in this window, which added the time of its whole life to that of this process's children.
            reapedNs += earlierNs;
            servers.delete(pid);
            continue;
          }
          seen = true;
          spentNs += nowNs - earlierNs;
        }
        const [userNs, systemNs] = [after.userNs - before.userNs, after.systemNs - before.systemNs];
        const ownNs = Math.max(0, userNs + systemNs - reapedNs);
        // How the earlier time was split is not known: both parts lose the same share.
        const share = userNs + systemNs === 0 ? 0 : ownNs / (userNs + systemNs);
        record(sum, phase, ownNs);
        record(user, phase, userNs * share);
        record(system, phase, systemNs * share);
        if (seen) record(server, phase, spentNs);
      },
      serverStarted(actor, pid) {
        if (actor !== NEIGHBOUR) servers.set(pid, 0);
      },
      async collect() {
        return {
          values: {
            ...medians(sum, 'CpuNs'),
            ...medians(user, 'UserNs'),
            ...medians(system, 'SystemNs'),
            ...medians(server, 'ServerCpuNs'),
          },
        };
      },
    };
  },
};
