/** The machine itself, as Linux describes it: which part of a figure belongs to the operator, and which to other processes. */
import { readFileSync } from 'node:fs';
import { eventually } from '../testbed/eventually.ts';

const TICKS_A_SECOND = 100;
const BUSY_SHARE = 0.2;

/** Waits until the processors are mostly idle: an API server that has just started works for a while after it says that it is
 *  ready, and a burst of work ends later than its last call. */
export async function untilMachineRests(deadlineMs = 60_000): Promise<void> {
  let before = processors();
  await eventually(
    'the machine to rest',
    () => {
      const now = processors();
      const share = 1 - (now.idle - before.idle) / Math.max(1, now.total - before.total);
      before = now;
      if (share > BUSY_SHARE) throw new Error(`it is busy to ${Math.round(share * 100)} %`);
    },
    { deadlineMs, everyMs: 1_000 },
  );
}

/** Processor time that a process has used so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** When a process began, in milliseconds since 1970. */
export function startOf(pid: number): number {
  const begunAt = Number(statOf(pid)[19]) / TICKS_A_SECOND;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (uptime - begunAt) * 1000;
}

/** The fields of /proc/PID/stat after the command's name, which may contain blanks and ends with a parenthesis. */
function statOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
}

function processors(): { readonly idle: number; readonly total: number } {
  const ticks =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return { idle: ticks[3] ?? 0, total: ticks.reduce((sum, value) => sum + value, 0) };
}
