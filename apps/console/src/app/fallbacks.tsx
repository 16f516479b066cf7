import { Button, Skeleton, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { EmptyState } from '../parts/empty-state.tsx';
import { FaultBox } from '../parts/fault-box.tsx';
import { Page } from '../parts/page.tsx';
import { useTexts } from '../texts/language.tsx';
import { shellTexts } from './texts.ts';

/** While a screen is fetched: its shape. */
export const Waiting = () => (
  <Stack gap="md" aria-busy>
    <Skeleton height={28} width={220} />
    <Skeleton height={36} />
    <Skeleton height={320} />
  </Stack>
);

/** Chunks of an older console are gone after an update. */
const isOldVersion = (error: unknown): boolean =>
  error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);

/** A screen that broke. The rail stays. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const say = useTexts(shellTexts);
  if (isOldVersion(error)) {
    return (
      <EmptyState
        icon={<IconRefresh size={32} />}
        title={say('newVersionTitle')}
        hint={say('newVersionHint')}
        action={<Button onClick={() => location.reload()}>{say('reload')}</Button>}
      />
    );
  }
  return <FaultBox error={error} again={reset} />;
}

export function Lost() {
  const say = useTexts(shellTexts);
  return (
    <Page title={say('lostTitle')} state={say('lostHint')}>
      <Button component={Link} to="/" variant="default">
        {say('toHome')}
      </Button>
    </Page>
  );
}
