/** Partition × service → host and signing Region, as the operator's own clients send and sign. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partition as partitionOf } from '@aws-sdk/core/client';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { MetadataBearer, MiddlewareStack } from '@smithy/types';
import {
  homeRegion,
  PARTITION_NAMES,
  partitionOfRegion,
  principalNames,
} from '../../../src/arn/partitions.ts';
import { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { Lanes } from '../../../src/aws/pace/lanes.ts';
import { Sessions } from '../../../src/aws/sessions/sessions.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callOptions } from './harness.ts';

/** Thrown in place of sending. */
class Sent extends Error {
  readonly host: string;
  readonly signedFor: string;

  constructor(host: string, signedFor: string) {
    super(`would be sent to ${host}`);
    this.host = host;
    this.signedFor = signedFor;
  }
}

function catchRequests<Input extends object, Output extends MetadataBearer>(
  stack: MiddlewareStack<Input, Output>,
): void {
  stack.add(
    () => async (args) => {
      const { hostname, headers } = Object(args.request);
      const [, region, service] =
        /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization) ?? [];
      throw new Sent(hostname, `${region} ${service}`);
    },
    { step: 'deserialize', priority: 'low' },
  );
}

async function whereTo(send: () => Promise<unknown>): Promise<string> {
  try {
    await send();
  } catch (error) {
    if (error instanceof Sent) return `${error.host} ${error.signedFor}`;
    throw error;
  }
  throw new Error('nothing was sent');
}

const TABLE: readonly (readonly [partition: string, service: string, host: string, signedFor: string])[] = [
  ['aws', 'iam', 'iam.amazonaws.com', 'us-east-1 iam'],
  ['aws', 'sts', 'sts.us-east-1.amazonaws.com', 'us-east-1 sts'],
  ['aws', 'states', 'states.us-east-1.amazonaws.com', 'us-east-1 states'],
  ['aws', 'sqs', 'sqs.us-east-1.amazonaws.com', 'us-east-1 sqs'],
  ['aws-cn', 'iam', 'iam.cn-north-1.amazonaws.com.cn', 'cn-north-1 iam'],
  ['aws-cn', 'sts', 'sts.cn-north-1.amazonaws.com.cn', 'cn-north-1 sts'],
  ['aws-cn', 'states', 'states.cn-north-1.amazonaws.com.cn', 'cn-north-1 states'],
  ['aws-cn', 'sqs', 'sqs.cn-north-1.amazonaws.com.cn', 'cn-north-1 sqs'],
  ['aws-us-gov', 'iam', 'iam.us-gov.amazonaws.com', 'us-gov-west-1 iam'],
  ['aws-us-gov', 'sts', 'sts.us-gov-west-1.amazonaws.com', 'us-gov-west-1 sts'],
  ['aws-us-gov', 'states', 'states.us-gov-west-1.amazonaws.com', 'us-gov-west-1 states'],
  ['aws-us-gov', 'sqs', 'sqs.us-gov-west-1.amazonaws.com', 'us-gov-west-1 sqs'],
  ['aws-iso', 'iam', 'iam.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1 iam'],
  ['aws-iso', 'sts', 'sts.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1 sts'],
  ['aws-iso', 'states', 'states.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1 states'],
  ['aws-iso', 'sqs', 'sqs.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1 sqs'],
  ['aws-iso-b', 'iam', 'iam.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1 iam'],
  ['aws-iso-b', 'sts', 'sts.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1 sts'],
  ['aws-iso-b', 'states', 'states.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1 states'],
  ['aws-iso-b', 'sqs', 'sqs.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1 sqs'],
  ['aws-iso-e', 'iam', 'iam.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1 iam'],
  ['aws-iso-e', 'sts', 'sts.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1 sts'],
  ['aws-iso-e', 'states', 'states.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1 states'],
  ['aws-iso-e', 'sqs', 'sqs.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1 sqs'],
  ['aws-iso-f', 'iam', 'iam.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1 iam'],
  ['aws-iso-f', 'sts', 'sts.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1 sts'],
  ['aws-iso-f', 'states', 'states.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1 states'],
  ['aws-iso-f', 'sqs', 'sqs.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1 sqs'],
  ['aws-eusc', 'iam', 'iam.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1 iam'],
  ['aws-eusc', 'sts', 'sts.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1 sts'],
  ['aws-eusc', 'states', 'states.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1 states'],
  ['aws-eusc', 'sqs', 'sqs.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1 sqs'],
];

