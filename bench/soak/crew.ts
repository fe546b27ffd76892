/** The operators: one leads, one stands by. Leaders are killed, and measured while they live. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../testbed/eventually.ts';
import type { OperatorProcess } from '../../testbed/operator.ts';
import type { Rig } from '../rig.ts';
import { scrape, vitalsOf, type Vitals } from './vitals.ts';

interface Takeover {
  readonly signal: 'SIGTERM' | 'SIGKILL';
  readonly seconds: number;
}

const FLAGS = ['--leader-elect=true'];

export class Crew {
  readonly takeovers: Takeover[] = [];
  readonly #rig: Rig;
  readonly #beganAt = performance.now();
  #leader: OperatorProcess;
  #standby: OperatorProcess;
  /** Samples of the operator that leads now. */
  #life: Vitals[] = [];

  private constructor(rig: Rig, leader: OperatorProcess, standby: OperatorProcess) {
    this.#rig = rig;
    this.#leader = leader;
    this.#standby = standby;
  }

  static async start(rig: Rig): Promise<Crew> {
    const leader = await join(rig);
    await eventually('the first operator to lead', () => expectLeads(leader), { deadlineMs: 20_000 });
    return new Crew(rig, leader, await join(rig));
  }

  get life(): readonly Vitals[] {
    return this.#life;
  }

  /** All metrics of the leader now. */
  metrics(): Promise<ReadonlyMap<string, number>> {
    return scrape(this.#leader.telemetryUrl);
  }

  /** Ends the leader, waits for the standby to lead, and starts another standby. */
  async replaceLeader(signal: Takeover['signal']): Promise<void> {
    const gone = this.#leader;
    const endedAt = performance.now();
    if (signal === 'SIGKILL') await gone.kill();
    else gone.signal(signal);
    await eventually('the standby to lead', () => expectLeads(this.#standby), { deadlineMs: 60_000 });
    this.takeovers.push({ signal, seconds: (performance.now() - endedAt) / 1000 });
    await gone.stop();
    this.#leader = this.#standby;
    this.#life = [];
    this.#standby = await join(this.#rig);
  }

  /** Samples the leader every few seconds until the time is over. */
  async watchUntil(endsAt: number, everyMs: number): Promise<void> {
    while (performance.now() < endsAt) {
      const leader = this.#leader;
      try {
        const vitals = vitalsOf(await this.metrics(), (performance.now() - this.#beganAt) / 1000);
        if (leader === this.#leader) this.#life.push(vitals);
      } catch {
        // It was just ended; its successor is sampled next.
      }
      // The proxies remember every call: over hours, they would be what grows.
      this.#rig.clearCounts();
      await pause(Math.min(everyMs, Math.max(0, endsAt - performance.now())));
    }
  }
}

/** An operator that logs little: an hour of audit lines fills a disk. */
async function join(rig: Rig): Promise<OperatorProcess> {
  const operator = await rig.startOperator({ flags: FLAGS });
  const answer = await fetch(`${operator.telemetryUrl}/loglevel`, { method: 'PUT', body: 'error' });
  if (!answer.ok) throw new Error(`the log level could not be changed: ${await answer.text()}`);
  return operator;
}

async function expectLeads({ telemetryUrl }: OperatorProcess): Promise<void> {
  const leads = (await scrape(telemetryUrl)).get('leader_election_master_status');
  if (leads !== 1) throw new Error('it does not lead');
}
