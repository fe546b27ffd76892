/**
 * The configuration for kube-state-metrics, held to its structures and to the CRDs. Its module cannot be had from every Go
 * proxy, so the structures are written out here, as they stand in
 * https://github.com/kubernetes/kube-state-metrics/blob/main/pkg/customresourcestate/config.go and config_metrics_types.go
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { isJsonObject, memberOf, type Json, type JsonObject } from '../../../src/base/json.ts';
import { schemaOf, type Schema } from '../api/crd-schema.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Json => parse(readFileSync(new URL(path, ROOT), 'utf8'));
const configuration = read('deploy/kube-state-metrics/crossaccountlink.yaml');

const FIELDS = {
  resource: [
    'groupVersionKind',
    'metricNamePrefix',
    'labelsFromPath',
    'commonLabels',
    'resourcePlural',
    'metrics',
  ],
  metric: ['name', 'help', 'each', 'labelsFromPath', 'commonLabels'],
  Gauge: ['path', 'labelsFromPath', 'labelFromKey', 'valueFrom', 'valueType', 'nilIsZero'],
  Info: ['path', 'labelsFromPath', 'labelFromKey'],
  StateSet: ['path', 'labelsFromPath', 'list', 'labelName', 'valueFrom'],
} as const;

interface Metric {
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly parts: JsonObject;
  readonly whole: JsonObject;
}

const resources = objectsIn(memberOf(memberOf(configuration, 'spec'), 'resources'));
const metrics = resources.flatMap((resource) =>
  objectsIn(resource['metrics']).map((whole): Metric => {
    const each = objectIn(whole['each']);
    const type = String(each['type']);
    const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const kind = String(memberOf(resource['groupVersionKind'], 'kind'));
    return { name: String(whole['name']), kind, type, parts: objectIn(each[key]), whole };
  }),
);

function objectIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function pathIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The schema of what a path leads to in an object of the kind. */
function schemaAt(kind: string, path: readonly string[]): Schema | undefined {
  return schemaOf(kind === 'AWSAccount' ? 'awsaccounts' : 'crossaccountlinks', ...path);
}

/** Every path that a metric reads, from the object's root. */
function pathsOf({ parts }: Metric): readonly (readonly string[])[] {
  const path = pathIn(parts['path']);
  const labels = Object.values(objectIn(parts['labelsFromPath'])).map(pathIn);
  const all = [...labels, ...(parts['valueFrom'] === undefined ? [] : [pathIn(parts['valueFrom'])])];
  return [...(path.length > 0 ? [path] : []), ...all.map((inside) => path.concat(inside))];
}

describe('the configuration for kube-state-metrics', () => {
  it('has the fields that it knows, and no others', () => {
    for (const resource of resources)
      expect(FIELDS.resource).toEqual(expect.arrayContaining(Object.keys(resource)));
    expect(metrics.length).toBeGreaterThan(4);
    for (const { type, parts, whole } of metrics) {
      expect(FIELDS.metric).toEqual(expect.arrayContaining(Object.keys(whole)));
      const known = type === 'Gauge' || type === 'Info' || type === 'StateSet' ? FIELDS[type] : [];
      expect(known).toEqual(expect.arrayContaining(Object.keys(parts)));
      expect(Object.keys(parts)).not.toHaveLength(0);
    }
  });

  it.each(metrics)('reads fields that $kind has: $name', (metric) => {
    expect(pathsOf(metric).filter((path) => !schemaAt(metric.kind, path))).toStrictEqual([]);
  });

  it('reads labels that both kinds have', () => {
    for (const resource of resources) {
      const kind = String(memberOf(resource['groupVersionKind'], 'kind'));
      const paths = Object.values(objectIn(resource['labelsFromPath'])).map(pathIn);
      const unknown = paths.filter(([first]) => first !== 'metadata').filter((path) => !schemaAt(kind, path));
      expect(unknown).toStrictEqual([]);
    }
  });

  it('tells each status that a condition may have: a gauge would make 0 of Unknown', () => {
    const conditions = metrics.filter(({ parts }) => pathIn(parts['path']).at(-1) === 'conditions');
    expect(conditions.map(({ kind }) => kind)).toStrictEqual(['CrossAccountLink', 'AWSAccount']);
    for (const { type, parts, kind } of conditions) {
      expect(type).toBe('StateSet');
      expect(parts['list']).toStrictEqual(schemaAt(kind, ['status', 'conditions', 'status'])?.enum);
    }
  });

  it('names of an Info metric end with _info, and gauges lead to numbers', () => {
    for (const { name, type, parts, kind } of metrics) {
      if (type === 'Info') expect(name).toMatch(/_info$/);
      if (type === 'Gauge') expect(schemaAt(kind, pathIn(parts['path']))?.type).toBe('integer');
    }
  });
});
