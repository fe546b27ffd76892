/** AWSAccount: how the operator reaches an account, and who may link from it and into it. */
import type { ResourceType } from '../kubernetes/metadata.ts';
import type { AWSAccountSpec, AWSAccountStatus } from './generated.ts';
import { GROUP, parseAdmittedMeta, VERSION, type AdmittedMeta } from './metadata.ts';
import { parseAs } from './parse.ts';
import { objectFrom } from './structure.ts';

export const AWS_ACCOUNT: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'awsaccounts',
  kind: 'AWSAccount',
};

/** Begins what Ready's message says of an event queue that cannot be read; Ready stays True, for links work without it. */
export const QUEUE_UNREAD = 'The event queue cannot be read';

export interface AWSAccount {
  readonly metadata: AdmittedMeta;
  readonly spec: AWSAccountSpec;
  readonly status: AWSAccountStatus;
}

/** Reads an AWSAccount from the API server. Throws UnexpectedStructure when it is none. */
export function parseAWSAccount(value: unknown): AWSAccount {
  const { spec, status } = objectFrom(value, 'AWSAccount');
  return {
    metadata: parseAdmittedMeta(value),
    spec: parseAs('AWSAccountSpec', spec, 'spec'),
    status: parseAs('AWSAccountStatus', status ?? {}, 'status'),
  };
}
