/** pino's levels, the most verbose first. */
export const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A logger whose level can be changed: pino's loggers fit. */
export interface LevelOwner {
  level: string;
}
