/** Events of CloudTrail and of Step Functions, in the form in which EventBridge puts them into a queue. */

export const EVENT_ACCOUNT = '222222222222';

export interface ApiCall {
  readonly eventName: string;
  readonly eventSource?: string;
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
  readonly errorCode?: string;
  readonly account?: string;
  /** ARN of the role whose session made the call. */
  readonly issuer?: string;
  readonly sessionName?: string;
  readonly accessKeyId?: string;
}

/** The envelope and the detail of one event.
 *  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export function cloudTrailEvent(call: ApiCall): unknown {
  const { account = EVENT_ACCOUNT, eventSource = 'iam.amazonaws.com', sessionName = 'alice' } = call;
  const issuer = call.issuer ?? `arn:aws:iam::${account}:role/admins/Admin`;
  const roleName = issuer.replace(/^.*\//, '');
  return {
    version: '0',
    id: '36eb8523-97d0-4518-b33d-ee3579ff19f0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.replace('.amazonaws.com', '')}`,
    account,
    time: '2026-03-01T10:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE:${sessionName}`,
        arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
        accountId: account,
        accessKeyId: call.accessKeyId ?? 'ASIAEXAMPLE',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROAEXAMPLE',
            arn: issuer,
            accountId: account,
            userName: roleName,
          },
          attributes: { creationDate: '2026-03-01T09:00:00Z', mfaAuthenticated: 'false' },
        },
      },
      eventTime: '2026-03-01T09:59:58Z',
      eventSource,
      eventName: call.eventName,
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli/2.27',
      ...(call.errorCode !== undefined && { errorCode: call.errorCode, errorMessage: 'no' }),
      requestParameters: call.requestParameters ?? null,
      responseElements: call.responseElements ?? null,
      requestID: '1',
      eventID: '2',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    },
  };
}

export interface Ended {
  readonly executionArn: string;
  readonly status: string;
  /** Account of the envelope; left out: the account of the execution. */
  readonly account?: string;
  readonly stopDate?: number;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function executionEvent({
  executionArn,
  status,
  stopDate = 1_772_359_210_000,
  ...envelope
}: Ended): unknown {
  const [, partition, , region, itsAccount, , machine, name] = executionArn.split(':');
  const { account = itsAccount } = envelope;
  return {
    version: '0',
    id: '315c1398-40ff-a850-213b-158f73e60175',
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: '2026-03-01T10:00:10Z',
    region,
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn: `arn:${partition}:states:${region}:${account}:stateMachine:${machine}`,
      name,
      status,
      startDate: 1_772_359_200_000,
      stopDate,
      input: '{"card":"4111 1111 1111 1111"}',
      output: null,
      inputDetails: { included: true },
      outputDetails: null,
      error: 'States.TaskFailed',
      cause: 'whatever the sender likes',
    },
  };
}
