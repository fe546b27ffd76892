/** An AWS that answers every call in the form of its published service model, and notes what it was asked. */
import { LiveAccount } from '../../../src/aws/live-account.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { startFakeAws, type FakeCall } from './fake-aws.ts';
import { ALL_OF_AN_ACCOUNT, makeHarness, type Harness } from './harness.ts';
import { fromQuery, loadModels, sample, toXml, type Form, type Models } from './service-model.ts';

export const ACCOUNT = '222222222222';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
export const POLICY = `arn:aws:iam::${ACCOUNT}:policy/audit`;
export const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
export const EXECUTION = `arn:aws:states:us-east-1:${ACCOUNT}:execution:checkout:1`;
const DOCUMENT = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}');

/** What the model's samples cannot know. Paging members are set for each call. */
const KNOWN = {
  Arn: ROLE,
  RoleName: 'checkout',
  PolicyArn: POLICY,
  Account: ACCOUNT,
  AssumeRolePolicyDocument: DOCUMENT,
  PolicyDocument: DOCUMENT,
  Document: DOCUMENT,
  DefaultVersionId: 'v1',
  VersionId: 'v1',
  AccessKeyId: 'ASIAEXAMPLE',
  Expiration: '2099-01-01T00:00:00Z',
  stateMachineArn: MACHINE,
  stateMachineVersionArn: `${MACHINE}:1`,
  stateMachineAliasArn: `${MACHINE}:live`,
  executionArn: EXECUTION,
  roleArn: ROLE,
  definition: '{}',
  status: 'ACTIVE',
  type: 'STANDARD',
  revisionId: 'r',
  MD5OfBody: '9dd4e461268c8034f5c8564e155c67a6',
};
/** JSON has dates as seconds. */
const DATES = {
  creationDate: 1_767_225_600,
  startDate: 1_767_225_600,
  updateDate: 1_767_225_600,
  stopDate: undefined,
  redriveDate: undefined,
  timestamp: 1_767_225_600,
};

/** A call that was made. */
export interface Seen {
  /** As requests to it are signed: `states` is Step Functions. */
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly call: FakeCall;
}

export interface ModelledAws {
  readonly models: Models;
  readonly harness: Harness;
  /** In the order in which they came. */
  readonly seen: readonly Seen[];
  /** How full answers are. */
  form: Form;
  close(): Promise<void>;
}

/** Starts it on loopback, and the operator's parts against it. The first page of every list says that there is another. */
export async function startModelledAws(): Promise<ModelledAws> {
  const models = await loadModels();
  const aws = await startFakeAws();
  const harness = makeHarness(aws.url);
  const seen: Seen[] = [];
  const modelled: ModelledAws = {
    models,
    harness,
    seen,
    form: 'full',
    close() {
      harness.close();
      return aws.close();
    },
  };
  aws.answer = (call) => {
    const { signingService: service, operation } = call;
    const isQuery = QUERY_SERVICES.has(service);
    const input = isQuery ? fromQuery(call.parameters) : JSON.parse(call.body);
    seen.push({ service, operation, input, call });
    const body = answerTo({ models, form: modelled.form, isQuery }, { service, operation, input });
    return isQuery ? { kind: 'xml', result: toXml(body) } : { kind: 'json', body };
  };
  return modelled;
}

export function liveAccount(calls: AccountCalls): LiveAccount {
  return new LiveAccount({
    calls,
    clock: systemClock,
    audit: () => undefined,
    interest: ALL_OF_AN_ACCOUNT,
  });
}

/** Services of the query protocol, which answer in XML; the others speak JSON. */
const QUERY_SERVICES: ReadonlySet<string> = new Set(['iam', 'sts']);

/** The body of an answer. */
function answerTo(
  { models, form, isQuery }: { readonly models: Models; readonly form: Form; readonly isQuery: boolean },
  { service, operation, input }: Pick<Seen, 'service' | 'operation' | 'input'>,
): unknown {
  const model = models.model(service);
  const output = model.operations[operation]?.output?.shape;
  if (output === undefined) return {};
  const paginator = models.paginator(service, operation);
  const isFirst = paginator !== undefined && !Object.hasOwn(input, paginator.input_token);
  const page = isFirst ? 'first' : 'second';
  const paging = {
    IsTruncated: isFirst,
    ...(paginator !== undefined && { [paginator.output_token]: isFirst ? 'next page' : undefined }),
  };
  const known = {
    ...KNOWN,
    ...(isQuery ? {} : DATES),
    InstanceProfileName: page,
    ...(operation === 'ListExecutions' && { executionArn: `${EXECUTION}-${page}` }),
    ...(operation === 'ListAttachedRolePolicies' && { PolicyArn: `${POLICY}-${page}` }),
    ...(operation === 'ListStateMachineAliases' && { stateMachineAliasArn: `${MACHINE}:${page}` }),
  };
  return sample(model, output, { known, paging, form });
}
