import { Button, Group, Stack, Text } from '@mantine/core';
import { IconUpload, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Import } from '#shared/api-client/api-types.ts';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { Notice } from '../../../parts/notice.tsx';
import { Count } from '../../../parts/number.tsx';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { importStatus } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { FaultyRows } from './faulty-rows.tsx';
import { importTexts } from './texts.ts';

/** What became of a file. */
export function Ended({ import: of }: { import: Import }) {
  const say = useTexts(importTexts);
  const status = useWord(importStatus);
  const lists = useLists();
  const { checked, committed, endedAt, kind, options, reason } = of;
  const isContacts = kind === 'contacts';
  const list = lists?.find(({ id }) => id === options.listId);
  return (
    <Stack gap="lg">
      {of.status !== 'committed' && (
        <Notice tone={of.status === 'failed' ? 'bad' : 'quiet'} title={status(of.status).says}>
          {reason}
        </Notice>
      )}
      {(of.status === 'committed' || committed.created + committed.updated + committed.unchanged > 0) && (
        <Stats>
          <Stat
            label={say(isContacts ? 'created' : 'newNumbers')}
            value={<Count of={committed.created} />}
            note={say(isContacts ? 'createdNote' : 'newNumbersNote')}
            {...(isContacts ? {} : { to: '/contacts/consent' as const, search: { source: 'admin_import' } })}
          />
          {isContacts && (
            <Stat label={say('updated')} value={<Count of={committed.updated} />} note={say('updatedNote')} />
          )}
          <Stat
            label={say('unchanged')}
            value={<Count of={committed.unchanged} />}
            note={say('unchangedNote')}
          />
          {committed.refused > 0 && (
            <Stat
              label={say('refused')}
              value={<Count of={committed.refused} />}
              note={say('refusedNote')}
              tone="bad"
            />
          )}
          {committed.erased > 0 && (
            <Stat label={say('erased')} value={<Count of={committed.erased} />} note={say('erasedNote')} />
          )}
          {isContacts && (
            <Stat
              label={say('consents')}
              value={<Count of={committed.consents} />}
              note={say('consentsNote')}
            />
          )}
          <Stat
            label={say('duplicate')}
            value={<Count of={checked.duplicate} />}
            note={say(`duplicate_${options.onDuplicate}`)}
          />
          <Stat
            label={say('faulty')}
            value={<Count of={checked.faulty} />}
            note={say('leftOutNote')}
            tone={checked.faulty > 0 ? 'bad' : undefined}
          />
        </Stats>
      )}
      <Group gap="xs">
        {list !== undefined && (
          <Button
            renderRoot={(props) => <Link {...props} to="/contacts" search={{ list: list.id }} />}
            variant="default"
            leftSection={<IconUsers size={16} aria-hidden />}
          >
            {say('showList', { name: list.name })}
          </Button>
        )}
        <Button
          renderRoot={(props) => <Link {...props} to="/contacts/imports/new" search={{ kind }} />}
          variant="default"
          leftSection={<IconUpload size={16} aria-hidden />}
        >
          {say('another')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" component="div">
        {endedAt !== null && (
          <>
            {say('ended')} <Time at={endedAt} /> ·{' '}
          </>
        )}
        {say(checked.faulty + committed.refused > 0 ? 'keptFor' : 'rowsGone')}
      </Text>
      {checked.faulty + committed.refused > 0 && <FaultyRows import={of} />}
    </Stack>
  );
}
