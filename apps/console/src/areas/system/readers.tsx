import { IconTimeline } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { System } from '#shared/api-client/api-types.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { wholeRows } from '../../parts/table/use-rows.ts';
import { span } from '../../parts/time.ts';
import { TonedText } from '../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { streamWords } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { SILENT_MS } from './map.ts';
import { systemTexts } from './texts.ts';

type Reader = System['consumers'][number];

/** Who reads which shard: the map as a table. */
export function Readers({ system }: { system: System | undefined }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const stream = useWord(streamWords);
  const columns = useMemo<Column<Reader>[]>(
    () => [
      { id: 'consumer', title: say('consumer'), width: 160, fixed: true, cell: ({ consumer }) => consumer },
      { id: 'stream', title: say('stream'), width: 160, cell: (row) => stream(row.stream).says },
      { id: 'shard', title: say('shard'), width: 200, extra: true, cell: ({ shard }) => shard },
      { id: 'state', title: say('state'), width: 200, cell: (row) => <ReaderState of={row} /> },
      {
        id: 'renewed',
        title: say('renewed'),
        width: 140,
        cell: ({ renewedMsAgo }) => span(renewedMsAgo, language),
      },
      { id: 'owner', title: say('owner'), width: 280, extra: true, cell: ({ owner }) => owner },
    ],
    [language, say, stream],
  );
  return (
    <DataTable
      id="readers"
      label={say('readersLabel')}
      columns={columns}
      rows={wholeRows(system?.consumers)}
      rowId={({ consumer, shard, stream: read }) => `${consumer} ${read} ${shard}`}
      empty={
        <EmptyState icon={<IconTimeline size={32} />} title={say('noReaders')} hint={say('noReadersHint')} />
      }
    />
  );
}

function ReaderState({ of: { isFinished, owner, renewedMsAgo } }: { of: Reader }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  if (isFinished) return <TonedText tone="quiet">{say('finished')}</TonedText>;
  if (owner === null) return <TonedText tone="bad">{say('nobody')}</TonedText>;
  if (renewedMsAgo > SILENT_MS)
    return <TonedText tone="held">{say('silent', { span: span(renewedMsAgo, language) })}</TonedText>;
  return <TonedText tone="good">{say('runs')}</TonedText>;
}
