/** What a definition says literally is data: no literal becomes a wildcard or a policy variable, in any table. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { HOLE } from '../../../src/asl/expressions/known.ts';
import { OPTIMIZED } from '../../../src/asl/integrations/table.ts';
import { callOf, TARGET, withValues } from './machines.ts';

const TABLE = new URL('../../../src/asl/integrations/generated/operations.json', import.meta.url);
const OPERATIONS: Readonly<Record<string, string>> = JSON.parse(readFileSync(TABLE, 'utf8'));

interface Call {
  readonly resource: string;
  readonly paths: readonly string[];
}

/** Parameters of the tables that are written by hand. */
const COMMON = [
  'Bucket',
  'Key',
  'CopySource',
  'TableName',
  'FunctionName',
  'Qualifier',
  'QueueUrl',
  'TopicArn',
  'TargetArn',
  'StateMachineArn',
  'ModelId',
  'SecretId',
  'Name',
  'Names[]',
  'Path',
  'StackName',
  'JobQueue',
  'JobDefinition',
  'Cluster',
  'TaskDefinition',
  'WorkGroup',
  'QueryExecutionContext.Database',
  'ResultConfiguration.OutputLocation',
  'Role',
  'RoleArn',
  'ExecutionRoleArn',
  'ServiceRole',
  'ApplicationId',
  'JobRunId',
  'ClusterId',
  'ProjectName',
  'Media.MediaFileUri',
  'OutputBucketName',
  'OutputKey',
  'Image.S3Object.Bucket',
  'Image.S3Object.Name',
  'Stage',
  'Document.S3Object.Bucket',
  'Document.S3Object.Name',
  'Code.S3Bucket',
  'Code.S3Key',
  'Queue',
  'JobTemplate',
  'EndpointName',
  'ModelName',
  'TrainingJobName',
  'SecretArn',
  'ResourceArn',
  'Statement',
  'QueryString',
  'Topic',
];

/** Every operation of the SDK that acts on resources, with the parameters that name them. */
const SDK_CALLS: readonly Call[] = Object.entries(OPERATIONS).flatMap(([service, packed]) =>
  packed.split('\n').flatMap((line) => {
    const [uses = '', names = ''] = line.split('=');
    const paths = uses
      .split(/[ ,|/]/)
      .map((path) => path.replace(/^\d+!?:/, '').replace('@', ''))
      .filter((path) => path !== '' && path !== '*' && path !== '?');
    return names.split(' ').map((name) => ({
      resource: `arn:aws:states:::aws-sdk:${service}:${name}`,
      paths,
    }));
  }),
);

/** Operations that tables written by hand are looked up for. */
const TABLED = [
  'bedrock:createModelInvocationJob',
  'bedrockruntime:converse',
  'codebuild:batchGetBuilds',
  'dynamodb:executeStatement',
  'ec2:createTags',
  'eventbridge:putRule',
  'kms:decrypt',
  'lambda:createFunction',
  'lambda:getFunction',
  'polly:startSpeechSynthesisTask',
  'rdsdata:executeStatement',
  'redshiftdata:executeStatement',
  'rekognition:detectLabels',
  'resourcegroupstaggingapi:tagResources',
  's3:copyObject',
  's3:deleteObjects',
  's3:getObject',
  's3:listObjectsV2',
  's3:putBucketPolicy',
  's3:putObject',
  'secretsmanager:batchGetSecretValue',
  'secretsmanager:getSecretValue',
  'sfn:startSyncExecution',
  'sns:publishBatch',
  'sqs:startMessageMoveTask',
  'ssm:getParameter',
  'ssm:getParametersByPath',
  'ssm:sendCommand',
  'ssm:startAutomationExecution',
  'textract:analyzeExpense',
  'timestreamquery:query',
  'transcribe:startTranscriptionJob',
  'cloudformation:createStack',
].map((name) => ({ resource: `arn:aws:states:::aws-sdk:${name}`, paths: COMMON }));

const OPTIMIZED_CALLS: readonly Call[] = [...OPTIMIZED].flatMap(([service, table]) =>
  Object.keys(table).map((api) => ({ resource: `arn:aws:states:::${service}:${api}`, paths: COMMON })),
);

/** Would be something else in a policy. */
const NAME = 'mark*x?y${aws:username}z';
/** What a parameter may hold around a name. */
const FORMS = [
  (name: string) => name,
  (name: string) => `/${name}/b`,
  (name: string) => `s3://${name}/${name}`,
  (name: string) => `https://sqs.us-east-1.amazonaws.com/222222222222/${name}`,
  (name: string) => `arn:aws:dynamodb:us-east-1:222222222222:table/${name}`,
  (name: string) => `arn:aws:lambda:us-east-1:222222222222:function:${name}`,
  (name: string) => `arn:aws:states:us-east-1:222222222222:stateMachine:${name}`,
  (name: string) => `arn:aws:iam::222222222222:role/${name}`,
  (name: string) => `arn:aws:s3:::${name}`,
  (name: string) => `${name}/${encodeURIComponent(name)}?versionId=1`,
  (name: string) => `SELECT * FROM "${name}"."${name}"`,
];

describe('no literal of a definition becomes a wildcard or a variable', () => {
  it(`in any of ${SDK_CALLS.length} operations of the SDK`, () => {
    expect(SDK_CALLS.length).toBeGreaterThan(10_000);
    const wrong = SDK_CALLS.flatMap((call, at) => wrongIn(call, NAME, FORMS[at % FORMS.length] ?? String));
    expect(wrong).toStrictEqual([]);
  });

  it('in any table that is written by hand', () => {
    const wrong = [...OPTIMIZED_CALLS, ...TABLED].flatMap((call) =>
      FORMS.flatMap((form) => wrongIn(call, NAME, form)),
    );
    expect(wrong).toStrictEqual([]);
  });

  it('whatever characters it is made of, in any form, anywhere', () => {
    const piece = fc.constantFrom(
      'a',
      '*',
      '?',
      '$',
      '{',
      '}',
      '${',
      '${*}',
      '${aws:x}',
      '%2A',
      '-',
      '.',
      HOLE,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...SDK_CALLS, ...OPTIMIZED_CALLS, ...TABLED),
        fc.constantFrom(...FORMS),
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        ({ resource, paths }, form, pieces) => {
          const name = `mark${pieces.join('')}`;
          const wrong = wrongIn({ resource, paths }, name, form);
          if (wrong.length > 0) expect(wrong).toStrictEqual([]);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

/** Resources with more of a pattern in them than the same call has with a harmless name of the same shape. */
function wrongIn(call: Call, name: string, form: (name: string) => string): readonly string[] {
  const harmless = name.replaceAll(/%2A|[*?${}\uE000]/g, 'b');
  const found = resourcesOf(call, form(name));
  if (wildcards(found) === 0) return [];
  return wildcards(found) > wildcards(resourcesOf(call, form(harmless))) ? found : [];
}

/** Wildcards and variables, as IAM reads them. */
function wildcards(arns: readonly string[]): number {
  const distinct = new Set(arns.map((arn) => arn.toLowerCase()));
  const bare = [...distinct].map((arn) => arn.replaceAll(/\$\{[*?$]\}/g, '\u0001'));
  return bare.flatMap((arn) => arn.match(/[*?]|\$\{/g) ?? []).length;
}

function resourcesOf({ resource, paths }: Call, value: string): readonly string[] {
  const parameters = withValues(paths.map((path) => [path, value]));
  const { statements } = derivePermissions([callOf(resource, parameters)], TARGET);
  return statements.flatMap(({ resources }) => resources?.values ?? []);
}
