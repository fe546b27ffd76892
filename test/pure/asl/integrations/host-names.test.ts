/** Host names in parameters: each partition has its own ending, and its Regions their own form. */
import { describe, expect, it } from '@jest/globals';
import { dnsSuffixOf, homeRegion, PARTITION_NAMES } from '../../../../src/arn/partitions.ts';
import { derivePermissions } from '../../../../src/asl/derive/derive.ts';
import { machinesIn } from '../../../../src/asl/inputs/machines-in.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { callOf, deriveOne } from '../machines.ts';

const PLACES = PARTITION_NAMES.map((partition) => ({
  partition,
  region: homeRegion(partition),
  suffix: dnsSuffixOf(partition),
}));

/** The resources that a call is allowed on, of a machine in another Region of the partition than the host names. */
function resourcesOf(call: string, parameters: JsonObject, partition: string, region: string) {
  const task = callOf(`arn:${partition}:states:::${call}`, parameters);
  const { statements } = derivePermissions([task], { partition, region, accountId: '222222222222' });
  return statements.flatMap(({ resources }) => resources?.values ?? []);
}

describe.each(PLACES)('in $partition', ({ partition, region, suffix }) => {
  it('the host of a queue says its Region', () => {
    const url = { QueueUrl: `https://sqs.${region}.${suffix}/222222222222/orders` };
    expect(resourcesOf('sqs:sendMessage', url, partition, region)).toStrictEqual([
      `arn:${partition}:sqs:${region}:222222222222:orders`,
    ]);
    // Out of another Region Step Functions cannot call.
    expect(resourcesOf('sqs:sendMessage', url, partition, 'xx-else-1')).toStrictEqual([]);
  });

  it('the endpoint of an API says which one is called', () => {
    const endpoint = {
      ApiEndpoint: `a1b2.execute-api.${region}.${suffix}`,
      Method: 'GET',
      AuthType: 'IAM_ROLE',
    };
    expect(resourcesOf('apigateway:invoke', endpoint, partition, region)).toStrictEqual([
      `arn:${partition}:execute-api:${region}:222222222222:a1b2/$default/GET/`,
    ]);
  });

  it.each(['s3.', `s3.REGION.`, 'media.s3.REGION.'])('an object is known by its address below %s', (host) => {
    const isVirtual = host.startsWith('media.');
    const uri = `https://${host.replace('REGION', region)}${suffix}/${isVirtual ? '' : 'media/'}talk.mp3`;
    const resources = resourcesOf(
      'aws-sdk:transcribe:startTranscriptionJob',
      { TranscriptionJobName: 'talk', Media: { MediaFileUri: uri } },
      partition,
      region,
    );
    expect(resources).toContain(`arn:${partition}:s3:::media/talk.mp3`);
  });

  it('a template’s URL suffix is that of the partition', () => {
    const [machine] = machinesIn(
      {
        Resources: {
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: { Definition: { Comment: { Ref: 'AWS::URLSuffix' } } },
          },
        },
      },
      { partition, region },
    );
    expect(machine).toStrictEqual({ name: 'Machine', definition: JSON.stringify({ Comment: suffix }) });
  });
});

it('a queue whose host name is of another Region is said to lie outside of the machine’s', () => {
  const { diagnostics } = deriveOne('sqs:sendMessage', {
    QueueUrl: 'https://eu-west-1.queue.amazonaws.com/222222222222/q',
  });
  expect(diagnostics[0]?.message).toBe(
    'Task "Call" names arn:aws:sqs:eu-west-1:222222222222:q, which lies outside Region us-east-1: sqs:SendMessage on it is left out',
  );
});
