import { hostWithoutSuffix } from '../../../arn/partitions.ts';
import { HOLE } from '../../expressions/known.ts';
import { hasParameter, readParameter, readParameters } from '../../parameters.ts';
import { allow, CALLBACK } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { readEach, unreadable } from '../reading.ts';
import { toPattern } from '../resources.ts';
import type { Call, Reading, Resource } from '../reading.ts';

/** `id.execute-api.us-east-1`: the host name without its ending. */
const ENDPOINT = /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)$/;

/** API, stage, method and path of the call; only `IAM_ROLE` is checked against the caller's policies. */
function methodOf(isMeant: (path: string) => boolean): Resource {
  return {
    types: ['arn:*:execute-api:*:*:*/*/*'],
    read: (call) =>
      signed(call) && mayBe(call, isMeant)
        ? readEach(call, 'ApiEndpoint', (endpoint) => {
            const [matched, api = '', region = ''] = ENDPOINT.exec(hostWithoutSuffix(endpoint) ?? '') ?? [];
            if (matched === undefined) return unreadable('ApiEndpoint', endpoint);
            const { partition, accountId } = call.place;
            return steps(call, `arn:${partition}:execute-api:${region}:${accountId}:${api}`, isMeant);
          })
        : NOTHING,
  };
}

const NOTHING: Reading = { arns: [], unknown: [] };

/**
 * Messages to clients that are connected to a WebSocket API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
function isConnection(path: string): boolean {
  return CONNECTION.test(path);
}

/** If the call does not give the stage, the path begins with it. */
const CONNECTION = /^\/?(?:[^/]+\/)?@connections\//;

/** Whether the call has such a path; a path that is known only at run time is taken for a method's. */
function mayBe({ task }: Call, isMeant: (path: string) => boolean): boolean {
  const paths = readParameters(task, 'Path').map((value) =>
    value.kind === 'text' || value.kind === 'pattern' ? value.text : '',
  );
  return paths.some(isMeant);
}

/** `NO_AUTH` is the default; with `RESOURCE_POLICY` the API's own policy decides. */
function signed({ task }: Call): boolean {
  const authType = readParameter(task, 'AuthType');
  if (authType.kind === 'text') return authType.text === 'IAM_ROLE';
  return authType.kind !== 'absent';
}

function steps(call: Call, api: string, isMeant: (path: string) => boolean): Reading {
  return readEach(
    call,
    'Stage',
    (stage) =>
      readEach(call, 'Method', (verb) =>
        readEach(
          call,
          'Path',
          (path) => {
            if (!isMeant(path)) return NOTHING;
            const arns = placesOf(call, stage, path.replace(/^\//, '')).map(([at, rest]) => ({
              text: [api, ...[at, verb, rest].map(toPattern)].join('/'),
            }));
            return { arns, unknown: [] };
          },
          '',
        ),
      ),
    '$default',
  );
}

/** Stage and path: if the call does not give the stage, the path belongs to the default one, or begins with the name of another
 *  one. */
function placesOf({ task }: Call, stage: string, path: string): (readonly [stage: string, path: string])[] {
  const [, first = '', rest = ''] = /^([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  if (hasParameter(task, 'Stage') || first === '' || first.includes(HOLE)) return [[stage, path]];
  const within: readonly [string, string] = [first, rest];
  return isConnection(rest) ? [within] : [[stage, path], within];
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html */
export const apigateway: ServiceTable = {
  invoke: {
    patterns: CALLBACK,
    call: [
      allow(
        'execute-api:Invoke',
        methodOf((path) => !isConnection(path)),
      ),
      allow('execute-api:ManageConnections', methodOf(isConnection)),
    ],
  },
};
