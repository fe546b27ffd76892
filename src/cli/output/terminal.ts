/** Standard input, output and error, and whether there are colours. */
import { InvalidArgumentError } from 'commander';
import type { Io } from './io.ts';
import { terminalSafe } from '../../base/printable.ts';
import { draw, type Drawing, type Line } from './text.ts';

type ColourChoice = 'auto' | 'always' | 'never';
export const COLOUR_CHOICES: readonly string[] = ['auto', 'always', 'never'];

/** What of a stream decides how lines are drawn on it. */
interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  write(text: string): unknown;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In narrower terminals lines are not wrapped. */
const NARROWEST = 40;

/** Output for people or programs, depending on whether standard output and standard error are terminals. */
export class Terminal implements Io {
  readonly #screen: Screen;
  readonly #errors: Screen;
  readonly #environment: Environment;
  #choice: ColourChoice = 'auto';

  constructor(screen: Screen, errors: Screen, environment: Environment) {
    this.#screen = screen;
    this.#errors = errors;
    this.#environment = environment;
  }

  chooseColour(choice: ColourChoice): void {
    this.#choice = choice;
  }

  /** How lines are drawn on standard output now. */
  get drawing(): Drawing {
    const { isTTY = false, columns } = this.#screen;
    return {
      colour: hasColour(this.#choice, isTTY, this.#environment),
      columns: isTTY && columns !== undefined && columns > 0 ? Math.max(columns, NARROWEST) : undefined,
    };
  }

  get isTerminal(): boolean {
    return this.#screen.isTTY === true;
  }

  write(output: string): void {
    this.#screen.write(terminalSafe(output));
  }

  print(lines: readonly Line[]): void {
    this.#screen.write(draw(lines, this.drawing));
  }

  /** The terminal itself, for rows that change in place: what is written there is not escaped. */
  get live(): Screen {
    return this.#screen;
  }

  onResize(listener: () => void): void {
    this.#screen.on?.('resize', listener);
  }

  warn(output: string): void {
    this.#errors.write(terminalSafe(output));
  }

  /** One line on standard error: `error: …`. */
  fail(message: string): void {
    const colour = hasColour(this.#choice, this.#errors.isTTY === true, this.#environment);
    const pieces = [{ text: 'error:', style: 'bad' } as const, ` ${message}`];
    this.#errors.write(draw([{ pieces, hang: '' }], { colour }));
  }

  async read(path: string): Promise<string> {
    const { readText } = await import('../files/file-text.ts');
    return readText(path);
  }
}

/** https://no-color.org and https://force-color.org; the command line takes precedence over both. */
export function hasColour(choice: ColourChoice, isTerminal: boolean, environment: Environment): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}

/** @throws InvalidArgumentError */
export function parseColourChoice(text: string): ColourChoice {
  if (isChoice(text)) return text;
  throw new InvalidArgumentError(`It is one of ${COLOUR_CHOICES.join(', ')}.`);
}

function isChoice(text: string): text is ColourChoice {
  return COLOUR_CHOICES.includes(text);
}
