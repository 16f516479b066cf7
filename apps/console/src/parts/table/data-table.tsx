import { Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTexts } from '../../texts/language.tsx';
import { FaultBox } from '../fault-box.tsx';
import { partTexts } from '../texts.ts';
import { ColumnChooser } from './column-chooser.tsx';
import classes from './data-table.module.css';
import { useKept } from './kept.ts';
import type { Rows } from './use-rows.ts';

/** A column of a table. `width` in pixels is the least; columns share what is left in that proportion. */
export interface Column<Row> {
  id: string;
  /** Said over the column and in the chooser. */
  title: string;
  /** Instead of the title over the column, as of a box that chooses all. */
  head?: ReactNode;
  width: number;
  cell(row: Row): ReactNode;
  /** Numbers stand at the right. */
  align?: 'right';
  /** Shown only when somebody chooses it. */
  extra?: true;
  /** Always shown: what names the row. */
  fixed?: true;
}

export interface DataTableProps<Row> {
  /** Under which its columns and filters are kept; unique. */
  id: string;
  /** Said to screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: Rows<Row>;
  rowId(row: Row): string;
  /** What a click anywhere in a row, and Enter, does: leads to its address. */
  open?: (row: Row) => void;
  /** The row whose details are open. */
  opened?: string | undefined;
  /** Filters and search, at the left over the table. */
  filters?: ReactNode;
  /** Small tables whose columns all matter have nothing to choose. */
  choosesColumns?: boolean;
  /** Instead of an empty table. */
  empty: ReactNode;
}

const ROW_HEIGHT = 36;
const SKELETONS = 8;
/** Read on when so many rows are left below the screen. */
const AHEAD = 60;

const features = tableFeatures({ columnVisibilityFeature });

