/** Fills a cache with as many links as the argument says, and prints how many bytes of the heap each takes. To be run with
 *  `--expose-gc`. */
import {
  LINK_INDEXES,
  parseLinkObject,
  type LinkObject,
} from '../../../src/controllers/state/link-object.ts';
import { Store } from '../../../src/kubernetes/store.ts';

/** As the API server sends it: what only kubectl needs is in it, too. */
function textOf(at: number): string {
  const name = `payments-workflow-${at}`;
  const machine = `arn:aws:states:us-east-1:111111111111:stateMachine:${name}`;
  const role = `arn:aws:iam::222222222222:role/crossaccountlink/payments/${name}`;
  const executionRole = `arn:aws:iam::111111111111:role/payments/${name}`;
  const condition = (type: string) => ({
    type,
    status: 'True',
    reason: 'InSync',
    message: 'As wanted.',
    lastTransitionTime: `2026-01-01T00:00:${String(at % 60).padStart(2, '0')}Z`,
    observedGeneration: 1,
  });
  const types = [
    'Ready',
    'TargetRoleReady',
    'TrustPolicyReady',
    'PermissionsReady',
    'ExecutionRoleGrantReady',
  ];
  return JSON.stringify({
    metadata: {
      name,
      namespace: 'payments',
      uid: `b0b8a9a2-9c9f-4c3e-9b1a-${String(at).padStart(12, '0')}`,
      resourceVersion: String(1_000 + at),
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['crossaccountlink.dev/cleanup'],
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:stateMachineARN': {} } } }],
    },
    spec: { stateMachineARN: machine, targetRole: { arn: role } },
    status: {
      conditions: [...types, 'StateMachineCredentialsReady', 'Effective'].map(condition),
      observedGeneration: 1,
      executionRoleARN: executionRole,
      targetRoleID: `AROA${at}`,
      tasks: ['Send'],
      inventory: [
        { leg: 'TargetRole', arn: role },
        { leg: 'ExecutionRoleGrant', arn: executionRole },
        { leg: 'StateMachineCredentials', arn: machine },
      ],
    },
  });
}

const count = Number(process.argv[2]);
const store = new Store<LinkObject>();
for (const [name, keysOf] of Object.entries(LINK_INDEXES)) store.addIndex(name, keysOf);
const fill = (from: number, to: number) => {
  for (let at = from; at < to; at += 1) store.upsert(parseLinkObject(JSON.parse(textOf(at))));
};
const used = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
// What the first ones take is code, and tables of maps with room for more.
fill(0, count);
const before = used();
fill(count, 2 * count);
process.stdout.write(`${Math.round((used() - before) / count)}\n`);
