/** Reads a link's definition from AWS for the console, with the credentials of the console's user. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { parseStateMachineArn } from '../../arn/arn.ts';
import { parseDefinition } from '../../asl/definition/definition.ts';
import type { PolicyView } from '../../console/model/contract.ts';
import { policyView } from '../../console/model/policy-view.ts';
import { accountConfig } from '../../controllers/account/account-config.ts';
import { DRY_RUN_CALLS } from '../../controllers/dry-run/dry-run.ts';
import { withAws, type AwsReach } from '../aws.ts';

/** The function never rejects: what went wrong is part of the view. */
export function policyReader(
  reach: AwsReach,
): (link: CrossAccountLink, accounts: readonly AWSAccount[]) => Promise<PolicyView> {
  return async (link, accounts) => {
    try {
      return await readPolicy(link, accounts, reach);
    } catch (error) {
      return unavailable(link, error instanceof Error ? error.message : String(error));
    }
  };
}

async function readPolicy(
  link: CrossAccountLink,
  accounts: readonly AWSAccount[],
  reach: AwsReach,
): Promise<PolicyView> {
  const machine = parseStateMachineArn(link.spec.stateMachineARN);
  if (machine === undefined) return unavailable(link, 'the ARN is not a state machine’s');
  const { accountId, partition } = machine;
  const account = accounts.find(({ spec }) => spec.accountID === accountId);
  const config = account === undefined ? { accountId, partition } : accountConfig(account.spec);
  const reading = await withAws(reach, (connect) =>
    connect(config).stateMachine(machine.text, DRY_RUN_CALLS),
  );
  if (reading.kind === 'absent') return unavailable(link, 'there is no such state machine');
  return policyView(link, parseDefinition(reading.machine.definition));
}

function unavailable({ spec }: CrossAccountLink, why: string): PolicyView {
  return {
    kind: 'unavailable',
    why: `The definition of ${spec.stateMachineARN} cannot be read from here: ${why}`,
  };
}
