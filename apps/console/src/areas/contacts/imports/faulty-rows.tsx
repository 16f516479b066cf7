import { useMemo } from 'react';
import type { FaultyRow, Import } from '#shared/api-client/api-types.ts';
import { many } from '../../../api/queries.ts';
import { Download } from '../../../parts/download.tsx';
import { Section } from '../../../parts/page.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { useTexts } from '../../../texts/language.tsx';
import { useFaultWords } from './fault-words.ts';
import classes from './imports.module.css';
import { importTexts } from './texts.ts';

/** As wide as most of what is said of a cell. */
const FAULTY_WIDTH = 260;
const WIDTH = 140;

/** Rows that are not taken in, as they stand in the file, each with what is wrong in the cell where it is wrong. */
export function FaultyRows({ import: { checked, columns, id } }: { import: Import }) {
  const say = useTexts(importTexts);
  const words = useFaultWords();
  const rows = useRows(many('/v1/imports/{id}/faulty-rows', { path: { id } }));
  const places = rows.rows.flatMap(({ faults }) => faults.map(({ place }) => place ?? -1));
  const faulty = [...new Set(places)].sort((a, b) => a - b).join(' ');
  const shown = useMemo<Column<FaultyRow>[]>(() => {
    const wrong = new Set(faulty.split(' ').filter(Boolean).map(Number));
    const cell = (place: number) => (row: FaultyRow) => {
      const fault = row.faults.find((each) => (each.place ?? -1) === place);
      const value = place === -1 ? null : (row.cells?.[place] ?? fault?.value ?? null);
      const why = fault === undefined ? undefined : words(fault.reason);
      return (
        <span className={classes.cell} data-faulty={fault !== undefined || undefined} title={why}>
          {place !== -1 && (
            <span className={value === '' || value === null ? classes.empty : undefined}>
              {value === '' ? say('emptyCell') : (value ?? '')}
            </span>
          )}
          {why !== undefined && <span className={classes.fault}>{why}</span>}
        </span>
      );
    };
    return [
      {
        id: 'line',
        title: say('line'),
        width: 70,
        align: 'right',
        fixed: true,
        cell: ({ row }) => row,
      },
      ...(wrong.has(-1)
        ? [{ id: 'whole', title: say('wholeRow'), width: FAULTY_WIDTH, cell: cell(-1) }]
        : []),
      // Columns in which something is wrong come first: others may be out of sight.
      ...columns
        .map((column, place) => ({ name: column.name, place, isWrong: wrong.has(place) }))
        .sort((one, other) => Number(other.isWrong) - Number(one.isWrong))
        .map(
          ({ isWrong, name, place }): Column<FaultyRow> => ({
            id: `${place}`,
            title: name,
            width: isWrong ? FAULTY_WIDTH : WIDTH,
            cell: cell(place),
          }),
        ),
    ];
  }, [columns, faulty, say, words]);
  return (
    <Section
      title={say('faultyTitle')}
      aside={
        <Download address={`/v1/imports/${id}/faulty-rows.csv`} name="faulty-rows.csv">
          {say('downloadFaulty')}
        </Download>
      }
    >
      <DataTable
        id={`faulty.${id}`}
        label={say('faultyTitle')}
        columns={shown}
        rows={rows}
        rowId={({ row }) => String(row)}
        choosesColumns={false}
        filters={say('faultyWhat', { count: checked.faulty })}
        empty={<p>{say('faultsGone')}</p>}
      />
    </Section>
  );
}
