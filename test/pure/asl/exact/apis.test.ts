/** Calls of APIs behind API Gateway, each with the whole policy that AWS's documentation asks for. */
import { needExactly } from './whole-policy.ts';

const API = 'a1b2c3.execute-api.us-east-1.amazonaws.com';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
needExactly('apigateway', [
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'GET', Stage: 'prod', Path: 'orders', AuthType: 'IAM_ROLE' },
    ['execute-api:Invoke execute-api:@:a1b2c3/prod/GET/orders'],
  ],
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'POST', Stage: 'prod', Path: '/orders/1', AuthType: 'IAM_ROLE' },
    ['execute-api:Invoke execute-api:@:a1b2c3/prod/POST/orders/1'],
  ],
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'GET', AuthType: 'IAM_ROLE' },
    ['execute-api:Invoke execute-api:@:a1b2c3/$default/GET/'],
  ],
  [
    'apigateway:invoke',
    {
      ApiEndpoint: API,
      Method: 'GET',
      Stage: 'prod',
      'Path.$': "States.Format('orders/{}', $.id)",
      AuthType: 'IAM_ROLE',
    },
    ['execute-api:Invoke execute-api:@:a1b2c3/prod/GET/orders/*'],
  ],
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'GET', Stage: 'prod', 'Path.$': '$.path', AuthType: 'IAM_ROLE' },
    [],
    ['!ResourceNotStatic'],
  ],
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
  [
    'apigateway:invoke',
    {
      ApiEndpoint: API,
      Method: 'POST',
      Stage: 'prod',
      'Path.$': "States.Format('/@connections/{}', $.id)",
      AuthType: 'IAM_ROLE',
    },
    ['execute-api:ManageConnections execute-api:@:a1b2c3/prod/POST/@connections/*'],
  ],
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'POST', Path: 'prod/@connections/a', AuthType: 'IAM_ROLE' },
    ['execute-api:ManageConnections execute-api:@:a1b2c3/prod/POST/@connections/a'],
  ],
  // Without a stage of its own the path goes to the default one, or begins with another's name.
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'POST', Path: '/dev/checkout/payment', AuthType: 'IAM_ROLE' },
    [
      'execute-api:Invoke execute-api:@:a1b2c3/$default/POST/dev/checkout/payment',
      'execute-api:Invoke execute-api:@:a1b2c3/dev/POST/checkout/payment',
    ],
  ],
  ['apigateway:invoke', { ApiEndpoint: API, Method: 'GET', Stage: 'prod' }, [], ['NoPermissionNeeded']],
  [
    'apigateway:invoke',
    { ApiEndpoint: API, Method: 'GET', AuthType: 'RESOURCE_POLICY' },
    [],
    ['NoPermissionNeeded'],
  ],
  [
    'apigateway:invoke',
    { ApiEndpoint: 'api.example.com', Method: 'GET', AuthType: 'IAM_ROLE' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'apigateway:invoke',
    {
      ApiEndpoint: 'a1b2c3.execute-api.eu-west-1.amazonaws.com',
      Method: 'GET',
      Stage: 'p',
      AuthType: 'IAM_ROLE',
    },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'apigateway:invoke.waitForTaskToken',
    { ApiEndpoint: API, Method: 'POST', Stage: 'prod', Path: 'orders', AuthType: 'IAM_ROLE' },
    ['execute-api:Invoke execute-api:@:a1b2c3/prod/POST/orders'],
    ['TaskTokenWorker'],
  ],
  [
    'aws-sdk:apigatewaymanagementapi:postToConnection',
    { ConnectionId: 'c', Data: 'x' },
    [],
    ['!UnknownIntegration'],
  ],
  [
    'http:invoke',
    {
      ApiEndpoint: 'https://api.example.com/x',
      Method: 'GET',
      Authentication: { ConnectionArn: 'arn:aws:events:us-east-1:222222222222:connection/c/1-2' },
    },
    [],
    ['!CredentialsNotSupported'],
  ],
  ['arn:aws:states:us-east-1:111111111111:activity:approve', {}, [], ['!CredentialsNotSupported']],
]);
