import { clearLine, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { messageOf } from '#shared/errors.ts';
import type { PhoneView } from '../carrier/message-view.ts';
import type { Phone } from './phone.ts';

export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** What the person sees: the prompt stays at the bottom, everything that happens is printed above it. */
export interface Screen {
  show(line: string): void;
  /** Sends what is typed, line by line, until the input ends (Ctrl-D) or Ctrl-C. */
  run(phone: Phone, format: (message: PhoneView) => string): Promise<void>;
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
  const send = async (phone: Phone, body: string, format: (message: PhoneView) => string): Promise<void> => {
    try {
      show(format(await phone.send(body)));
    } catch (error) {
      // The person may simply try again: the conversation goes on.
      show(`  ${messageOf(error)}`);
    }
  };
  return {
    show,
    run: async (phone, format) => {
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
        last = last.then(() => send(phone, body, format));
      });
      input.on('SIGINT', () => input.close());
      await closed;
      await last;
      if (terminal.output.isTTY) terminal.output.write('\n');
    },
  };
}
