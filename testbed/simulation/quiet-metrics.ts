/** Metrics that count nothing: making a real registry takes longer than many a simulation. */
import { Metrics } from '../../src/telemetry/metrics.ts';

const nothing = (): undefined => undefined;
const meter = new Proxy(nothing, { get: () => meter, apply: () => undefined });

export const quietMetrics: Metrics = new Proxy<Metrics>(Object.create(Metrics.prototype), {
  get: () => meter,
});
