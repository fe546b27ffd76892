/**
 * `make dev`: a control plane, an AWS that enforces IAM and the operator, until Ctrl-C. `--no-operator` leaves out the operator,
 * to run it by hand.
 */
import { delimiter, dirname } from 'node:path';
import { readArguments } from './arguments.ts';
import { ACCOUNTS, prepareAws } from './demo/aws.ts';
import { CLUSTER_ID, OPERATOR_NAMESPACE, type OperatorProcess } from './operator.ts';
import { startStage, type Stage } from './stage.ts';
import { orExplain } from './tools/prerequisites.ts';
import { untilEnded } from './until-ended.ts';

const USAGE = `make dev [ARGS=--no-operator]
  --no-operator: leaves the operator out, to run it by hand`;

const { values } = readArguments(USAGE, {
  options: { operator: { type: 'boolean', default: true } },
  allowNegative: true,
});
const interrupted = Promise.withResolvers<undefined>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interrupted.resolve(undefined));
}

const stage = await orExplain(() =>
  startStage({ accounts: ACCOUNTS, controlPlane: { controllerManager: true } }),
);
try {
  await prepareAws(stage.emulator.url);
  // It leads, so that `check` and `plan` find it and its cluster ID, as on a real cluster.
  const operator = values.operator ? await stage.operator({ flags: ['--leader-elect'] }) : undefined;
  process.stdout.write(instructions(stage, operator));
  const exitCode = await untilEnded(operator, interrupted.promise);
  if (exitCode !== undefined) {
    process.stderr.write(`the operator ended with ${exitCode}:\n${operator?.logTail() ?? ''}\n`);
    process.exitCode = 1;
  }
} finally {
  process.stdout.write('\nstopping …\n');
  await stage.stop();
}

function instructions(running: Stage, operator: OperatorProcess | undefined): string {
  const { controlPlane, emulator, credentials } = running;
  const kubectlFolder = dirname(controlPlane.tools.kubectl);
  return `
All is up. In another terminal:

  export KUBECONFIG=${controlPlane.adminKubeconfig}
  export PATH=${kubectlFolder}${delimiter}$PATH
  export AWS_ENDPOINT_URL=${emulator.url} AWS_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}   # the operator’s own

  kubectl apply -f deploy/samples/
  kubectl get crossaccountlinks -A
  npx --no-install kubectl-crossaccountlink check -A

To change what stands in an account, be its root: AWS_ACCESS_KEY_ID=${ACCOUNTS[0]} AWS_SECRET_ACCESS_KEY=test, or another’s number.

${operator === undefined ? ownOperator() : `The operator logs to ${operator.logFile}; metrics: ${operator.telemetryUrl}/metrics`}
Ctrl-C ends it all.
`;
}

function ownOperator(): string {
  return `The operator, from the same terminal:

  export CLUSTER_ID=${CLUSTER_ID} POD_NAMESPACE=${OPERATOR_NAMESPACE} METRICS_ADDRESS=127.0.0.1:8080
  node_modules/.bin/node dist/operator.mjs
`;
}
