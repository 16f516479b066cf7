import { clearLine, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { messageOf } from '#shared/errors.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { SKIP_USAGE, type SkipRequest } from '../clock/skip-words.ts';
import { CALL_USAGE, callCommandOf } from './call-lines.ts';
import type { Phone } from './phone.ts';
import { skipOf } from './script.ts';

export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** What the person sees: the prompt stays at the bottom, everything that happens is printed above it. */
export interface Screen {
  show(line: string): void;
  /**
   * Sends what is typed, line by line, until the input ends (Ctrl-D) or Ctrl-C; a line that skips time goes to `skip`,
   * which says what came of it, and one about calls to the phone.
   */
  run(
    phone: Phone,
    format: (message: PhoneView) => string,
    skip: (request: SkipRequest) => Promise<string>,
  ): Promise<void>;
}

export function createScreen(terminal: Terminal, prompt: string): Screen {
  /** While it runs; made late, so that nothing typed early is read before somebody listens. */
  let lines: Interface | null = null;

  const show = (line: string): void => {
    if (lines && terminal.output.isTTY) {
      clearLine(terminal.output, 0);
      cursorTo(terminal.output, 0);
    }
    terminal.output.write(`${line}\n`);
    // Keeps what has been typed so far.
    lines?.prompt(true);
  };
  const doing = async (work: () => Promise<string>): Promise<void> => {
    try {
      show(await work());
    } catch (error) {
      // The person may simply try again: the conversation goes on.
      show(`  ${messageOf(error)}`);
    }
  };
  return {
    show,
    run: async (phone, format, skip) => {
      const input = createInterface({ ...terminal, prompt, historySize: 100 });
      lines = input;
      const closed = new Promise<void>((resolve) =>
        input.once('close', () => {
          lines = null;
          resolve();
        }),
      );
      input.prompt();
      // One after the other: two texts that are typed in a row keep their order.
      let last: Promise<void> = Promise.resolve();
      input.on('line', (line) => {
        const body = line.trim();
        if (body === '') {
          input.prompt();
          return;
        }
        if (terminal.output.isTTY) {
          // The line comes back with its time and arrow.
          moveCursor(terminal.output, 0, -1);
          clearLine(terminal.output, 0);
        }
        last = last.then(() =>
          doing(async () => {
            const command = callCommandOf(body);
            if (command?.act === null) return `  of calls there are\n${CALL_USAGE}`;
            if (command !== undefined) {
              await phone.act(command);
              return `  ${body}`;
            }
            const request = skipOf(body);
            if (request === undefined) return format(await phone.send(body));
            return `  ${request === null ? `a skip is one of\n${SKIP_USAGE}` : await skip(request)}`;
          }),
        );
      });
      input.on('SIGINT', () => input.close());
      await closed;
      await last;
      if (terminal.output.isTTY) terminal.output.write('\n');
    },
  };
}
