import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { objectAt } from '../../../src/base/json.ts';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import { sameJson, StatusWriter } from '../../../src/kubernetes/status-writer.ts';
import type { WithStatus } from '../../../src/kubernetes/status-writer.ts';
import { FakeApiServer, refuse, respond } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { widgets, widgetsIn } from './fixtures.ts';

const collection = widgetsIn('a');
const path = `${collection}/one`;
const condition = (type: string, status: string) => ({ type, status });

const withStatus = (status: number) => ({ name: 'ApiError', status });

describe('the status writer', () => {
  let server: FakeApiServer;
  let writer: StatusWriter;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    writer = new StatusWriter({
      client: server.client(new FakeClock()),
      fieldManager: 'widget-controller',
      ownsCondition: (type) => type !== 'Foreign',
    });
  });
  afterEach(() => server.stop());

  function put(status: JsonObject, metadata: JsonObject = { generation: 1 }): WithStatus {
    const object = server.put(collection, 'one', { metadata, status });
    return { metadata: parseMetadata(object), status };
  }
  const stored = () => objectAt(server.object(path), 'status');

  test('writes what differs and says so', async () => {
    const seen = put({ count: 1 });
    expect(await writer.write(widgets, seen, { count: 2 })).toBe(true);
    expect(stored()['count']).toBe(2);
  });

  test('writes what YAML would not take, or would take for the end of a line, as another spelling of the same', async () => {
    const hostile = 'a\u001b[2J\u007f\u009b31m\u0085\u2028\u2029\ufeff\ufffe\uffff\u{1f600}z';
    const seen = put({});
    await writer.write(widgets, seen, { message: hostile });
    expect(stored()['message']).toBe(hostile);
    const [request] = server.requests;
    expect(request?.text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u);
  });

  test('writes half a character as none, and not again', async () => {
    const cut = 'a \u{1f600}'.slice(0, 3);
    const status = { recent: [{ found: 'whole' }, { found: cut, field: 'whole', count: 1 }] };
    await writer.write(widgets, put({}), status);
    const written = { found: 'a \ufffd', field: 'whole', count: 1 };
    expect(stored()['recent']).toStrictEqual([{ found: 'whole' }, written]);
    expect(await writer.write(widgets, put(stored()), status)).toBe(false);
  });

  test('applies as its own field manager, to the object and state that it saw', async () => {
    const seen = put({});
    await writer.write(widgets, seen, { count: 2 });
    const [request] = server.requests;
    expect(request?.path).toBe(`${path}/status`);
    expect(request?.query.toString()).toBe('fieldManager=widget-controller&force=true');
    expect(request?.body).toStrictEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: {
        name: 'one',
        namespace: 'a',
        uid: seen.metadata.uid,
        resourceVersion: seen.metadata.resourceVersion,
      },
      status: { count: 2 },
    });
  });

  describe('where somebody else holds on to what stood there', () => {
    test('takes off what it no longer wants, in a patch that carries the version of its own write', async () => {
      const seen = put({ count: 1, drift: { total: 3, recent: [1, 2] } });
      expect(await writer.write(widgets, seen, { drift: { total: 3 } })).toBe(true);
      expect(stored()).toStrictEqual({ drift: { total: 3 } });
      const patches = server.requests.filter(({ body }) => body['kind'] === undefined);
      expect(patches.map(({ path: at, body }) => [at, body])).toStrictEqual([
        [
          `${path}/status`,
          {
            metadata: { resourceVersion: String(server.resourceVersion - 1) },
            status: { count: null, drift: { recent: null } },
          },
        ],
      ]);
    });

    test("takes off a condition, and leaves others' where they are", async () => {
      const kept = [condition('Ready', 'True')];
      const seen = put({ conditions: [...kept, condition('Stalled', 'True'), condition('Foreign', 'True')] });
      // The list is keyed: what is applied to it is added beside its present items.
      server.fail(
        1,
        ({ body }) => body['kind'] === 'Widget',
        (response) => respond(response, 200, server.object(path)),
      );
      await writer.write(widgets, seen, { conditions: kept });
      expect(stored()['conditions']).toStrictEqual([...kept, condition('Foreign', 'True')]);
    });

    test('makes no second write where nothing is left', async () => {
      await writer.write(widgets, put({ count: 1 }), { count: 2 });
      expect(server.requests).toHaveLength(1);
    });

    test('throws where the object changes between the two', async () => {
      const seen = put({ count: 1, old: 1 });
      server.fail(
        1,
        ({ body }) => body['kind'] === undefined,
        (response) => refuse(response, 409, 'Conflict'),
      );
      await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(409));
    });
  });

  const same: [string, JsonObject, JsonObject][] = [
    ['the same', { a: 1, b: [1, 2] }, { a: 1, b: [1, 2] }],
    ['another order of keys', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }],
    ['a field that is undefined', { a: 1 }, { a: 1, b: undefined }],
    [
      'another order of conditions',
      { conditions: [condition('A', 'True'), condition('B', 'False')] },
      { conditions: [condition('B', 'False'), condition('A', 'True')] },
    ],
    [
      "someone else's condition",
      { conditions: [condition('A', 'True'), condition('Foreign', 'True')] },
      { conditions: [condition('A', 'True')] },
    ],
  ];
  for (const [what, current, desired] of same) {
    test(`writes nothing for ${what}`, async () => {
      expect(await writer.write(widgets, put(current), desired)).toBe(false);
      expect(server.requests).toHaveLength(0);
    });
  }

  const different: [string, JsonObject, JsonObject][] = [
    ['another value', { a: 1 }, { a: 2 }],
    ['another kind of value', { a: 1 }, { a: '1' }],
    ['a field more', {}, { a: null }],
    ['a field less', { a: 1 }, {}],
    ['another order of a plain list', { a: [1, 2] }, { a: [2, 1] }],
    ['a shorter list', { a: [1, 2] }, { a: [1] }],
    ['a list in place of an object', { a: {} }, { a: [] }],
    ['a condition less', { conditions: [condition('A', 'True')] }, { conditions: [] }],
    [
      'another value beside the same conditions',
      { a: 1, conditions: [condition('A', 'True')] },
      { a: 2, conditions: [condition('A', 'True')] },
    ],
    [
      'a condition that turned',
      { conditions: [condition('A', 'True')] },
      { conditions: [condition('A', 'False')] },
    ],
  ];
  for (const [what, current, desired] of different) {
    test(`writes for ${what}`, async () => {
      expect(await writer.write(widgets, put(current), desired)).toBe(true);
    });
  }

  test('writes all the same when only labels have changed since', async () => {
    const seen = put({ count: 1 });
    put({ count: 1 }, { generation: 1, labels: { new: 'yes' } });
    expect(await writer.write(widgets, seen, { count: 2 })).toBe(true);
    expect(stored()['count']).toBe(2);
  });

  test('has nothing to write when the cache lags behind its own last write', async () => {
    const seen = put({ count: 1 });
    expect(await writer.write(widgets, seen, { count: 2 })).toBe(true);
    expect(await writer.write(widgets, seen, { count: 2 })).toBe(false);
  });

  test('does not write what was computed from a spec that has changed since', async () => {
    const seen = put({ count: 1 });
    put({ count: 1 }, { generation: 2 });
    await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(409));
    expect(stored()['count']).toBe(1);
  });

  test('does not overwrite a status that another process has written since', async () => {
    const seen = put({ count: 1 });
    put({ count: 7 });
    await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(409));
    expect(stored()['count']).toBe(7);
  });

  test('does not write to an object that was made again under the same name', async () => {
    const seen = put({ count: 1 });
    server.remove(collection, 'one');
    put({ count: 1 });
    await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(409));
  });

  test('does not write to an object whose deletion has begun since', async () => {
    const seen = put({ count: 1 });
    put({ count: 1 }, { generation: 1, deletionTimestamp: '2026-01-01T00:00:00Z' });
    await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(409));
  });

  test('says that the object is gone', async () => {
    const seen = put({ count: 1 });
    server.remove(collection, 'one');
    await expect(writer.write(widgets, seen, { count: 2 })).rejects.toMatchObject(withStatus(404));
  });

  test('tells any other failure', async () => {
    server.fail(
      1,
      () => true,
      (response) => refuse(response, 403, 'Forbidden'),
    );
    await expect(writer.write(widgets, put({}), { count: 2 })).rejects.toMatchObject(withStatus(403));
  });
});

/** JSON with its object keys in reverse order. */
function reversed(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => reversed(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

const json: fc.Arbitrary<Json> = fc.jsonValue().map((value) => {
  const copy: Json = JSON.parse(JSON.stringify(value));
  return copy;
});

test('JSON equals itself in any order of keys, and equality goes both ways', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(sameJson(a, reversed(a))).toBe(true);
      expect(sameJson(a, b)).toBe(sameJson(b, a));
    }),
  );
});
