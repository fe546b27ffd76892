/** Links as the API server has them, and rows as the page gets them. */
import { parseCrossAccountLink, type CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import type { LinkRow } from '../../../src/console/model/contract.ts';
import { parseLinkEvent, type LinkEvent } from '../../../src/console/model/link-event.ts';

export const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout';
export const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';

export interface ConditionPart {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface LinkParts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly conditions?: readonly ConditionPart[];
}

export function link({
  metadata = {},
  spec = {},
  status = {},
  conditions = [],
}: LinkParts = {}): CrossAccountLink {
  return parseCrossAccountLink({
    metadata: {
      namespace: 'payments',
      name: 'checkout',
      uid: 'uid-1',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { stateMachineARN: MACHINE, targetRole: { arn: ROLE }, ...spec },
    status: {
      observedGeneration: 1,
      conditions: conditions.map((condition) =>
        Object.assign(
          { reason: 'InSync', message: 'All is well.', lastTransitionTime: '2026-01-01T00:00:00Z' },
          condition,
        ),
      ),
      ...status,
    },
  });
}

export function event(parts: object = {}, metadata: object = {}): LinkEvent {
  return parseLinkEvent({
    metadata: {
      namespace: 'payments',
      name: 'checkout.1',
      uid: 'event-1',
      resourceVersion: '9',
      ...metadata,
    },
    involvedObject: { name: 'checkout', uid: 'uid-1' },
    type: 'Warning',
    reason: 'DriftDetected',
    message: 'somebody changed it',
    firstTimestamp: '2026-01-01T10:00:00Z',
    lastTimestamp: '2026-01-01T12:00:00Z',
    ...parts,
  });
}

export function row(parts: Partial<LinkRow> = {}): LinkRow {
  const { namespace = 'payments', name = 'checkout' } = parts;
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    version: '1',
    machine: { account: '111111111111', region: 'us-east-1', name },
    role: { account: '222222222222', path: '/crossaccountlink/payments/', name },
    tone: 'ready',
    reason: 'InSync',
    message: '',
    stalled: false,
    observed: false,
    deleting: false,
    tasks: 1,
    drift: 0,
    driftTimes: [],
    ...parts,
  };
}
