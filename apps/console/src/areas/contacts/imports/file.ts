/** Files of spreadsheet programs, which are no CSV. */
export const isSpreadsheet = (name: string): boolean => /\.(xlsx?|xlsm|numbers|ods)$/i.test(name);

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size as people read it: "1.2 MB". */
export function bytesInWords(bytes: number, language: string): string {
  let value = bytes;
  let unit: (typeof units)[number] = 'byte';
  for (const larger of units.slice(1)) {
    if (value < 1_000) break;
    value /= 1_000;
    unit = larger;
  }
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit !== 'byte' ? 1 : 0,
  }).format(value);
}
