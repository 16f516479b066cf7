import type { Discarded } from '#shared/quarantine/discard.ts';
import type { Redriven } from '#shared/quarantine/redrive.ts';
import type { KeptRecord } from '#shared/quarantine/selection.ts';

/** What the command says. Whoever runs it may read everything, so numbers are not masked. Pure. */

const REASON_LENGTH = 100;

/** One line per record. */
export function recordLines(records: readonly KeptRecord[]): string[] {
  const cells = records.map((record) => [
    String(record.id),
    record.state,
    record.consumer,
    record.partitionKey,
    record.quarantinedAt.toISOString().slice(0, 19),
    oneLine(record.reason),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH)}...` : line;
}

/** Everything about one record. */
export function recordPage(record: KeptRecord): string {
  const { settledAt, settledBy } = record;
  const rows: [string, string][] = [
    ['id', String(record.id)],
    ['state', record.state],
    ['consumer', record.consumer],
    ['source', record.source],
    ['key', record.partitionKey],
    ...(record.version === null ? [] : [['version', String(record.version)] as [string, string]]),
    ['arrived', record.arrivedAt.toISOString()],
    ['set aside', record.quarantinedAt.toISOString()],
    ...(settledAt === null
      ? []
      : [
          ['settled', `${settledAt.toISOString()}${settledBy === null ? '' : ` by ${settledBy}`}`] as [
            string,
            string,
          ],
        ]),
    ['reason', record.reason],
    ...(record.settledReason === null ? [] : [['why', record.settledReason] as [string, string]]),
  ];
  return [...rows.map(([name, value]) => `${name.padEnd(10)}${value}`), '', pretty(record.body)].join('\n');
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // Not JSON, which may be why it is here: as it was read.
    return body;
  }
}

export const countLines = (
  counts: readonly { consumer: string; state: string; reason: string; count: number }[],
): string[] =>
  counts.map(
    ({ consumer, count, reason, state }) =>
      `${String(count).padStart(7)}  ${consumer}  ${state}  ${oneLine(reason)}`,
  );

export const redrivenLines = ({ left, put }: Redriven): string[] => [
  `${put} put on their stream again`,
  ...leftLines(left),
];

export const discardedLines = ({ discarded, left, woken }: Discarded): string[] => [
  `${discarded} discarded`,
  ...(woken > 0 ? [`${woken} phones go on: what was parked next was put on the stream again`] : []),
  ...leftLines(left),
];

const leftLines = (left: readonly { id: number; why: string }[]): string[] =>
  left.map(({ id, why }) => `record ${id} stays: ${why}`);
