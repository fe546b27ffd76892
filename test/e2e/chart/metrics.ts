/** What alerts and dashboards may ask for: the metrics that the operator exports. */
import { LINK_METRICS } from '../../../src/telemetry/link-series.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';

const { registry } = new Metrics();
const LABELS_OF_LINK_METRICS = new Map(LINK_METRICS.map(({ name, labelNames }) => [name, labelNames]));

/** Labels that Prometheus itself adds, and the label of a histogram. */
const GIVEN = ['pod', 'instance', 'cluster', 'le'];

/** The names in a PromQL expression that mean nothing here: metrics that are not exported, and labels that none of its metrics
 *  has. */
export function unknownNames(expression: string): readonly string[] {
  const selectors = [...expression.matchAll(/\{([^}]*)\}/g)].map(([, labels = '']) => labels);
  const groupings = [...expression.matchAll(/\b(?:by|on) *\(([^)]*)\)/g)].map(([, labels = '']) => labels);
  const labels = [
    ...selectors.flatMap((text) =>
      [...text.matchAll(/(\w+) *(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    ),
    ...groupings.flatMap((text) => text.split(',').map((label) => label.trim())),
  ];
  const names = metricsOf(expression);
  const known = new Set([...GIVEN, ...names.flatMap(labelsOf)]);
  return [...names.filter((name) => !isExported(name)), ...labels.filter((label) => !known.has(label))];
}

/** The metrics that a PromQL expression asks for, histograms by their own name. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression.replaceAll(/\{[^}]*\}/g, '').replaceAll(/\b(by|on) *\([^)]*\)/g, '');
  return [...bare.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)]
    .map(([name]) => name.replace(/_bucket$/, ''))
    .filter((name) => name !== 'histogram_quantile');
}

function isExported(name: string): boolean {
  return LABELS_OF_LINK_METRICS.has(name) || registry.getSingleMetric(name) !== undefined;
}

function labelsOf(name: string): readonly string[] {
  const metric = registry.getSingleMetric(name);
  const registered: unknown = metric === undefined ? [] : Reflect.get(metric, 'labelNames');
  return LABELS_OF_LINK_METRICS.get(name) ?? (Array.isArray(registered) ? registered.map(String) : []);
}