/**
 * The table of every list: sticky head, rows of 36 px of which only those on the screen are drawn, pages read on as
 * somebody scrolls, columns to choose. As high as its rows, at most as the window leaves.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { choosesColumns = true, columns, empty, filters, id, label, open, opened, rowId, rows } = props;
  const say = useTexts(partTexts);
  const scroller = useRef<HTMLDivElement>(null);
  const [visible, keepVisible] = useKept<Record<string, boolean>>(`columns.${id}`, {});

  const defined = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(columns.map(({ id: name, title }) => helper.display({ id: name, header: title })));
  }, [columns]);
  const visibility = useMemo(
    () => ({
      ...Object.fromEntries(columns.filter(({ extra }) => extra).map((column) => [column.id, false])),
      ...visible,
    }),
    [columns, visible],
  );
  const shown = useMemo(
    () => columns.filter((column) => visibility[column.id] !== false),
    [columns, visibility],
  );
  // Rows are drawn anew when they change, and not because somebody scrolls past them.
  const opening = useRef(open);
  useEffect(() => {
    opening.current = open;
  });
  const openRow = useCallback((row: Row) => opening.current?.(row), []);

  const all = rows.rows;
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  // The table is made of rows that are drawn alone: to make it of all would take longer with every page that is read.
  const near = useMemo(() => all.slice(first, last + 1), [all, first, last]);
  const table = useTable({
    features,
    columns: defined,
    data: near as Row[],
    getRowId: rowId,
    state: { columnVisibility: visibility },
  });
  const drawn = table.getRowModel().rows;
  const { hasMore, isReadingMore, readMore } = rows;
  useEffect(() => {
    if (hasMore && !isReadingMore && last >= all.length - AHEAD && all.length > 0) readMore();
  }, [all.length, hasMore, isReadingMore, last, readMore]);

  const head = (filters || choosesColumns) && (
    <Group justify="space-between" gap="xs" wrap="wrap" align="flex-end">
      <Group gap="xs" wrap="wrap" align="flex-end" miw={0} maw="100%">
        {filters}
      </Group>
      {choosesColumns && <ColumnChooser columns={columns} visibility={visibility} choose={keepVisible} />}
    </Group>
  );
  if (rows.error && rows.rows.length === 0) {
    return (
      <div className={classes.whole}>
        {head}
        <FaultBox error={rows.error} again={rows.readAgain} />
      </div>
    );
  }
  if (!rows.isPending && rows.rows.length === 0) {
    return (
      <div className={classes.whole}>
        {filters && head}
        {empty}
      </div>
    );
  }
  const width = shown.reduce((sum, column) => sum + column.width, 0);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className={classes.whole}>
      {head}
      {rows.hasChanged && (
        <Alert color="blue" p="xs">
          <Group gap="sm">
            <Text size="sm">{say('listChanged')}</Text>
            <Button variant="default" onClick={rows.readAgain}>
              {say('showNow')}
            </Button>
          </Group>
        </Alert>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section ref={scroller} className={classes.scroller} aria-label={label} tabIndex={0}>
        <table
          className={classes.table}
          style={{ minWidth: width }}
          aria-label={label}
          aria-rowcount={rows.hasMore ? -1 : all.length + 1}
          aria-busy={rows.isPending}
        >
          <colgroup>
            {shown.map((column) => (
              <col key={column.id} style={{ width: `${(column.width / width) * 100}%` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {shown.map((column) => (
                <th key={column.id} scope="col" data-align={column.align}>
                  {column.head ?? column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.isPending && <SkeletonRows columns={shown.length} />}
            {before > 0 && <Spacer height={before} columns={shown.length} />}
            {items.map(({ index }) => {
              const row = drawn[index - first];
              if (row === undefined) return null;
              return (
                <TableRow
                  key={row.id}
                  row={row.original}
                  id={row.id}
                  index={index}
                  columns={shown}
                  isOpened={row.id === opened}
                  open={open === undefined ? undefined : openRow}
                />
              );
            })}
            {after > 0 && <Spacer height={after} columns={shown.length} />}
          </tbody>
        </table>
      </section>
      <Text size="xs" c="dimmed" role="status" data-reading={rows.isReadingMore || undefined}>
        {rows.isReadingMore
          ? say('rowsLoading')
          : rows.isPending
            ? ' '
            : say(rows.hasMore ? 'rowsMore' : 'rowsShown', { count: all.length })}
      </Text>
    </div>
  );
}

interface TableRowProps<Row> {
  row: Row;
  id: string;
  /** Its place in the list. */
  index: number;
  columns: readonly Column<Row>[];
  isOpened: boolean;
  open: ((row: Row) => void) | undefined;
}

function PlainTableRow<Row>({ columns, index, isOpened, open, row }: TableRowProps<Row>) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-row
      data-opens={open !== undefined || undefined}
      aria-current={isOpened || undefined}
      tabIndex={open === undefined ? undefined : 0}
      onClick={(event) => {
        // What is inside a row and does something itself keeps its clicks.
        if (event.target instanceof Element && event.target.closest('a, button, input, label')) return;
        open?.(row);
      }}
      onKeyDown={(event) => moveOrOpen(event, () => open?.(row))}
    >
      {columns.map((column) => (
        <td key={column.id} data-align={column.align}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}
const TableRow = memo(PlainTableRow) as typeof PlainTableRow;

function moveOrOpen(event: KeyboardEvent<HTMLTableRowElement>, open: () => void): void {
  if (event.target !== event.currentTarget) return;
  const { key } = event;
  if (key === 'Enter') open();
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
  event.preventDefault();
  const next =
    key === 'ArrowDown' ? event.currentTarget.nextElementSibling : event.currentTarget.previousElementSibling;
  if (next instanceof HTMLElement && next.dataset.row !== undefined) next.focus();
}

const Spacer = ({ columns, height }: { columns: number; height: number }) => (
  <tr aria-hidden style={{ height }}>
    <td colSpan={columns} className={classes.spacer} />
  </tr>
);

const SkeletonRows = ({ columns }: { columns: number }) =>
  Array.from({ length: SKELETONS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <tr key={row} aria-hidden>
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <td key={column}>
          <Skeleton height={12} width={column === 0 ? '70%' : '50%'} radius="sm" />
        </td>
      ))}
    </tr>
  ));
