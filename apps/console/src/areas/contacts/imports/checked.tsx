import { Button, Group, Stack, Text } from '@mantine/core';
import { IconColumns } from '@tabler/icons-react';
import type { Import } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { Action } from '../../../parts/action.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Count } from '../../../parts/number.tsx';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { useTypedCount } from '../../../parts/typed-count.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { FaultyRows } from './faulty-rows.tsx';
import { importTexts } from './texts.ts';

/** What the rows of a file are, before any of them is taken in. */
export function Checked({ import: of }: { import: Import }) {
  const say = useTexts(importTexts);
  const may = useMay('operator');
  const tellWhy = useTellWhy();
  const { checked, columns, id, kind } = of;
  const { duplicate, faulty, matched, valid } = checked;
  const path = { id };
  const touches = ['/v1/imports'];
  const typed = useTypedCount(valid);
  const commit = useChange('post', '/v1/imports/{id}/commit', { touches });
  const remap = useChange('patch', '/v1/imports/{id}', { touches });
  return (
    <Stack gap="lg">
      <Stats>
        <Stat label={say('valid')} value={<Count of={valid} />} note={say('validNote')} />
        <Stat
          label={say(kind === 'contacts' ? 'new' : 'newNumbers')}
          value={<Count of={valid - matched} />}
          note={say('newNote')}
        />
        <Stat
          label={say('known')}
          value={<Count of={matched} />}
          note={say(kind === 'contacts' ? `known_${of.options.onMatch}` : 'knownNumbers')}
        />
        <Stat
          label={say('duplicate')}
          value={<Count of={duplicate} />}
          note={say(`duplicate_${of.options.onDuplicate}`)}
        />
        <Stat
          label={say('faulty')}
          value={<Count of={faulty} />}
          note={say('faultyNote')}
          tone={faulty > 0 ? 'bad' : undefined}
        />
      </Stats>
      {kind === 'suppressions' && <Notice tone="held">{say('stopsAtOnce')}</Notice>}
      {valid > 0 && typed.field}
      <Group gap="xs">
        <Action
          needs="operator"
          loading={commit.isPending}
          whyNot={valid === 0 ? say('nothingToTake') : typed.whyNot}
          does={() => commit.mutate({ path, body: { excludeFaulty: faulty > 0 } }, { onError: tellWhy })}
        >
          {faulty > 0 ? say('takeWithout', { valid, faulty }) : say('take', { count: valid })}
        </Action>
        <Button
          variant="default"
          disabled={!may}
          loading={remap.isPending}
          leftSection={<IconColumns size={16} aria-hidden />}
          onClick={() =>
            remap.mutate(
              { path, body: { mapping: columns.map(({ target }) => target) } },
              { onError: tellWhy },
            )
          }
        >
          {say('changeColumns')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" maw="72ch">
        {say('optOutWins')}
      </Text>
      {faulty > 0 && <FaultyRows import={of} />}
    </Stack>
  );
}