/** With AWS_USE_FIPS_ENDPOINT, and with AWS_USE_DUALSTACK_ENDPOINT: as botocore has them, too. Queues are asked where
 *  their URL says. */
const VARIANTS: readonly (readonly [
  partition: string,
  service: string,
  fips: string,
  dualStack: string,
  both: string,
])[] = [
  ['aws', 'iam', 'iam-fips.amazonaws.com', 'iam.global.api.aws', 'iam-fips.global.api.aws'],
  ['aws', 'sts', 'sts-fips.us-east-1.amazonaws.com', 'sts.us-east-1.api.aws', 'sts-fips.us-east-1.api.aws'],
  [
    'aws',
    'states',
    'states-fips.us-east-1.amazonaws.com',
    'states.us-east-1.api.aws',
    'states-fips.us-east-1.api.aws',
  ],
  ['aws-us-gov', 'iam', 'iam.us-gov.amazonaws.com', 'iam.us-gov.api.aws', 'iam.us-gov.api.aws'],
  [
    'aws-us-gov',
    'sts',
    'sts.us-gov-west-1.amazonaws.com',
    'sts.us-gov-west-1.api.aws',
    'sts-fips.us-gov-west-1.api.aws',
  ],
  [
    'aws-us-gov',
    'states',
    'states.us-gov-west-1.amazonaws.com',
    'states-fips.us-gov-west-1.api.aws',
    'states-fips.us-gov-west-1.api.aws',
  ],
  [
    'aws-cn',
    'iam',
    'iam-fips.amazonaws.com.cn',
    'iam.global.api.amazonwebservices.com.cn',
    'iam-fips.api.amazonwebservices.com.cn',
  ],
  ['aws-iso', 'iam', 'iam-fips.us-iso-east-1.c2s.ic.gov', 'iam.api.aws.ic.gov', 'iam-fips.api.aws.ic.gov'],
  [
    'aws-iso-b',
    'iam',
    'iam-fips.us-isob-east-1.sc2s.sgov.gov',
    'iam.api.aws.scloud',
    'iam-fips.api.aws.scloud',
  ],
  [
    'aws-eusc',
    'iam',
    'iam-fips.amazonaws.eu',
    'iam.global.api.amazonwebservices.eu',
    'iam-fips.api.amazonwebservices.eu',
  ],
  [
    'aws-eusc',
    'states',
    'states-fips.eusc-de-east-1.amazonaws.eu',
    'states.eusc-de-east-1.api.amazonwebservices.eu',
    'states-fips.eusc-de-east-1.api.amazonwebservices.eu',
  ],
];

