/** Texts of roles in a quarter of their size. There may be tens of thousands, most of which are hardly ever read. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What roles of links have in common, the most frequent last. Texts that were packed with another dictionary cannot be
 *  unpacked. */
const DICTIONARY = Buffer.from(
  [
    '"permissionsBoundaryArn":"arn:aws:iam::policy/","ec2.amazonaws.com","lambda.amazonaws.com","ecs-tasks.amazonaws.com"',
    '"StringLike":{"aws:SourceAccount":"aws:ResourceAccount":"iam:PassedToService":',
    'dynamodb:GetItem","dynamodb:PutItem","s3:GetObject","s3:PutObject","sns:Publish","sqs:SendMessage","lambda:InvokeFunction',
    'arn:aws:dynamodb:eu-west-1::table/arn:aws:s3:::arn:aws:sns:arn:aws:sqs:us-east-1:arn:aws:lambda:us-east-1::function:',
    'states:StartExecution","states:DescribeExecution","events:PutRule","events:PutTargets","events:DescribeRule',
    '{"roleId":"AROA","trust":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",',
    '\\"Principal\\":{\\"Service\\":\\"states.amazonaws.com\\"},\\"Action\\":\\"sts:AssumeRole\\"}]}",',
    '"trust":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Sid\\":\\"CrossAccountLinkTrust\\",\\"Effect\\":\\"Allow\\",',
    '\\"Principal\\":{\\"AWS\\":[\\"arn:aws:iam:::role/\\"]},\\"Action\\":[\\"sts:AssumeRole\\"],\\"Condition\\":{\\"StringEquals\\":',
    '{\\"sts:ExternalId\\":[\\"arn:aws:states:us-east-1::stateMachine:\\"]}}}]}",',
    '"inlinePolicies":[{"name":"CrossAccountLink-","document":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[',
    '{\\"Sid\\":\\"CrossAccountLinkGrant\\",\\"Effect\\":\\"Allow\\",\\"Action\\":[\\"sts:AssumeRole\\"],',
    '\\"Resource\\":[\\"arn:aws:iam:::role/crossaccountlink/\\"]}]}"}],"managedPolicyArns":[],',
    '"tags":[{"key":"crossaccountlink.dev/cluster-id","value":""},{"key":"crossaccountlink.dev/namespace","value":""}],',
    '"instanceProfiles":[]}',
  ].join(''),
);

/** Small, because it is allocated for each text. The dictionary has to fit into its window, which is 4 KiB. A longer result takes
 *  several chunks; of Node's own, 16 KiB each, a start with 2,000 links took 136 MB. */
const OPTIONS = { dictionary: DICTIONARY, windowBits: 12, memLevel: 1, chunkSize: 1_024 } as const;

/** Packs a text, into one byte a character. Equal texts have equal results. */
export function pack(text: string): string {
  return deflateRawSync(Buffer.from(text), OPTIONS).toString('latin1');
}

/** The text that `pack` packed. */
export function unpack(packed: string): string {
  return inflateRawSync(Buffer.from(packed, 'latin1'), OPTIONS).toString();
}
