import { Button, Group } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Action } from '../../../parts/action.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { useDraftOf } from '../use-draft-of.ts';
import { editorTexts } from './texts.ts';

/** Nobody works on the drill: a draft can be begun from what is published. */
export function NoDraft({ slug }: { slug: string }) {
  const say = useTexts(editorTexts);
  const { begin, error, isBeginning } = useDraftOf(slug);
  return (
    <Page title={slug}>
      <EmptyState
        icon={<IconPencil size={32} />}
        title={say('noDraft')}
        hint={say('noDraftHint')}
        action={
          <Group gap="xs">
            <Action needs="operator" loading={isBeginning} does={() => void begin()}>
              {say('beginDraft')}
            </Action>
            <Button component={Link} to={`/drills/drill/${slug}`} variant="default">
              {say('toDrill')}
            </Button>
          </Group>
        }
      />
      {error !== null && <FaultBox error={error} />}
    </Page>
  );
}
