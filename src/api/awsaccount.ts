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

/** The beginning of Ready's message if an event queue cannot be read. Ready stays True, because links work without it. */
export const QUEUE_UNREAD = 'The event queue cannot be read';

export interface AWSAccount {
  readonly metadata: AdmittedMeta;
  readonly spec: AWSAccountSpec;
  readonly status: AWSAccountStatus;
}

/** Reads an AWSAccount from the API server.
 *  @throws UnexpectedStructure if it is none */
export function parseAWSAccount(value: unknown): AWSAccount {
  const { spec, status } = objectFrom(value, 'AWSAccount');
  return {
    metadata: parseAdmittedMeta(value),
    spec: parseAs('AWSAccountSpec', spec, 'spec'),
    status: parseAs('AWSAccountStatus', status ?? {}, 'status'),
  };
}
