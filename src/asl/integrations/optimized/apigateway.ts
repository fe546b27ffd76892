import { hostWithoutSuffix } from '../../../arn/partitions.ts';
import { readParameter } from '../../parameters.ts';
import { allow, CALLBACK } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { readEach, unreadable } from '../reading.ts';
import { toPattern } from '../resources.ts';
import type { Call, Reading, Resource } from '../reading.ts';

/** `id.execute-api.us-east-1`, of the host name without its ending. */
const ENDPOINT = /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)$/;

/** API, stage, method and path of the call; only `IAM_ROLE` is checked against the caller's policies. */
const method: Resource = {
  types: ['arn:*:execute-api:*:*:*/*/*'],
  read: (call) =>
    signed(call)
      ? readEach(call, 'ApiEndpoint', (endpoint) => {
          const [matched, api = '', region = ''] = ENDPOINT.exec(hostWithoutSuffix(endpoint) ?? '') ?? [];
          if (matched === undefined) return unreadable('ApiEndpoint', endpoint);
          const { partition, accountId } = call.place;
          return steps(call, `arn:${partition}:execute-api:${region}:${accountId}:${api}`);
        })
      : { arns: [], unknown: [] },
};

/** `NO_AUTH` is the default; with `RESOURCE_POLICY` the API's own policy decides. */
function signed({ task }: Call): boolean {
  const authType = readParameter(task, 'AuthType');
  if (authType.kind === 'text') return authType.text === 'IAM_ROLE';
  return authType.kind !== 'absent';
}

function steps(call: Call, api: string): Reading {
  return readEach(
    call,
    'Stage',
    (stage) =>
      readEach(call, 'Method', (verb) =>
        readEach(
          call,
          'Path',
          (path) => ({
            arns: [
              {
                text: [api, stage, verb, path.replace(/^\//, '')]
                  .map((step, at) => (at === 0 ? step : toPattern(step)))
                  .join('/'),
              },
            ],
            unknown: [],
          }),
          '',
        ),
      ),
    '$default',
  );
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html */
export const apigateway: ServiceTable = {
  invoke: { patterns: CALLBACK, call: [allow('execute-api:Invoke', method)] },
};
