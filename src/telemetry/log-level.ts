/** pino's levels, the most talkative first. */
export const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** What logs, and how much of it: pino's loggers fit. */
export interface LevelOwner {
  level: string;
}
