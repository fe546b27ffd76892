/** Metrics that count nothing: a registry of them takes longer to make than many a simulation. */
import { Metrics } from '../../src/telemetry/metrics.ts';

const nothing = (): undefined => undefined;
const meter = new Proxy(nothing, { get: () => meter, apply: () => undefined });

export const quietMetrics: Metrics = new Proxy<Metrics>(Object.create(Metrics.prototype), {
  get: () => meter,
});
