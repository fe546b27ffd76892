/** `reconcile`, `suspend` and `resume`, as in flux. */
import { findCondition } from '../api/conditions.ts';
import { ANNOTATIONS } from '../api/metadata.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { getLink, patchLink, type Cluster } from './cluster.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { printable } from './printable.ts';

export interface LinkRef {
  readonly namespace: string;
  readonly name: string;
}

/** How long `reconcile` waits for the operator's answer. */
const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 250;

/** Asks for a reconcile now and waits until it is answered. Exit 2 when the link is not Ready then. */
export async function reconcile({ client }: Cluster, link: LinkRef, io: Io): Promise<ExitStatus> {
  const token = new Date(systemClock.wallMs()).toISOString();
  const annotations = { [ANNOTATIONS.reconcileRequestedAt]: token };
  await patchLink(client, link, { metadata: { annotations } });
  const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const { spec, status } = await getLink(client, link.namespace, link.name);
    if (status.lastHandledReconcileAt === token) {
      const ready = findCondition(status.conditions ?? [], 'Ready');
      const suspended = spec.suspend === true ? ' (suspended: nothing was checked)' : '';
      io.write(
        `${link.namespace}/${link.name}: Ready=${ready?.status ?? 'Unknown'}${suspended} ${printable(ready?.message ?? '')}\n`,
      );
      return ready?.status === 'True' ? EXIT.done : EXIT.attention;
    }
    if (systemClock.monotonicMs() > giveUpAt) {
      throw new Error(
        `${link.namespace}/${link.name}: not answered within ${PATIENCE_MS / 1000} s; is the operator running?`,
      );
    }
    await sleep(systemClock, LOOK_AGAIN_MS);
  }
}

/** Suspends a link, or lets it go on. */
export async function setSuspended(
  { client }: Cluster,
  link: LinkRef,
  suspend: boolean,
  io: Io,
): Promise<ExitStatus> {
  await patchLink(client, link, { spec: { suspend } });
  const effect = suspend ? 'suspended: nothing is checked, repaired or removed' : 'resumed';
  io.write(`${link.namespace}/${link.name} ${effect}\n`);
  return EXIT.done;
}
