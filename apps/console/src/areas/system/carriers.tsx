import { IconAntennaBars5 } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { System } from '#shared/api-client/api-types.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { wholeRows } from '../../parts/table/use-rows.ts';
import { span } from '../../parts/time.ts';
import { Time } from '../../parts/time.tsx';
import { TonedText } from '../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { carrier as carrierWords } from '../../words/system.ts';
import { useWord } from '../../words/use-word.ts';
import { systemTexts } from './texts.ts';

/** Whether we hear each carrier: nothing is sent while we do not. */
export function Carriers({ system }: { system: System | undefined }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const word = useWord(carrierWords);
  const columns = useMemo<Column<System['carriers'][number]>[]>(
    () => [
      {
        id: 'carrier',
        title: say('carrier'),
        width: 140,
        fixed: true,
        cell: ({ carrier }) => word(carrier).says,
      },
      {
        id: 'hears',
        title: say('hears'),
        width: 320,
        cell: ({ outageSince }) => (
          <TonedText tone={outageSince === null ? 'good' : 'bad'}>
            {say(outageSince === null ? 'hearsGood' : 'hearsBad')}
          </TonedText>
        ),
      },
      { id: 'heard', title: say('heard'), width: 140, cell: ({ aliveMsAgo }) => span(aliveMsAgo, language) },
      {
        id: 'swept',
        title: say('swept'),
        width: 220,
        cell: ({ sweptAt }) => sweptAt && <Time at={sweptAt} />,
      },
    ],
    [language, say, word],
  );
  return (
    <DataTable
      id="carriers"
      label={say('carriersLabel')}
      columns={columns}
      rows={wholeRows(system?.carriers)}
      rowId={({ carrier }) => carrier}
      choosesColumns={false}
      empty={
        <EmptyState
          icon={<IconAntennaBars5 size={32} />}
          title={say('noCarriers')}
          hint={say('noCarriersHint')}
        />
      }
    />
  );
}
