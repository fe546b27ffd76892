import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, reasonsOf } from '../machines.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
describe('lambda:invoke', () => {
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:charge';
  const forms: [string, object, string][] = [
    ['a name', { FunctionName: 'charge' }, arn],
    ['an ARN', { FunctionName: arn }, arn],
    ['a partial ARN', { FunctionName: '222222222222:function:charge' }, arn],
    ['a name with an alias', { FunctionName: 'charge:live' }, `${arn}:live`],
    ['an ARN with a version', { FunctionName: `${arn}:7` }, `${arn}:7`],
    ['an ARN with $LATEST', { FunctionName: `${arn}:$LATEST` }, `${arn}:$LATEST`],
    ['a name and a qualifier', { FunctionName: 'charge', Qualifier: 'live' }, `${arn}:live`],
  ];
  for (const [name, parameters, resource] of forms) {
    it(`is allowed on the function that ${name} names`, () => {
      assertAllows(deriveOne('lambda:invoke', { ...parameters }), [
        { Action: 'lambda:InvokeFunction', Resource: resource },
      ]);
    });
  }

  it('needs the same when it waits for a token, and says what the worker needs', () => {
    const derivation = deriveOne('lambda:invoke.waitForTaskToken', { FunctionName: 'charge' });
    assertAllows(derivation, [{ Action: 'lambda:InvokeFunction', Resource: arn }]);
    expect(reasonsOf(derivation)).toStrictEqual([['TaskTokenWorker', false]]);
  });

  it('is left open for what is no function', () => {
    const derivation = deriveOne('lambda:invoke', { FunctionName: 'arn:aws:lambda:::function:charge' });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs lambda:InvokeFunction, but FunctionName "arn:aws:lambda:::function:charge" does not name one',
    ]);
  });
});

describe('a Lambda function as the Resource itself', () => {
  it('is allowed on that ARN, its qualifier included', () => {
    const arn = 'arn:aws:lambda:us-east-1:222222222222:function:charge:live';
    assertAllows(deriveOne(arn), [{ Action: 'lambda:InvokeFunction', Resource: arn }]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html
describe('sqs:sendMessage', () => {
  const urls: [string, string][] = [
    ['https://sqs.us-east-1.amazonaws.com/222222222222/orders', 'arn:aws:sqs:us-east-1:222222222222:orders'],
    ['https://sqs.us-east-1.amazonaws.com/222222222222/a.fifo', 'arn:aws:sqs:us-east-1:222222222222:a.fifo'],
    ['https://us-east-1.queue.amazonaws.com/222222222222/q', 'arn:aws:sqs:us-east-1:222222222222:q'],
    ['https://queue.amazonaws.com/222222222222/q', 'arn:aws:sqs:us-east-1:222222222222:q'],
  ];
  for (const [url, resource] of urls) {
    it(`is allowed on the queue behind ${url}`, () => {
      assertAllows(deriveOne('sqs:sendMessage', { QueueUrl: url }), [
        { Action: 'sqs:SendMessage', Resource: resource },
      ]);
    });
  }

  for (const url of [
    'https://sqs.eu-west-1.amazonaws.com/222222222222/orders',
    'https://eu-west-1.queue.amazonaws.com/222222222222/q',
  ]) {
    it(`out of whose Region Step Functions cannot call is named: ${url}`, () => {
      const derivation = deriveOne('sqs:sendMessage', { QueueUrl: url });
      assertAllows(derivation, []);
      expect(reasonsOf(derivation)[0]).toStrictEqual(['ResourceElsewhere', false]);
      expect(derivation.diagnostics[0]?.message).toContain('outside Region us-east-1');
    });
  }

  it('tells which key permission nobody can read from here', () => {
    const derivation = deriveOne('sqs:sendMessage.waitForTaskToken', {
      QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/q',
    });
    expect(reasonsOf(derivation)).toStrictEqual([
      ['KeyPermissionUnknown', false],
      ['TaskTokenWorker', false],
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
describe('sns:publish', () => {
  const topic = 'arn:aws:sns:us-east-1:222222222222:alerts';

  it('is allowed on the topic', () => {
    assertAllows(deriveOne('sns:publish', { TopicArn: topic }), [{ Action: 'sns:Publish', Resource: topic }]);
    assertAllows(deriveOne('sns:publish', { TargetArn: topic }), [
      { Action: 'sns:Publish', Resource: topic },
    ]);
  });

  it('is allowed on *, the only way IAM knows it, for a phone number', () => {
    assertAllows(deriveOne('sns:publish', { PhoneNumber: '+41791234567' }), [
      { Action: 'sns:Publish', Resource: '*' },
    ]);
  });

  it('is left open for a topic that is chosen at run time', () => {
    const derivation = deriveOne('sns:publish', { 'TopicArn.$': '$.topic' });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs sns:Publish, but TopicArn is known only at run time ($.topic)',
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
describe('events:putEvents', () => {
  it('is allowed on the bus of each entry, the default one where an entry names none', () => {
    const entries = [{ Source: 'a' }, { EventBusName: 'orders' }, { EventBusName: 'orders' }];
    assertAllows(deriveOne('events:putEvents', { Entries: entries }), [
      {
        Action: 'events:PutEvents',
        Resource: [
          'arn:aws:events:us-east-1:222222222222:event-bus/default',
          'arn:aws:events:us-east-1:222222222222:event-bus/orders',
        ],
      },
    ]);
  });

  it('is left open where the entries come at run time', () => {
    assertAllows(deriveOne('events:putEvents', { 'Entries.$': '$.events' }), []);
  });
});
