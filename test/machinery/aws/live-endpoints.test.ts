/** FIPS, dual stack and other partitions over real TLS: each call goes to the service's own name, and its certificate is checked
 *  against this name. So does a call that is sent without the SDK's stack. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { homeRegion } from '../../../src/arn/partitions.ts';
import { readStateMachine } from '../../../src/aws/reads/state-machine.ts';
import { startConnectProxy, type ConnectProxy } from '../connect-proxy.ts';
import { identityAnswer, startFakeAws, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { callOptions, makeHarness, OPERATOR, type Harness } from './harness.ts';

const TLS = fileURLToPath(new URL('../../data/tls/', import.meta.url));
const CERTIFICATE = `${TLS}endpoints.pem`;
const before = { ...process.env };

let aws: FakeAws;

beforeAll(async () => {
  aws = await startFakeAws({
    cert: readFileSync(CERTIFICATE, 'utf8'),
    key: readFileSync(`${TLS}key.pem`, 'utf8'),
  });
  aws.answer = answer;
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, before);
  await aws.close();
});

function answer({ operation, body }: FakeCall): FakeAnswer {
  if (operation === 'GetCallerIdentity') return identityAnswer(OPERATOR);
  if (operation === 'GetRole') return { kind: 'xml', result: '<Role><RoleName>x</RoleName></Role>' };
  const { stateMachineArn }: { stateMachineArn: string } = JSON.parse(body);
  const roleArn = `arn:aws:iam::${OPERATOR}:role/checkout`;
  const times = { creationDate: 1_767_225_600, revisionId: 'r1' };
  return {
    kind: 'json',
    body: { stateMachineArn, name: 'x', type: 'STANDARD', roleArn, definition: '{}', ...times },
  };
}

const FIPS = { AWS_USE_FIPS_ENDPOINT: 'true' };
const DUAL = { AWS_USE_DUALSTACK_ENDPOINT: 'true' };

describe.each<
  readonly [what: string, partition: string, Readonly<Record<string, string>>, readonly string[]]
>([
  [
    'plain',
    'aws',
    {},
    ['sts.us-east-1.amazonaws.com', 'iam.amazonaws.com', 'states.us-east-1.amazonaws.com'],
  ],
  [
    'FIPS',
    'aws',
    FIPS,
    ['sts-fips.us-east-1.amazonaws.com', 'iam-fips.amazonaws.com', 'states-fips.us-east-1.amazonaws.com'],
  ],
  ['dual stack', 'aws', DUAL, ['sts.us-east-1.api.aws', 'iam.global.api.aws', 'states.us-east-1.api.aws']],
  [
    'FIPS and dual stack',
    'aws',
    { ...FIPS, ...DUAL },
    ['sts-fips.us-east-1.api.aws', 'iam-fips.global.api.aws', 'states-fips.us-east-1.api.aws'],
  ],
  [
    'plain',
    'aws-cn',
    {},
    [
      'sts.cn-north-1.amazonaws.com.cn',
      'iam.cn-north-1.amazonaws.com.cn',
      'states.cn-north-1.amazonaws.com.cn',
    ],
  ],
  [
    'plain',
    'aws-us-gov',
    {},
    ['sts.us-gov-west-1.amazonaws.com', 'iam.us-gov.amazonaws.com', 'states.us-gov-west-1.amazonaws.com'],
  ],
])('%s endpoints of %s', (_what, partition, variables, hosts) => {
  let proxy: ConnectProxy;
  let harness: Harness;

  beforeAll(async () => {
    proxy = await startConnectProxy(aws);
    aws.calls.length = 0;
    harness = makeHarness(aws.url, OPERATOR, undefined, {
      AWS_ENDPOINT_URL: undefined,
      AWS_REGION: homeRegion(partition),
      AWS_CA_BUNDLE: CERTIFICATE,
      HTTPS_PROXY: proxy.url,
      ...variables,
    });
  });
  afterAll(async () => {
    harness.close();
    for (const name of ['HTTPS_PROXY', ...Object.keys(variables)]) delete process.env[name];
    await proxy.close();
  });

  it('are asked, and believed by their certificate', async () => {
    const region = homeRegion(partition);
    const account = harness.account({ accountId: OPERATOR, partition, region });
    await account.session.sts((sts) => sts.send(new GetCallerIdentityCommand({})));
    await account.session.iam.send(new GetRoleCommand({ RoleName: 'x' }));
    const arn = `arn:${partition}:states:${region}:${OPERATOR}:stateMachine:x`;
    // The second one without the SDK's stack.
    for (let count = 0; count < 2; count += 1)
      expect(await readStateMachine(account, callOptions, arn)).toMatchObject({ kind: 'found' });
    expect(proxy.tunnels).toStrictEqual(hosts.map((host) => `${host}:443`));
    const [sts, iam, states] = hosts;
    expect(aws.calls.map(({ host, operation }) => `${operation} ${host}`)).toStrictEqual([
      `GetCallerIdentity ${sts}`,
      `GetRole ${iam}`,
      `DescribeStateMachine ${states}`,
      `DescribeStateMachine ${states}`,
    ]);
    expect(new Set(aws.calls.map(({ signingRegion }) => signingRegion))).toStrictEqual(new Set([region]));
  });
});
