/** The machine itself, as Linux tells of it: what of a figure is the operator's, and what is everybody's. */
import { readFileSync } from 'node:fs';
import { eventually } from '../testbed/eventually.ts';

const TICKS_A_SECOND = 100;
const BUSY_SHARE = 0.2;

/** Waits until the processors have mostly nothing to do: an API server that has just started works on for a while
 *  after it says that it is ready, and a burst of work ends later than the last call that it makes. */
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

/** Milliseconds since 1970 at which a process began. */
export function startOf(pid: number): number {
  const begunAt = Number(statOf(pid)[19]) / TICKS_A_SECOND;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (uptime - begunAt) * 1000;
}

/** The fields of /proc/PID/stat after the command's name, which may hold blanks and ends with a parenthesis. */
function statOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
}

function processors(): { readonly idle: number; readonly total: number } {
  const ticks =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return { idle: ticks[3] ?? 0, total: ticks.reduce((sum, value) => sum + value, 0) };
}