describe('endpoints', () => {
  let sessions: Sessions;
  const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  const before = { ...process.env };

  beforeAll(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, environment);
    // A Region of the commercial partition: no other partition's account may be sent there.
    const own = { ...environment, AWS_REGION: 'eu-central-1' };
    sessions = new Sessions({ mayWrite: () => true, clock: systemClock, environment: own, version: 'test' });
  });
  afterAll(() => {
    sessions.close();
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, before);
  });

  const callsInto = (partition: string, region?: string) =>
    new AccountCalls({
      config: { accountId: '222222222222', partition, ...(region !== undefined && { region }) },
      sessions,
      lanes: new Lanes(systemClock),
      clock: systemClock,
      hooks: { onCall: () => undefined },
    });

  function send(service: string, partition: string): Promise<unknown> {
    // STS would be asked in the operator's own Region where it can be: here the account names it.
    const { session } = callsInto(partition, homeRegion(partition));
    const region = homeRegion(partition);
    switch (service) {
      case 'iam':
        catchRequests(session.iam.middlewareStack);
        return session.iam.send(new GetRoleCommand({ RoleName: 'x' }));
      case 'sts':
        return session.sts((sts) => {
          catchRequests(sts.middlewareStack);
          return sts.send(new GetCallerIdentityCommand({}));
        });
      case 'states': {
        const states = session.states(region);
        catchRequests(states.middlewareStack);
        return states.send(new DescribeStateMachineCommand({ stateMachineArn: 'x' }));
      }
      default: {
        const sqs = session.sqs(region);
        catchRequests(sqs.middlewareStack);
        const suffix = { 'aws-cn': 'amazonaws.com.cn' }[partition] ?? partitionOf(region).dnsSuffix;
        const QueueUrl = `https://sqs.${region}.${suffix}/222222222222/changes`;
        return sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      }
    }
  }

  it.each(TABLE)('in %s, %s is asked at %s, signed for %s', async (partition, service, host, signedFor) => {
    expect(await whereTo(() => send(service, partition))).toBe(`${host} ${signedFor}`);
  });

  describe.each([
    ['FIPS', 2, { AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['dual stack', 3, { AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
    ['FIPS and dual stack', 4, { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
  ] as const)('of %s', (_what, column, variables) => {
    let plain: Sessions;
    beforeAll(() => {
      plain = sessions;
      Object.assign(process.env, variables);
      sessions = new Sessions({ mayWrite: () => true, clock: systemClock, environment, version: 'test' });
    });
    afterAll(() => {
      for (const name of Object.keys(variables)) delete process.env[name];
      sessions.close();
      sessions = plain;
    });

    it.each(VARIANTS.map((row) => [row[0], row[1], row[column]]))(
      'in %s, %s is asked at %s, signed for its home Region',
      async (partition, service, host) => {
        const sent = await whereTo(() => send(service, partition));
        expect(sent).toBe(`${host} ${homeRegion(partition)} ${service}`);
      },
    );

    it('queues are asked where their URL says', async () => {
      expect(await whereTo(() => send('sqs', 'aws'))).toBe('sqs.us-east-1.amazonaws.com us-east-1 sqs');
    });
  });

  it('are written down for every partition that the SDK knows', () => {
    expect(new Set(TABLE.map(([partition]) => partition))).toStrictEqual(new Set(PARTITION_NAMES));
    const homes = PARTITION_NAMES.map((name) => partitionOf(homeRegion(name)).name);
    expect(homes).toStrictEqual(PARTITION_NAMES);
  });

  it.each(PARTITION_NAMES)("end in %s as service principals do that are the partition's own", (partition) => {
    const { dnsSuffix } = partitionOf(homeRegion(partition));
    const names = new Set(['ec2.amazonaws.com', `ec2.${dnsSuffix}`]);
    expect(principalNames('ec2.amazonaws.com', partition)).toStrictEqual([...names]);
  });

  it.each([
    ['us-west-2', 'aws'],
    ['mx-central-1', 'aws'],
    ['ap-southeast-7', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-west-1', 'aws-iso'],
    ['us-isob-west-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-east-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('take %s for a Region of %s, as the SDK does', (region, partition) => {
    expect([partitionOfRegion(region), partitionOf(region).name]).toStrictEqual([partition, partition]);
  });

  it("of STS are in the operator's own Region only where that lies in the account's partition", () => {
    expect(callsInto('aws').session.stsRegion.name).toBe('eu-central-1');
    expect(callsInto('aws-us-gov').session.stsRegion.name).toBe('us-gov-west-1');
    expect(callsInto('aws-eusc').session.stsRegion.name).toBe('eusc-de-east-1');
    expect(callsInto('aws', 'ap-south-2').session.stsRegion.name).toBe('ap-south-2');
  });

  it('of an unknown partition do not exist', () => {
    expect(() => callsInto('aws-moon')).toThrow(/is not an AWS partition: use aws, aws-cn/);
  });

  it('of Step Functions in another partition are not asked', async () => {
    const call = callsInto('aws').states(
      'DescribeStateMachine',
      'arn:aws:states:cn-north-1:222222222222:stateMachine:x',
      callOptions,
      () => Promise.reject(new Error('sent')),
    );
    await expect(call).rejects.toMatchObject({ kind: 'terminal', reason: 'RequestRefused' });
  });
});
