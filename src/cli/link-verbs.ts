/** `reconcile`, `suspend` and `resume`, as in flux. */
import { findCondition } from '../api/conditions.ts';
import { ANNOTATIONS } from '../api/metadata.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { getLink, linksNamed, patchLink, type Cluster } from './cluster.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { inColourOf } from './status.ts';
import { line, strong } from './text.ts';

/** How long `reconcile` waits for the operator's answer. */
const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 250;

/** Asks for a reconcile now and waits until it is answered. Exit 2 when the link is not Ready then. */
export async function reconcile(cluster: Cluster, named: string, io: Io): Promise<ExitStatus> {
  const { client } = cluster;
  for (const link of linksNamed(cluster, [named])) {
    const token = new Date(systemClock.wallMs()).toISOString();
    const annotations = { [ANNOTATIONS.reconcileRequestedAt]: token };
    await patchLink(client, link, { metadata: { annotations } });
    const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const { spec, status } = await getLink(client, link);
      if (status.lastHandledReconcileAt === token) {
        const ready = findCondition(status.conditions ?? [], 'Ready');
        const suspended = spec.suspend === true ? ' (suspended: nothing was checked)' : '';
        const state = ready?.status ?? 'Unknown';
        io.print([
          line(
            strong(`${link.namespace}/${link.name}`),
            ': ',
            inColourOf(state, `Ready=${state}`),
            `${suspended} ${ready?.message ?? ''}`,
          ),
        ]);
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
  return EXIT.done;
}

/** Suspends a link, or lets it go on. */
export async function setSuspended(
  cluster: Cluster,
  named: string,
  suspend: boolean,
  io: Io,
): Promise<ExitStatus> {
  for (const link of linksNamed(cluster, [named])) {
    await patchLink(cluster.client, link, { spec: { suspend } });
    const effect = suspend ? 'suspended: nothing is checked, repaired or removed' : 'resumed';
    io.print([line(strong(`${link.namespace}/${link.name}`), ` ${effect}`)]);
  }
  return EXIT.done;
}
