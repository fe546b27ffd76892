import { describe, expect, it } from '@jest/globals';
import { CROSS_ACCOUNT_LINK } from '../../../../src/api/crossaccountlink.ts';
import { AWS_ACCOUNT } from '../../../../src/api/awsaccount.ts';
import { objectAt, stringAt, toJsonObject, type JsonObject } from '../../../../src/base/json.ts';
import { checkManifest } from '../../../../src/cli/plan/manifest-check.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { manifest, ROLE } from '../fixtures.ts';

const KNOWN = toJsonObject(manifest({ metadata: { annotations: { a: '1' } } }));

/** An API server that answers so, and what it was asked. */
function server(answer: JsonObject | ApiError) {
  const asked: { operation: string; body: JsonObject }[] = [];
  return {
    asked,
    dryRun: (_: unknown, body: JsonObject, operation: string) => {
      asked.push({ operation, body });
      return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
}

const forbidden = new ApiError(
  403,
  'Forbidden',
  'User "tina" cannot create resource "crossaccountlinks" in API group "crossaccountlink.dev"',
);

describe('a manifest that is checked', () => {
  it('comes back as the API server would keep it', async () => {
    const api = server({ spec: { defaulted: true } });
    const { object, remark } = await checkManifest(api, CROSS_ACCOUNT_LINK, { spec: {} }, undefined);
    expect([object, remark]).toStrictEqual([{ spec: { defaulted: true } }, undefined]);
    expect(api.asked).toStrictEqual([{ operation: 'create', body: { spec: {} } }]);
  });

  it('over one that stands replaces its spec, and adds to its labels and annotations', async () => {
    const api = server({});
    const changed = { metadata: { name: 'checkout', annotations: { b: '2' } }, spec: { suspend: true } };
    await checkManifest(api, CROSS_ACCOUNT_LINK, changed, KNOWN);
    expect(api.asked).toMatchObject([
      {
        operation: 'update',
        body: {
          spec: { suspend: true },
          metadata: { uid: 'uid', resourceVersion: '7', annotations: { a: '1', b: '2' } },
        },
      },
    ]);
  });

  const refused: readonly [string, ApiError, string][] = [
    [
      'a rule of the CRD',
      new ApiError(
        422,
        'Invalid',
        'CrossAccountLink.crossaccountlink.dev "a" is invalid: spec: Invalid value: "object": the accounts are the same',
      ),
      'the API server would refuse this CrossAccountLink: spec: Invalid value: "object": the accounts are the same',
    ],
    [
      'an unknown field',
      new ApiError(
        400,
        'BadRequest',
        'CrossAccountLink in version "v1alpha1" cannot be handled as a CrossAccountLink: strict decoding error: unknown field "spec.susspend"',
      ),
      'the API server would refuse this CrossAccountLink: unknown field "spec.susspend"',
    ],
    [
      'a policy of the cluster',
      new ApiError(403, 'Forbidden', "ValidatingAdmissionPolicy 'p' denied request: no"),
      "the API server would refuse this CrossAccountLink: ValidatingAdmissionPolicy 'p' denied request: no",
    ],
  ];
  it.each(refused)('is refused as the API server refuses it: %s', async (_, answer, message) => {
    await expect(checkManifest(server(answer), CROSS_ACCOUNT_LINK, { spec: {} }, undefined)).rejects.toThrow(
      message,
    );
  });

  it('copied out of an earlier state of the cluster is told to leave its resourceVersion out', async () => {
    const conflict = server(new ApiError(409, 'Conflict', 'the object has been modified'));
    const copied = { ...KNOWN, metadata: { ...objectAt(KNOWN, 'metadata'), resourceVersion: '3' } };
    await expect(checkManifest(conflict, CROSS_ACCOUNT_LINK, copied, KNOWN)).rejects.toThrow(
      /^metadata\.resourceVersion differs .*: remove it$/,
    );
  });

  it('is not checked when the API server does not answer, which is an error', async () => {
    const failing = server(new ApiError(503, 'ServiceUnavailable', 'no'));
    await expect(checkManifest(failing, CROSS_ACCOUNT_LINK, {}, undefined)).rejects.toThrow(ApiError);
  });
});

describe('a manifest whose namespace is to be made', () => {
  const missing = new ApiError(404, 'NotFound', 'namespaces "payments" not found');
  const body = toJsonObject(manifest());

  /** Has the namespace default alone, and answers so there. */
  function serverWithDefault(answer: JsonObject | ApiError) {
    const there = server(answer);
    return {
      asked: there.asked,
      dryRun: (resource: unknown, asked: JsonObject, operation: string) =>
        stringAt(objectAt(asked, 'metadata'), 'namespace') === 'default'
          ? there.dryRun(resource, asked, operation)
          : Promise.reject(missing),
    };
  }

  it('is asked about in one that stands, under a name that is free there', async () => {
    const api = serverWithDefault({ spec: { defaulted: true }, metadata: { name: 'plan-x7', uid: 'u' } });
    const { object, remark } = await checkManifest(api, CROSS_ACCOUNT_LINK, body, undefined);
    expect(api.asked[0]?.body['metadata']).not.toHaveProperty('name');
    expect(object).toMatchObject({
      spec: { defaulted: true },
      metadata: { name: 'checkout', namespace: 'payments' },
    });
    expect(remark).toMatch(/^Its namespace has to be created first/);
  });

  it.each([
    [
      'namespace',
      '${NAMESPACE}',
      /metadata\.namespace: Invalid value: "\$\{NAMESPACE\}": a lowercase RFC 1123/,
    ],
    ['name', 'Checkout', /metadata\.name: Invalid value: "Checkout": a lowercase RFC 1123/],
  ])('is refused for a %s that none can have: %s', async (field, value, says) => {
    const misnamed = { ...body, metadata: { ...objectAt(body, 'metadata'), [field]: value } };
    const api = serverWithDefault({ spec: {}, metadata: { name: 'plan-x7' } });
    await expect(checkManifest(api, CROSS_ACCOUNT_LINK, misnamed, undefined)).rejects.toThrow(says);
  });

  it('is refused by a rule of the CRD there', async () => {
    const api = serverWithDefault(new ApiError(422, 'Invalid', 'spec: the accounts are the same'));
    await expect(checkManifest(api, CROSS_ACCOUNT_LINK, body, undefined)).rejects.toThrow(
      'accounts are the same',
    );
  });

  it('is checked here where one may not ask there, either', async () => {
    const { remark } = await checkManifest(serverWithDefault(forbidden), CROSS_ACCOUNT_LINK, body, undefined);
    expect(remark).toMatch(
      /^Checked against the CRD's schema and rules as this plugin knows.*has to be created first/,
    );
  });
});

const check = (body: object, known?: JsonObject, resource = CROSS_ACCOUNT_LINK) =>
  checkManifest(server(forbidden), resource, toJsonObject(body), known);

const account = (accountID: string) => ({ metadata: { name: 'billing' }, spec: { accountID } });

describe('a manifest of somebody who may not write it', () => {
  it('is checked by the rules of the CRD, with its defaults, and says who did so', async () => {
    const { object, remark } = await check(manifest());
    expect(objectAt(object, 'spec')).toMatchObject({ deletionPolicy: 'Delete' });
    expect(remark).toMatch(
      /^Checked against the CRD's schema and rules as this plugin knows.*: you may not write CrossAccountLinks there/,
    );
  });

  const refused: readonly [string, object, RegExp][] = [
    ['a field at the top', { ...manifest(), specs: {} }, /unknown field "specs"/],
    ['a field of the spec', manifest({ spec: { susspend: true } }), /unknown field "spec.susspend"/],
    [
      'a field deep in it',
      manifest({
        spec: { targetRole: { arn: ROLE, permissions: { statements: [{ actions: [], resource: [] }] } } },
      }),
      /unknown field "spec.targetRole.permissions.statements\[0\].resource"/,
    ],
    [
      'what every object inherits',
      manifest({ spec: { constructor: 1 } }),
      /unknown field "spec.constructor"/,
    ],
  ];
  it.each(refused)('is refused for a field that nobody knows: %s', async (_, body, message) => {
    await expect(check(body)).rejects.toThrow(message);
  });

  it('is refused by a rule, in one line', async () => {
    await expect(check(manifest({ spec: { driftCheckInterval: '5 minutes' } }))).rejects.toThrow(
      /^the API server would refuse this CrossAccountLink: spec\.driftCheckInterval: Invalid value: "5 minutes": must be a duration/,
    );
  });

  it('may not change what cannot be changed', async () => {
    await expect(check(manifest({ spec: { targetRole: { arn: `${ROLE}-2` } } }), KNOWN)).rejects.toThrow(
      /spec\.targetRole\.arn: Invalid value: .*: cannot be changed; make a new CrossAccountLink/,
    );
    await expect(check(account('1'.repeat(12)), account('2'.repeat(12)), AWS_ACCOUNT)).rejects.toThrow(
      /spec\.accountID: Invalid value: "1+": cannot be changed/,
    );
  });
});
