/**
 * Amazon Resource Names, parsed once where they enter the program.
 * Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */

import { intern } from '../base/intern.ts';

export interface Arn {
  /** The whole ARN, as it was written. */
  readonly text: string;
  readonly partition: string;
  readonly service: string;
  /** Empty for global services such as IAM. */
  readonly region: string;
  /** Twelve digits, or empty if the service leaves it out (S3 buckets, Step Functions integrations). */
  readonly accountId: string;
  /** Everything after the fifth colon, further colons included. */
  readonly resource: string;
}

export interface RoleArn extends Arn {
  /** `/` or `/…/`. */
  readonly path: string;
  readonly name: string;
}

export interface StateMachineArn extends Arn {
  readonly name: string;
}

/** Parses any ARN; undefined if the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|aws|):(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = match;
  return {
    text,
    partition: intern(partition),
    service: intern(service),
    region: intern(region),
    accountId: intern(accountId),
    resource,
  };
}

/** Parses an IAM role's ARN, with its path and name; undefined if the text is not one. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'iam' || arn.accountId.length !== 12) return undefined;
  const match = /^role(\/(?:.*\/)?)([^/]+)$/.exec(arn.resource);
  if (match === null) return undefined;
  const [, path = '/', name = ''] = match;
  const { partition, service, region, accountId, resource } = arn;
  // Written field by field, because tens of thousands are kept: a copy by spread takes more memory.
  return { text, partition, service, region, accountId, resource, path: intern(path), name };
}

/** Parses a state machine's ARN (without version or alias); undefined if the text is not one. */
export function parseStateMachineArn(text: string): StateMachineArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'states' || arn.accountId.length !== 12) return undefined;
  const match = /^stateMachine:([^:]+)$/.exec(arn.resource);
  if (match === null) return undefined;
  const { partition, service, region, accountId, resource } = arn;
  return { text, partition, service, region, accountId, resource, name: match[1] ?? '' };
}

/** The state machine of an execution, by the execution's ARN; for a child of a distributed Map, the machine of the Map.
 *  Undefined for anything else, including Express executions, which keep no history.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/concepts-map-process-modes.html */
export function machineOfExecution(executionArn: string): StateMachineArn | undefined {
  const arn = parseArn(executionArn);
  const name = /^execution:([^:/]+)(?:\/[^:/]+)?:[^:]+$/.exec(arn?.resource ?? '')?.[1];
  if (arn === undefined || arn.service !== 'states' || name === undefined) return undefined;
  return parseStateMachineArn(
    `arn:${arn.partition}:states:${arn.region}:${arn.accountId}:stateMachine:${name}`,
  );
}

/** What follows an ARN's last colon: the alias or the version of a state machine, the name of an execution. The whole text if
 *  it is not an ARN. */
export function lastPartOf(arn: string): string {
  return parseArn(arn)?.resource.split(':').at(-1) ?? arn;
}
