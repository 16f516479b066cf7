/**
 * Begins what a spreadsheet would compute instead of show, also in full width (OWASP, CSV injection). Apostrophes before it
 * make it none; they are guarded as well, so that one that somebody wrote is not taken for the guard when it is read back.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * One line of CSV. A text that a spreadsheet would take for a formula gets an apostrophe in front; `plain` cells (what we
 * made ourselves: phone numbers, instants, words) stay as they are.
 */
export const csvLine = (cells: readonly ({ text: string | null } | string | null)[]): string =>
  `${cells
    .map((cell) => {
      if (cell === null || typeof cell === 'string') return quoted(cell ?? '');
      const text = cell.text ?? '';
      return quoted(FORMULA.test(text) ? `'${text}` : text);
    })
    .join(',')}\r\n`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The text as it was before `csvLine` put an apostrophe in front of it. */
export const unguarded = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
