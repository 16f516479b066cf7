import { Code } from '@mantine/core';
import { IconDeviceMobile } from '@tabler/icons-react';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Page } from '../../parts/page.tsx';
import { useTexts } from '../../texts/language.tsx';
import { phoneTexts } from './texts.ts';

const COMMAND = 'npm run phone -- +14155550101';

export function Phones() {
  const say = useTexts(phoneTexts);
  return (
    <Page title={say('title')}>
      <EmptyState
        icon={<IconDeviceMobile size={32} />}
        title={say('hintTitle')}
        hint={say('hint')}
        action={<Code>{COMMAND}</Code>}
      />
    </Page>
  );
}
